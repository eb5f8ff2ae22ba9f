import { everywhere } from '../../../canonical/access/index.ts';
import {
  type AssetRole,
  type Condition,
  type ConditionKind,
  conditionKinds,
} from '../../../canonical/boundary-rules/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  changeRule,
  listBoundaryRules,
  previewRuleChange,
  type RuleChange,
  type RuleToMake,
} from '../../../modules/boundary-rules/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchBoundaryId } from '../../../record/systems/index.ts';
import { explainMatches } from '../../../review/boundary-rules/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { rowId, type DecisionFlags } from '../kit/flags.ts';
import { effectLines, explanationLines, rulesTable } from './rules.view.ts';

/** The conditions are flags by their kinds, in camelCase. */
type RuleFlags = GlobalFlags & {
  readonly priority: number;
  readonly role: AssetRole;
  readonly note?: string;
} & { readonly [flag: string]: unknown };

export async function listRules(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean },
  [named]: readonly [string | undefined],
): Promise<void> {
  const items = await context.host.withApp(flags, async (app) =>
    listBoundaryRules(app.db, everywhere, {
      systemId: named === undefined ? undefined : await fetchBoundaryId(app, named),
      all: flags.all,
    }),
  );
  if (flags.json) context.printJson('boundaryRules', { items });
  else if (items.length === 0)
    context.print('No rules. Make one: tieline systems rules add SYSTEM --network …');
  else context.print(rulesTable(items, context.width));
}

async function ruleOf(
  app: App,
  flags: RuleFlags,
  named: string,
): Promise<{ readonly kind: 'make'; readonly rule: RuleToMake }> {
  const conditions = (Object.keys(conditionKinds) as ConditionKind[]).flatMap((kind): Condition[] => {
    const values = flags[kind.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())];
    return Array.isArray(values) ? [{ kind, values: values as string[] }] : []; // as `several` collects them
  });
  const systemId = await fetchBoundaryId(app, named);
  const { priority, role, note } = flags;
  return { kind: 'make', rule: { systemId, priority, role, conditions, note: note ?? null } };
}

export async function previewRule(
  context: CommandContext,
  flags: RuleFlags & { readonly remove?: number },
  [named]: readonly [string | undefined],
): Promise<void> {
  const { remove } = flags;
  if ((named === undefined) === (remove === undefined))
    throw new TielineError('USAGE', 'Nothing was looked at.', {
      fields: [{ field: 'system', message: 'name a system with the conditions of a rule, or --remove RULE' }],
    });
  const effect = await context.host.withApp(flags, async (app) =>
    previewRuleChange(
      app,
      remove === undefined ? await ruleOf(app, flags, named ?? '') : { kind: 'end', ruleId: remove },
      everywhere,
    ),
  );
  if (flags.json) context.printJson('ruleEffect', effect);
  else context.print([...effectLines(effect), '', 'Nothing was changed.'].join('\n'));
}

type ChangeFlags = DecisionFlags & { readonly yes: boolean };

export const addRule = (
  context: CommandContext,
  flags: RuleFlags & ChangeFlags,
  [named]: readonly [string],
): Promise<void> => change(context, flags, (app) => ruleOf(app, flags, named));

export const removeRule = (
  context: CommandContext,
  flags: ChangeFlags,
  [id]: readonly [string],
): Promise<void> => change(context, flags, () => Promise.resolve({ kind: 'end', ruleId: rowId(id) }));

/** Shows what a change would move, asks, and makes just that change. */
async function change(
  context: CommandContext,
  flags: ChangeFlags,
  wanted: (app: App) => Promise<RuleChange>,
): Promise<void> {
  const outcome = await context.host.withApp(flags, async (app) => {
    const asked = await wanted(app);
    const effect = await previewRuleChange(app, asked, everywhere);
    if (!flags.json && !flags.yes) context.print(effectLines(effect).join('\n'));
    const what = asked.kind === 'make' ? 'The rule' : 'Ending the rule';
    const question = `${what} would move ${effect.moved} assets and ask a person about ${effect.asked}.`;
    if (!(await confirmed(context, flags, question))) return undefined;
    return changeRule(app, asked, { ...decider(flags), scope: everywhere, sha256: effect.sha256 });
  });
  if (!outcome) return;
  if (flags.json) context.printJson('ruleChanged', outcome);
  else
    context.print(
      [
        ...(flags.yes ? effectLines(outcome.effect) : []),
        `Rule ${outcome.ruleId}: done. See: tieline systems rules list${outcome.effect.asked > 0 ? ', tieline matches list' : ''}. Next: tieline sync plan`,
      ].join('\n'),
    );
}

export async function explainMatch(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const explanation = await context.host.withApp(flags, (app) => explainMatches(app, everywhere, wanted));
  if (flags.json) context.printJson('matchExplanation', explanation);
  else context.print(explanationLines(explanation).join('\n'));
}
