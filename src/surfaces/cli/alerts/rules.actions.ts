/** `alerts rules list|set|remove`. */
import { everywhere } from '../../../canonical/access/index.ts';
import { type AlertDirection, ruledAlertKinds, severities } from '../../../canonical/vocabulary/index.ts';
import {
  alertKindSpecs,
  type AlertLevel,
  type AlertRule,
  listAlertRules,
  removeAlertRule,
  setAlertRule,
} from '../../../modules/alerts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { type DecisionFlags, oneOf } from '../kit/flags.ts';
import { ruleTable } from './alerts.view.ts';

const shown = (rule: AlertRule) => {
  const { title, means, unit, reach } = alertKindSpecs[rule.kind];
  return { ...rule, title, means, unit, mayDiffer: reach === 'boundary' };
};

export async function showRules(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rules = await context.host.withApp(flags, ({ db }) => listAlertRules(db, everywhere));
  if (flags.json) context.printJson('alertRules', rules.map(shown));
  else context.print(ruleTable(rules, context.width));
}

/** `High=24`. @throws TielineError USAGE. */
function levelOf(text: string): AlertLevel {
  const [word = '', value = ''] = text.split('=');
  const at = Number(value);
  if (value.trim() === '' || !Number.isFinite(at))
    throw new TielineError(
      'USAGE',
      `"${text}" is no level; expected a severity with its value, such as High=24.`,
    );
  return { severity: oneOf('severity', severities)(word), at };
}

interface PlaceFlags extends DecisionFlags {
  readonly system?: string;
  readonly metric?: string;
}

const asker = (flags: DecisionFlags) => ({ scope: everywhere, name: decider(flags).by });

export async function setRule(
  context: CommandContext,
  flags: PlaceFlags & { readonly direction?: AlertDirection; readonly off: boolean },
  [word, levels]: readonly [string, readonly string[]],
): Promise<void> {
  const kind = oneOf('kind', ruledAlertKinds)(word);
  const place = { kind, metric: flags.metric ?? null, systemId: flags.system ?? null };
  const rule = await context.host.withApp(flags, async (app) => {
    const present = (await listAlertRules(app.db, everywhere)).filter(
      (each) => each.kind === kind && each.metric === place.metric,
    );
    const before =
      present.find(({ systemId }) => systemId === place.systemId) ??
      present.find(({ systemId }) => systemId === null);
    return setAlertRule(app, asker(flags), {
      ...place,
      levels: levels.length === 0 ? (before?.levels ?? []) : levels.map(levelOf),
      direction: flags.direction ?? before?.direction,
      isEnabled: !flags.off,
      reason: flags.reason ?? '',
    });
  });
  if (flags.json) context.printJson('alertRule', shown(rule));
  else
    context.print(
      `${ruleTable([rule], context.width)}\nIt counts from the next evaluation on: tieline alerts evaluate`,
    );
}

export async function removeRule(
  context: CommandContext,
  flags: PlaceFlags,
  [word]: readonly [string],
): Promise<void> {
  const place = {
    kind: oneOf('kind', ruledAlertKinds)(word),
    metric: flags.metric ?? null,
    systemId: flags.system ?? null,
  };
  await context.host.withApp(flags, (app) =>
    removeAlertRule(app, asker(flags), { ...place, reason: flags.reason ?? '' }),
  );
  if (flags.json) return;
  context.print(
    place.systemId === null
      ? 'The metric has no rule any more.'
      : 'What holds for every system holds there too.',
  );
}
