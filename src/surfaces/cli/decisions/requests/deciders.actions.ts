/** `deciders list|set|reset`. */
import { everywhere } from '../../../../canonical/access/index.ts';
import { ruledRequestKinds, type Severity } from '../../../../canonical/vocabulary/index.ts';
import {
  type DeciderRule,
  levelOf,
  levelText,
  listDeciderRules,
  resetDeciderRule,
  setDeciderRule,
} from '../../../../engine/approvals/index.ts';
import { TielineError } from '../../../../platform/errors/index.ts';
import { decider } from '../../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../../kit/command-context.ts';
import { fittedTable } from '../../kit/fitted-table.ts';
import { oneOf } from '../../kit/flags.ts';

interface PlaceFlags extends GlobalFlags {
  readonly boundary?: string;
  readonly severity?: Severity;
  readonly by?: string;
}

const placeOf = (flags: PlaceFlags, kind: string) => ({
  boundary: flags.boundary ?? null,
  kind: oneOf('kind of request', ruledRequestKinds)(kind),
  severity: flags.severity ?? null,
});

const whoDecides = ({ isRefused, levels }: DeciderRule): string =>
  isRefused
    ? 'refused'
    : levels.length === 0
      ? 'nobody is asked'
      : levels.map((level) => levelText(level).toUpperCase()).join(', then ');

export async function listDeciders(
  context: CommandContext,
  flags: GlobalFlags & { readonly boundary?: string },
): Promise<void> {
  const rules = await context.host.withApp(flags, (app) =>
    listDeciderRules(app.db, everywhere, flags.boundary),
  );
  if (flags.json) {
    context.printJson('deciderList', rules);
    return;
  }
  context.print(
    fittedTable(
      ['KIND', 'SYSTEM', 'SEVERITY', 'WHO DECIDES', 'WITHIN', 'HOLDS', 'NOTE'],
      rules.map((rule) => [
        rule.kind.replaceAll('_', ' '),
        rule.boundary ?? 'every',
        rule.severity ?? 'any',
        whoDecides(rule),
        rule.answerWithinDays === null ? '' : `${rule.answerWithinDays} d`,
        rule.longestDays === null ? '' : `${rule.longestDays} d`,
        rule.note ?? '',
      ]),
      context.width,
    ),
  );
}

interface SetFlags extends PlaceFlags {
  readonly level?: string[];
  readonly nobody: boolean;
  readonly refuse: boolean;
  readonly within?: number;
  readonly longest?: number;
  readonly note?: string;
}

export async function setDecider(
  context: CommandContext,
  flags: SetFlags,
  [kind]: readonly [string],
): Promise<void> {
  const given = [flags.level !== undefined, flags.nobody, flags.refuse].filter(Boolean).length;
  if (given !== 1)
    throw new TielineError('USAGE', 'The rule was not saved.', {
      fields: [{ field: '--level', message: 'give exactly one of --level, --nobody and --refuse' }],
    });
  const rule = {
    place: placeOf(flags, kind),
    levels: (flags.level ?? []).map(levelOf),
    isRefused: flags.refuse,
    answerWithinDays: flags.within ?? null,
    longestDays: flags.longest ?? null,
    note: flags.note ?? null,
  };
  const outcome = await context.host.withApp(flags, (app) =>
    setDeciderRule(app, { name: decider(flags).by }, rule),
  );
  if (flags.json) context.printJson('deciderSet', outcome);
  else
    context.print(
      'Saved. Requests that wait keep the deciders that they were asked of. See: tieline deciders list',
    );
}

export async function resetDecider(
  context: CommandContext,
  flags: PlaceFlags,
  [kind]: readonly [string],
): Promise<void> {
  const { boundary, ...place } = placeOf(flags, kind);
  if (boundary === null)
    throw new TielineError('USAGE', 'Nothing was removed.', {
      fields: [{ field: '--boundary', message: 'name the system whose own rule is to be removed' }],
    });
  const outcome = await context.host.withApp(flags, (app) =>
    resetDeciderRule(app, { name: decider(flags).by }, { ...place, boundary }),
  );
  if (flags.json) context.printJson('deciderSet', outcome);
  else context.print('Removed: the rules of every system hold now. See: tieline deciders list');
}
