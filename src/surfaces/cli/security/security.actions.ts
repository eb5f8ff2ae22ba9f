/** `security list|show|investigate|verify`. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import { securityEventList } from '../../../canonical/lists/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  countSecurityEvents,
  fetchSecurityEvent,
  findSecurityEventIds,
  investigateEvent,
  type InvestigationStep,
  listSecurityEvents,
  type SecurityEventRow,
} from '../../../ledger/security/index.ts';
import { localOrigin } from '../../../operate/accounts/index.ts';
import { readHeads, verifySecurityLog } from '../../../operate/security-log/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort, withMe } from '../../../platform/lists/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { eventTable, eventText, verifiedText } from './security.view.ts';

const columns: readonly CsvColumn<SecurityEventRow>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'occurred at', cell: (row) => row.occurredAt },
  { head: 'detected at', cell: (row) => row.detectedAt },
  { head: 'kind', cell: (row) => row.kind },
  { head: 'severity', cell: (row) => row.severity },
  { head: 'outcome', cell: (row) => row.outcome },
  { head: 'reason', cell: (row) => row.failureReason },
  { head: 'who', cell: (row) => row.who },
  { head: 'signed in by', cell: (row) => row.way },
  { head: 'address', cell: (row) => row.address },
  { head: 'object type', cell: (row) => row.objectType },
  { head: 'object', cell: (row) => row.objectId },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'asset', cell: (row) => row.assetId },
  { head: 'source', cell: (row) => row.source },
  { head: 'request', cell: (row) => row.relatedId },
  { head: 'details', cell: (row) => JSON.stringify(row.details) },
  { head: 'investigated by', cell: (row) => row.investigatedBy },
  { head: 'notes', cell: (row) => row.notes },
  { head: 'harmless', cell: (row) => String(row.isFalsePositive) },
  { head: 'resolved at', cell: (row) => row.resolvedAt },
];

export async function showEvents(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const pairs = withMe(securityEventList.filters, filterPairs(flags.filter ?? ''), accountName());
    const filter = parseFilter(securityEventList.filters, pairs, now());
    const sort = parseSort(flags.sort ?? securityEventList.defaultSort, securityEventList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        columns,
        everyPage((after, limit) => listSecurityEvents(db, everywhere, { filter, sort, limit, after })),
      );
      return;
    }
    const { items } = await listSecurityEvents(db, everywhere, { filter, sort, limit: flags.limit });
    const { count: total } = await countSecurityEvents(db, everywhere, filter, undefined);
    if (flags.json) context.printJson('securityEventRows', { items, total });
    else context.print(items.length === 0 ? 'No security events.' : eventTable(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

/** @throws TielineError RECORD_UNKNOWN; USAGE where several begin so. */
async function idOf({ db }: Pick<App, 'db'>, beginning: string): Promise<string> {
  const [only, other] = await findSecurityEventIds(db, beginning);
  if (only === undefined)
    throw new TielineError('RECORD_UNKNOWN', `There is no security event ${beginning}.`);
  if (other !== undefined)
    throw new TielineError('USAGE', `Several events begin with ${beginning}: give more of the id.`);
  return only;
}

export async function showEvent(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const event = await context.host.withApp(flags, async (app) =>
    fetchSecurityEvent(app.db, everywhere, await idOf(app, id)),
  );
  if (!event) throw new TielineError('RECORD_UNKNOWN', `There is no security event ${id}.`);
  if (flags.json) context.printJson('securityEventDetail', event);
  else context.print(eventText(event, context.width));
}

export async function investigate(
  context: CommandContext,
  flags: DecisionFlags & InvestigationStep,
  [id]: readonly [string],
): Promise<void> {
  const { by } = decider(flags);
  const event = await context.host.withApp(flags, async (app) =>
    investigateEvent(
      app,
      { scope: everywhere, origin: { way: 'local', actor: localOperator(by) } },
      await idOf(app, id),
      { notes: flags.notes, state: flags.state },
    ),
  );
  if (flags.json) context.printJson('securityEventDetail', event);
  else context.print(eventText(event, context.width));
}

export async function verify(
  context: CommandContext,
  flags: GlobalFlags & { readonly heads?: string },
): Promise<void> {
  const verified = await context.host.withApp(flags, async (app) =>
    verifySecurityLog(app, {
      origin: localOrigin(accountName()),
      signal: context.host.signal,
      ...(flags.heads === undefined ? {} : { heads: await readHeads(flags.heads) }),
    }),
  );
  if (flags.json) context.printJson('securityLogVerified', verified);
  else context.print(verifiedText(verified));
  if (verified.tampered > 0)
    throw new TielineError(
      'LOG_TAMPERED',
      `The security log was tampered with: ${verified.faults[0]?.says ?? ''}`,
    );
}
