/** `rules list|show|set|preview|history|exclude|exclusions|unexclude`. */
import { stringify } from 'yaml';
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import {
  type ExclusionScope,
  exclusionScope,
  type WeaknessRule,
} from '../../../canonical/weakness-rule/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  type BoundaryRule,
  endExclusionNow,
  exclude,
  fetchBoundaryRule,
  fetchExclusion,
  fetchExclusions,
  fetchRuleHistory,
  fetchRules,
  setRule,
} from '../../../modules/weaknesses/index.ts';
import { previewRuleChange, type RuleChangePreview } from '../../../review/rules/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { type DecisionFlags, rowId } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import { type RuleFlags, ruleFrom } from './rule-flags.ts';
import {
  exclusionLine,
  exclusionsTable,
  excludedTable,
  historyTable,
  previewLines,
  ruleLines,
  rulesTable,
} from './rules.view.ts';

/** The operator at the machine, under the name that was given. */
const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});

/** `*` is the rule of all boundaries that have none of their own. */
const systemOf = (boundary: string | undefined): string | null =>
  boundary === undefined || boundary === '*' ? null : boundary;

type Found = Pick<BoundaryRule, 'isInherited' | 'rule'> & { readonly systemId: string | null };

async function ruleIn(app: App, boundary: string | undefined): Promise<Found> {
  const systemId = systemOf(boundary);
  if (systemId !== null) return fetchBoundaryRule(app, everywhere, systemId);
  const { inherited } = await fetchRules(app, everywhere);
  return { systemId, isInherited: false, rule: inherited };
}

export async function listWeaknessRules(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rules = await context.host.withApp(flags, (app) => fetchRules(app, everywhere));
  if (flags.json) context.printJson('ruleList', rules);
  else context.print(rulesTable(rules, context.width));
}

export async function showWeaknessRule(
  context: CommandContext,
  flags: GlobalFlags & { readonly yaml: boolean },
  [boundary]: readonly [string | undefined],
): Promise<void> {
  const { systemId, isInherited, rule } = await context.host.withApp(flags, (app) => ruleIn(app, boundary));
  if (flags.json) context.printJson('ruleShown', { systemId, isInherited, rule });
  else if (flags.yaml) context.printWhole(stringify(rule.rule).trimEnd());
  else context.print(ruleLines({ systemId, isInherited, rule }).join('\n'));
}

const tried = (
  context: CommandContext,
  app: App,
  edit: { readonly systemId: string | null; readonly rule: WeaknessRule | null },
): Promise<RuleChangePreview> =>
  previewRuleChange(app, { actor: actorOf({}), scope: everywhere }, edit, {
    signal: context.host.signal,
    report: () => undefined,
  });

export async function previewWeaknessRule(
  context: CommandContext,
  flags: RuleFlags,
  [boundary]: readonly [string],
): Promise<void> {
  const preview = await context.host.withApp(flags, async (app) => {
    const rule = await ruleFrom(flags, (await ruleIn(app, boundary)).rule.rule);
    return tried(context, app, { systemId: systemOf(boundary), rule });
  });
  if (flags.json) context.printJson('rulePreview', preview);
  else context.print(previewLines(preview, context.width).join('\n'));
}

type SetFlags = RuleFlags & DecisionFlags & { readonly reason: string; readonly yes: boolean };

export async function setWeaknessRule(
  context: CommandContext,
  flags: SetFlags,
  [boundary]: readonly [string],
): Promise<void> {
  const systemId = systemOf(boundary);
  const { reason } = flags;
  await context.host.withApp(flags, async (app) => {
    const before = await ruleIn(app, boundary);
    const rule = await ruleFrom(flags, before.rule.rule);
    if (rule !== null && isSame(rule, before.rule.rule) && !before.isInherited)
      throw new TielineError('USAGE', 'Nothing to change: the rule is so already.');
    if (!flags.yes) {
      const preview = await tried(context, app, { systemId, rule });
      if (flags.json) context.printJson('rulePreview', preview);
      else
        context.print(
          [...previewLines(preview, context.width), '', 'Nothing was saved. Save it with --yes.'].join('\n'),
        );
      return;
    }
    const edit = { systemId, rule, reason, replaces: before.rule.id };
    const version = await setRule(app, actorOf(flags), everywhere, edit);
    if (flags.json) context.printJson('ruleVersion', version);
    else
      context.print(
        `Saved as version ${version.version} of the rule of ${systemId ?? 'all boundaries without one of their own'}. The next sync makes weaknesses by it.`,
      );
  });
}

const isSame = (one: WeaknessRule, other: WeaknessRule): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export async function showRuleHistory(
  context: CommandContext,
  flags: GlobalFlags,
  [boundary]: readonly [string | undefined],
): Promise<void> {
  const versions = await context.host.withApp(flags, (app) =>
    fetchRuleHistory(app, everywhere, systemOf(boundary)),
  );
  if (flags.json) context.printJson('ruleVersions', versions);
  else if (versions.length === 0)
    context.print(`${boundary ?? ''} never had a rule of its own: tieline rules history shows that of all.`);
  else context.print(historyTable(versions, context.width));
}

interface ExcludeFlags extends DecisionFlags {
  readonly boundary?: string;
  readonly plugin?: string;
  readonly cve?: string;
  readonly asset?: string;
  readonly network?: string;
  readonly tag?: string;
  readonly until: Date;
  readonly reason: string;
}

function scopeOf({ plugin, cve, asset, network, tag }: ExcludeFlags): ExclusionScope {
  const { success, data, error } = exclusionScope.safeParse(defined({ plugin, cve, asset, network, tag }));
  if (success) return data;
  throw new TielineError('USAGE', 'Nothing was excluded.', {
    fields: error.issues.map(({ path, message }) => ({ field: path.join('.') || 'exclusion', message })),
  });
}

export async function excludeFindings(context: CommandContext, flags: ExcludeFlags): Promise<void> {
  const scope = scopeOf(flags);
  const given = {
    systemId: systemOf(flags.boundary),
    scope,
    reason: flags.reason,
    expiresAt: flags.until,
  };
  const added = await context.host.withApp(flags, (app) => exclude(app, actorOf(flags), everywhere, given));
  if (flags.json) context.printJson('exclusion', added);
  else
    context.print(
      [
        exclusionLine(added),
        `${counted(added.findings, 'open finding')} ${added.findings === 1 ? 'makes' : 'make'} no weakness meanwhile: tieline rules exclusions ${added.id}`,
      ].join('\n'),
    );
}

export async function showExclusions(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean },
  [id]: readonly [string | undefined],
): Promise<void> {
  if (id !== undefined) {
    const shown = await context.host.withApp(flags, (app) => fetchExclusion(app, everywhere, rowId(id)));
    if (flags.json) context.printJson('exclusionShown', shown);
    else
      context.print(
        [
          exclusionLine(shown.exclusion),
          ...(shown.findings.length === 0
            ? ['It leaves out no open finding.']
            : [excludedTable(shown.findings, context.width)]),
        ].join('\n'),
      );
    return;
  }
  const exclusions = await context.host.withApp(flags, (app) => fetchExclusions(app, everywhere, flags.all));
  if (flags.json) context.printJson('exclusionList', exclusions);
  else if (exclusions.length === 0) context.print('Nothing is excluded.');
  else context.print(exclusionsTable(exclusions, context.width));
}

export async function endOneExclusion(
  context: CommandContext,
  flags: DecisionFlags & { readonly reason: string },
  [id]: readonly [string],
): Promise<void> {
  const ended = await context.host.withApp(flags, (app) =>
    endExclusionNow(app, actorOf(flags), everywhere, { id: rowId(id), reason: flags.reason }),
  );
  if (flags.json) context.printJson('exclusion', ended);
  else context.print(`Ended. What exclusion ${ended.id} left out makes weaknesses again with the next sync.`);
}
