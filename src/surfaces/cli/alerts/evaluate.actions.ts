/** `alerts evaluate|deliveries|test-delivery|retry`. */
import { deliveryList } from '../../../canonical/lists/index.ts';
import { type RuledAlertKind, ruledAlertKinds } from '../../../canonical/vocabulary/index.ts';
import {
  countDeliveries,
  deliverDue,
  type DeliveryRow,
  evaluateAlerts,
  fetchDeliveries,
  listDeliveries,
  retryDeliveries,
  testChannel,
} from '../../../modules/alerts/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { deliveryTable } from './alerts.view.ts';

export async function evaluate(
  context: CommandContext,
  flags: GlobalFlags & { readonly kind?: RuledAlertKind },
): Promise<void> {
  const evaluated = await context.host.withApp(flags, async (app) => {
    const result = await evaluateAlerts(app, {
      heavy: true,
      kinds: flags.kind === undefined ? ruledAlertKinds : [flags.kind],
    });
    await deliverDue(app, context.host.signal);
    return result ?? null;
  });
  if (flags.json) context.printJson('alertsEvaluated', evaluated);
  else if (evaluated === null)
    context.print('Another process is evaluating the rules: see `tieline alerts list`.');
  else {
    const { raised, changed, resolved, failed } = evaluated;
    context.print(
      [
        `${counted(raised, 'alert')} raised, ${changed} updated, ${resolved} resolved.`,
        ...failed.map(({ kind, message }) => `${kind} could not be evaluated: ${message}`),
      ].join('\n'),
    );
  }
  if (evaluated && evaluated.failed.length > 0) context.result.exitCode = 3;
}

const columns: readonly CsvColumn<DeliveryRow>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'channel', cell: (row) => row.channel },
  { head: 'event', cell: (row) => row.event },
  { head: 'alert', cell: (row) => row.alertId },
  { head: 'to', cell: (row) => row.recipient },
  { head: 'state', cell: (row) => row.state },
  { head: 'attempts', cell: (row) => row.attempts },
  { head: 'failure', cell: (row) => row.failure },
  { head: 'written at', cell: (row) => row.createdAt },
  { head: 'sent at', cell: (row) => row.sentAt },
];

export async function showDeliveries(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const filter = parseFilter(deliveryList.filters, filterPairs(flags.filter ?? ''), now());
    const sort = parseSort(flags.sort ?? deliveryList.defaultSort, deliveryList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        columns,
        everyPage((after, limit) => listDeliveries(db, { filter, sort, limit, after })),
      );
      return;
    }
    const { items } = await listDeliveries(db, { filter, sort, limit: flags.limit });
    const { count: total } = await countDeliveries(db, filter, undefined);
    if (flags.json) context.printJson('deliveryRows', { items, total });
    else context.print(items.length === 0 ? 'Nothing was delivered.' : deliveryTable(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

export async function testDelivery(
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> {
  const deliveries = await context.host.withApp(flags, async (app) => {
    const ids = await testChannel(app, name, decider(flags).by);
    await deliverDue(app, context.host.signal);
    return fetchDeliveries(app.db, ids);
  });
  if (flags.json) context.printJson('deliveryTested', { written: deliveries.length, deliveries });
  else context.print(deliveryTable(deliveries, context.width));
  if (deliveries.some(({ state }) => state !== 'sent')) context.result.exitCode = 1;
}

export async function retry(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  const { again, sent } = await context.host.withApp(flags, async (app) => {
    const n = await retryDeliveries(app, name);
    return { again: n, sent: (await deliverDue(app, context.host.signal)).sent };
  });
  if (!flags.json) context.print(`${counted(again, 'message')} put back in line, ${sent} sent now.`);
}
