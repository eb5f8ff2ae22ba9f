/** `controls rules list|add|remove|explain`. */
import {
  addControlRule,
  changeControlRule,
  explainControls,
  listStoredRules,
  removeControlRule,
} from '../../../modules/controls/index.ts';
import { controlMatches } from '../../../modules/weaknesses/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, oneOf, rowId } from '../kit/flags.ts';

export async function listRules(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rules = await context.host.withApp(flags, (app) => listStoredRules(app.db));
  if (flags.json) context.printJson('controlRules', rules);
  else
    context.print(
      fittedTable(
        ['ID', 'PRIORITY', 'BY', 'PATTERN', 'CONTROLS', 'SOURCE'],
        rules.map((rule) => [
          String(rule.id),
          String(rule.priority),
          rule.matchField,
          shownText(rule.pattern),
          rule.controls.join(', '),
          shownText(rule.source),
        ]),
        context.width,
      ),
    );
}

type AddFlags = DecisionFlags & {
  readonly control: string[];
  readonly priority: number;
  readonly source: string;
};

const ruleFrom = ({ control: controls, priority, source }: AddFlags, match: string, pattern: string) => ({
  matchField: oneOf('match', controlMatches)(match),
  pattern,
  controls,
  priority,
  source,
});

export async function changeRule(
  context: CommandContext,
  flags: AddFlags,
  [id, match, pattern]: readonly [string, string, string],
): Promise<void> {
  const changed = await context.host.withApp(flags, (app) =>
    changeControlRule(app, rowId(id), ruleFrom(flags, match, pattern), { name: decider(flags).by }),
  );
  if (flags.json) context.printJson('controlRule', changed);
  else context.print(`Rule ${changed.id} was changed. Weaknesses follow it from the next run on.`);
}

export async function addRule(
  context: CommandContext,
  flags: AddFlags,
  [match, pattern]: readonly [string, string],
): Promise<void> {
  const rule = ruleFrom(flags, match, pattern);
  const added = await context.host.withApp(flags, (app) =>
    addControlRule(app, rule, { name: decider(flags).by }),
  );
  if (flags.json) context.printJson('controlRule', added);
  else context.print(`Rule ${added.id} was added. Weaknesses follow it from the next run on.`);
}

export async function removeRule(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  const removed = await context.host.withApp(flags, (app) =>
    removeControlRule(app, rowId(id), { name: decider(flags).by }),
  );
  if (flags.json) context.printJson('controlRule', removed);
  else context.print(`Rule ${removed.id} (${removed.matchField} ${removed.pattern}) was removed.`);
}

export async function explain(
  context: CommandContext,
  flags: GlobalFlags,
  [plugin]: readonly [string],
): Promise<void> {
  const of = await context.host.withApp(flags, (app) => explainControls(app, plugin));
  if (flags.json) context.printJson('controlsExplained', of);
  else
    context.print(
      [
        `${of.pluginId}  ${shownText(of.name)}`,
        `Controls: ${of.controls.map((id) => `${id} ${of.titles.find(({ controlId }) => controlId === id)?.title ?? ''}`.trim()).join('; ') || 'none'}`,
        `Why: ${shownText(of.reason)}`,
        ...(of.matching.length === 0 ? [] : ['Rules that match, in their order:']),
        ...of.matching.map(
          (rule) =>
            `  ${rule.id}  ${rule.matchField} ${shownText(rule.pattern)}: ${rule.controls.join(', ')}`,
        ),
      ].join('\n'),
    );
}
