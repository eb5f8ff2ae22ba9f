/** `alerts list|show|ack|assign|suppress|reactivate`. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import { alertList } from '../../../canonical/lists/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  acknowledgeAlert,
  type AlertDetail,
  type AlertReader,
  type AlertRow,
  assignAlert,
  countAlerts,
  fetchAlert,
  findAlertIds,
  listAlerts,
  reactivateAlert,
  resolveAlert,
  suppressAlert,
} from '../../../modules/alerts/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort, withMe } from '../../../platform/lists/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { alertTable, alertText } from './alerts.view.ts';

const columns: readonly CsvColumn<AlertRow>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'kind', cell: (row) => row.kind },
  { head: 'severity', cell: (row) => row.severity },
  { head: 'state', cell: (row) => row.state },
  { head: 'title', cell: (row) => row.title },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'record', cell: (row) => row.entityId },
  { head: 'value', cell: (row) => row.value },
  { head: 'threshold', cell: (row) => row.threshold },
  { head: 'assigned to', cell: (row) => row.assignedTo },
  { head: 'acknowledged by', cell: (row) => row.acknowledgedBy },
  { head: 'raised at', cell: (row) => row.raisedAt },
  { head: 'resolved at', cell: (row) => row.resolvedAt },
  { head: 'resolution', cell: (row) => row.resolution },
];

/** The operator at the machine sees all. @param name by which what they do is recorded. */
const readerOf = (app: Pick<App, 'now'>, name = accountName()): AlertReader => ({
  scope: everywhere,
  actor: localOperator(name),
  now: app.now(),
});

export async function showAlerts(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const { db, now } = app;
    const reader = readerOf(app);
    const pairs = withMe(alertList.filters, filterPairs(flags.filter ?? 'open=yes'), accountName());
    const filter = parseFilter(alertList.filters, pairs, now());
    const sort = parseSort(flags.sort ?? alertList.defaultSort, alertList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        columns,
        everyPage((after, limit) => listAlerts(db, reader, { filter, sort, limit, after })),
      );
      return;
    }
    const { items } = await listAlerts(db, reader, { filter, sort, limit: flags.limit });
    const { count: total } = await countAlerts(db, reader, filter, undefined);
    if (flags.json) context.printJson('alertRows', { items, total });
    else context.print(items.length === 0 ? 'No alerts.' : alertTable(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

/** The one alert whose id begins so. @throws TielineError RECORD_UNKNOWN; USAGE where several do. */
async function idOf(app: App, text: string): Promise<string> {
  const ids = await findAlertIds(app.db, text);
  const [only] = ids;
  if (only === undefined) throw new TielineError('RECORD_UNKNOWN', `There is no alert ${text}.`);
  if (ids.length > 1)
    throw new TielineError('USAGE', `Several alerts begin with ${text}: give more of the id.`);
  return only;
}

export async function showOne(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const alert = await context.host.withApp(flags, async (app) =>
    fetchAlert(app.db, readerOf(app), await idOf(app, id)),
  );
  if (flags.json) context.printJson('alertDetail', alert);
  else context.print(alertText(alert, context.width));
}

async function change(
  context: CommandContext,
  flags: DecisionFlags,
  id: string,
  {
    make,
    said,
  }: {
    readonly make: (app: App, reader: AlertReader, alertId: string) => Promise<AlertDetail>;
    readonly said: (alert: AlertDetail) => string;
  },
): Promise<void> {
  const alert = await context.host.withApp(flags, async (app) =>
    make(app, readerOf(app, decider(flags).by), await idOf(app, id)),
  );
  if (flags.json) context.printJson('alertDetail', alert);
  else context.print(said(alert));
}

export const acknowledge = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> =>
  change(context, flags, id, {
    make: (app, reader, alertId) => acknowledgeAlert(app, reader, alertId, { reason: flags.reason }),
    said: ({ acknowledgedBy }) => `Acknowledged by ${shownText(acknowledgedBy ?? '')}.`,
  });

export const assign = (
  context: CommandContext,
  flags: DecisionFlags,
  [id, to]: readonly [string, string],
): Promise<void> =>
  change(context, flags, id, {
    make: (app, reader, alertId) =>
      assignAlert(app, reader, alertId, { to: to === 'nobody' ? null : to, reason: flags.reason }),
    said: ({ assignedTo }) =>
      assignedTo === null ? 'It is nobody’s in particular.' : `It is with ${shownText(assignedTo)}.`,
  });

export const suppress = (
  context: CommandContext,
  flags: DecisionFlags & { readonly until?: string },
  [id]: readonly [string],
): Promise<void> =>
  change(context, flags, id, {
    make: (app, reader, alertId) =>
      suppressAlert(app, reader, alertId, {
        until: untilOf(flags.until, app.now()),
        reason: flags.reason ?? '',
      }),
    said: ({ suppressedUntil }) => `Suppressed until ${minuteText(suppressedUntil)} UTC.`,
  });

export const resolve = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> =>
  change(context, flags, id, {
    make: (app, reader, alertId) => resolveAlert(app, reader, alertId, { reason: flags.reason ?? '' }),
    said: () => 'It is over.',
  });

/** @throws TielineError USAGE. */
function untilOf(text: string | undefined, now: Date): Date {
  const ahead = /^(\d{1,4})([hd])$/.exec(text ?? '');
  if (ahead) return new Date(now.getTime() + Number(ahead[1]) * (ahead[2] === 'h' ? 3_600_000 : 86_400_000));
  const at = text !== undefined && /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) ? new Date(text) : undefined;
  if (at && !Number.isNaN(at.getTime())) return at;
  throw new TielineError('USAGE', 'The alert was not changed.', {
    fields: [
      {
        field: '--until',
        message: 'say until when: a day (2026-12-24), a time (2026-12-24T09:00:00Z), 12h or 7d',
      },
    ],
  });
}

export const reactivate = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> =>
  change(context, flags, id, {
    make: (app, reader, alertId) => reactivateAlert(app, reader, alertId, { reason: flags.reason }),
    said: () => 'The alert is active.',
  });
