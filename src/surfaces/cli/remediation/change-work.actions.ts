/** `remediation assign|status|report-fixed`: tried first, done with --yes. */
import { everywhere } from '../../../canonical/access/index.ts';
import { findingList } from '../../../canonical/lists/index.ts';
import { saidStatuses } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  changeRemediation,
  type FindingSelection,
  tryRemediation,
  type WorkTried,
  type WorkWish,
} from '../../../modules/remediation/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { type DecisionFlags, oneOf } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import { fetchKey } from '../lists/find-key.ts';
import { queryOf } from '../lists/read-list.ts';

interface SelectionFlags extends DecisionFlags {
  readonly filter: string[];
  readonly yes: boolean;
  readonly note?: string;
}

async function selectionOf(
  app: App,
  flags: SelectionFlags,
  findings: readonly string[],
): Promise<FindingSelection> {
  if (findings.length > 0 === flags.filter.length > 0)
    throw new TielineError('USAGE', 'Name findings, or give --filter for many.');
  if (findings.length === 0) return { filter: queryOf(findingList, flags, app.now()).filter };
  const keys: string[] = [];
  for (const wanted of findings) keys.push(await fetchKey(app, wanted));
  return { keys };
}

const leftLines = ({
  unchanged,
  fixed,
  unseen,
}: Pick<WorkTried, 'unchanged' | 'fixed' | 'unseen'>): string[] =>
  [
    [unchanged, 'so already'],
    [fixed, 'fixed already, as a scan showed'],
    [unseen, 'in no system that they may see: give them a role there first (tieline grants give)'],
  ].flatMap(([n, why]) => (n === 0 ? [] : [`  ${n} left as they are: ${why}`]));

async function change(
  context: CommandContext,
  flags: SelectionFlags,
  { findings, wish }: { readonly findings: readonly string[]; readonly wish: WorkWish },
): Promise<void> {
  const { by, reason } = decider(flags);
  await context.host.withApp(flags, async (app) => {
    const asked = { selection: await selectionOf(app, flags, findings), wish, reason };
    if (!flags.yes) {
      const tried = await tryRemediation(app, everywhere, asked, { name: by });
      if (flags.json) context.printJson('remediationTried', tried);
      else
        context.print(
          [
            `${counted(tried.matched, 'finding')} matched, ${tried.willChange} would change.`,
            ...leftLines(tried),
            'Nothing was changed. To do it: the same with --yes',
          ].join('\n'),
        );
      return;
    }
    const done = await changeRemediation(app, everywhere, asked, { name: by });
    if (flags.json) context.printJson('remediationChanged', done);
    else
      context.print(
        [
          `${done.changed} of ${counted(done.matched, 'finding')} changed.`,
          ...leftLines(done),
          ...(done.operationId === null
            ? []
            : [`To see each: tieline ops show ${done.operationId.slice(0, 8)} --changes`]),
          ...(wish.status === 'fix_reported' && done.changed > 0
            ? ['A scan that begins from now on proves it. To ask for one: tieline scans launch']
            : []),
        ].join('\n'),
      );
    if (done.unseen > 0) context.result.exitCode = 3;
  });
}

interface AssignFlags extends SelectionFlags {
  readonly to?: string;
  readonly nobody: boolean;
  readonly due?: string;
  readonly plan?: string;
  readonly effort?: number;
  readonly cost?: string;
}

/** An empty text empties the field. */
const orEmpty = (text: string): string | null => (text.trim() === '' ? null : text.trim());

const faulty = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The work was not planned.', { fields: [{ field, message }] });

function dayOf(text: string): string | null {
  const day = orEmpty(text);
  if (day === null) return null;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
  if (at === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day)
    throw faulty('--due', `"${day}" is no day; expected YYYY-MM-DD`);
  return day;
}

function costOf(text: string): number | null {
  const cost = orEmpty(text);
  if (cost === null) return null;
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(cost))
    throw faulty('--cost', `"${cost}" is no amount such as 1200 or 99.50`);
  return Number(cost);
}

const noteOf = ({ note }: SelectionFlags): Pick<WorkWish, 'note'> =>
  note === undefined ? {} : { note: orEmpty(note) };

export async function assign(
  context: CommandContext,
  flags: AssignFlags,
  [findings]: readonly [readonly string[]],
): Promise<void> {
  if (flags.nobody && flags.to !== undefined) throw faulty('--nobody', 'goes with no --to');
  const wish: WorkWish = {
    ...(flags.nobody ? { to: null } : flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.due === undefined ? {} : { due: dayOf(flags.due) }),
    ...(flags.plan === undefined ? {} : { plan: orEmpty(flags.plan) }),
    ...(flags.effort === undefined ? {} : { effortHours: flags.effort }),
    ...(flags.cost === undefined ? {} : { cost: costOf(flags.cost) }),
    ...noteOf(flags),
  };
  await change(context, flags, { findings, wish });
}

export async function sayStatus(
  context: CommandContext,
  flags: SelectionFlags,
  [status, findings]: readonly [string, readonly string[]],
): Promise<void> {
  const wish = { status: oneOf('status', saidStatuses)(status), ...noteOf(flags) };
  await change(context, flags, { findings, wish });
}

export async function reportFixed(
  context: CommandContext,
  flags: SelectionFlags,
  [findings]: readonly [readonly string[]],
): Promise<void> {
  await change(context, flags, { findings, wish: { status: 'fix_reported', ...noteOf(flags) } });
}
