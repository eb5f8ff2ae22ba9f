/** `privacy list|show|receive|acknowledge|identify|grant|refuse|appeal|disagree|close|disclosures`. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import { privacyList } from '../../../canonical/lists/index.ts';
import type {
  ConsentWay,
  DisclosureNature,
  IdentityWay,
  PrivacyReason,
  PrivacyRequestType,
} from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  acknowledgePrivacyRequest,
  appealPrivacyRequest,
  askForIdentity,
  closePrivacyRequest,
  countDisclosures,
  countPrivacyRequests,
  fetchPrivacyRequest,
  grantPrivacyRequest,
  identifySubject,
  listDisclosures,
  listPrivacyRequests,
  type PrivacyRequest,
  type PrivacyRequestRow,
  receivePrivacyRequest,
  recordDisclosure,
  refusePrivacyRequest,
} from '../../../modules/privacy/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort, withMe } from '../../../platform/lists/index.ts';
import { fileDisagreement } from '../../../review/privacy/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import { type DecisionFlags, rowId } from '../kit/flags.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { disclosureTable, requestLines, requestTable } from './privacy.view.ts';

const columns: readonly CsvColumn<PrivacyRequestRow>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'type', cell: (row) => row.type },
  { head: 'status', cell: (row) => row.status },
  { head: 'person', cell: (row) => row.subjectId },
  { head: 'name', cell: (row) => row.name },
  { head: 'received', cell: (row) => row.receivedOn },
  { head: 'due', cell: (row) => row.due },
  { head: 'late', cell: (row) => row.isLate },
  { head: 'processed by', cell: (row) => row.processedBy },
  { head: 'closed at', cell: (row) => row.closedAt },
];

export async function showRequests(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const pairs = withMe(privacyList.filters, filterPairs(flags.filter ?? 'state=open'), accountName());
    const filter = parseFilter(privacyList.filters, pairs, now());
    const sort = parseSort(flags.sort ?? privacyList.defaultSort, privacyList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        columns,
        everyPage((after, limit) => listPrivacyRequests(db, { filter, sort, limit, after }, now())),
      );
      return;
    }
    const { items } = await listPrivacyRequests(db, { filter, sort, limit: flags.limit }, now());
    const { count: total } = await countPrivacyRequests(db, filter, now(), undefined);
    if (flags.json) context.printJson('privacyRequestRows', { items, total });
    else context.print(items.length === 0 ? 'No privacy requests.' : requestTable(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

/** Does one step, and shows where the request is then. */
async function step(
  context: CommandContext,
  flags: GlobalFlags,
  work: (app: App) => Promise<PrivacyRequest>,
): Promise<void> {
  const request = await context.host.withApp(flags, work);
  if (flags.json) context.printJson('privacyRequest', request);
  else for (const line of requestLines(request)) context.print(line);
}

const byOf = (flags: DecisionFlags): { readonly name: string } => ({ name: decider(flags).by });

type Id = readonly [string];

export const showRequest = (context: CommandContext, flags: GlobalFlags, [id]: Id): Promise<void> =>
  step(context, flags, ({ db, now }) => fetchPrivacyRequest(db, rowId(id), now()));

interface ReceiveFlags extends DecisionFlags {
  readonly type: PrivacyRequestType;
  readonly name?: string;
  readonly mail?: string;
  readonly replyTo?: string;
  readonly asked?: string;
  readonly received?: string;
  readonly nonUs: boolean;
}

export async function receive(context: CommandContext, flags: ReceiveFlags, [subjectId]: Id): Promise<void> {
  const { type, name, mail, replyTo, asked, received: receivedOn, nonUs: isNonUs } = flags;
  if (receivedOn !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(receivedOn))
    throw new TielineError('USAGE', `"${receivedOn}" is no day; expected YYYY-MM-DD.`);
  const receipt = { type, subjectId, name, mail, replyTo, asked, receivedOn, isNonUs };
  await step(context, flags, (app) => receivePrivacyRequest(app, receipt, byOf(flags)));
}

type NoteFlags = DecisionFlags & { readonly note?: string };

export const acknowledge = (context: CommandContext, flags: NoteFlags, [id]: Id): Promise<void> =>
  step(context, flags, (app) =>
    acknowledgePrivacyRequest(app, rowId(id), { note: flags.note, by: byOf(flags) }),
  );

interface IdentifyFlags extends NoteFlags {
  readonly how?: IdentityWay;
  readonly consent: ConsentWay;
  readonly pending: boolean;
}

export async function identify(context: CommandContext, flags: IdentifyFlags, [id]: Id): Promise<void> {
  const { how, consent, pending, note } = flags;
  if (pending === (how !== undefined))
    throw new TielineError('USAGE', 'Say either how the identity was proved (--how), or --pending.');
  await step(context, flags, (app) =>
    how === undefined
      ? askForIdentity(app, rowId(id), { note, by: byOf(flags) })
      : identifySubject(app, rowId(id), { how, consent, note, by: byOf(flags) }),
  );
}

interface DecideFlags extends DecisionFlags {
  readonly partly?: boolean;
  readonly because?: PrivacyReason;
  readonly appealTo?: string;
}

export const grant = (context: CommandContext, flags: DecideFlags, [id]: Id): Promise<void> =>
  step(context, flags, (app) =>
    grantPrivacyRequest(app, rowId(id), {
      partly: flags.partly ?? false,
      reason: flags.reason,
      exemption: flags.because,
      appealTo: flags.appealTo,
      by: byOf(flags),
    }),
  );

export async function refuse(context: CommandContext, flags: DecideFlags, [id]: Id): Promise<void> {
  const { because: exemption, reason = '', appealTo = '' } = flags;
  if (exemption === undefined) throw new TielineError('USAGE', 'Name the reason code: --because.');
  await step(context, flags, (app) =>
    refusePrivacyRequest(app, rowId(id), { exemption, reason, appealTo, by: byOf(flags) }),
  );
}

export const appeal = (
  context: CommandContext,
  flags: DecisionFlags & { readonly grounds?: string },
  [id]: Id,
): Promise<void> =>
  step(context, flags, (app) =>
    appealPrivacyRequest(app, rowId(id), { grounds: flags.grounds ?? '', by: byOf(flags) }),
  );

interface DisagreeFlags extends DecisionFlags {
  readonly statement?: string;
  readonly poam?: readonly string[];
  readonly asset?: readonly string[];
  readonly system?: readonly string[];
}

export async function disagree(context: CommandContext, flags: DisagreeFlags, [id]: Id): Promise<void> {
  const records = (['poam', 'asset', 'system'] as const).flatMap((entity) =>
    (flags[entity] ?? []).map((recordId) => ({ entity, id: recordId })),
  );
  const actor = localOperator(decider(flags).by);
  await step(context, flags, (app) =>
    fileDisagreement(app, actor, rowId(id), { statement: flags.statement ?? '', records }),
  );
}

export const close = (
  context: CommandContext,
  flags: NoteFlags & { readonly withdrawn: boolean },
  [id]: Id,
): Promise<void> =>
  step(context, flags, (app) =>
    closePrivacyRequest(app, rowId(id), { withdrawn: flags.withdrawn, note: flags.note, by: byOf(flags) }),
  );

interface DisclosureFlags extends DecisionFlags {
  readonly of?: readonly string[];
  readonly limit: number;
  readonly record?: string;
  readonly nature: DisclosureNature;
  readonly purpose?: string;
  readonly recipient?: string;
  readonly address?: string;
  readonly authority?: string;
}

export async function showDisclosures(context: CommandContext, flags: DisclosureFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const { of, limit, record, nature, purpose = '', recipient = '', address, authority = '' } = flags;
    if (record !== undefined)
      await app.store.transaction(({ db }) =>
        recordDisclosure(db, {
          nature,
          what: record,
          purpose,
          recipient,
          address,
          authority,
          subjects: of,
          scope: everywhere,
          at: app.now(),
          by: byOf(flags),
        }),
      );
    const person = of === undefined ? {} : { of };
    const items = await listDisclosures(app.db, { ...person, limit });
    const total = await countDisclosures(app.db, person);
    if (flags.json) context.printJson('disclosures', { items, total });
    else {
      context.print(items.length === 0 ? 'No disclosures.' : disclosureTable(items, context.width));
      if (total > items.length) context.print(`The latest ${items.length} of ${total}: --limit shows more.`);
    }
  });
}
