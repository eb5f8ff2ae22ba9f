/** `privacy search|review|amend|annotate`. */
import { localOperator } from '../../../canonical/access/index.ts';
import type { PrivacyReason } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  annotateRecord,
  fetchPrivacyRequest,
  findPrivacySearch,
  leaveOutHits,
  listPrivacyHits,
  makePrivacyCopy,
  openPrivacyCopy,
  type PrivacyRequest,
  reviewPrivacyRequest,
  runPrivacySearch,
  type SearchView,
  startPrivacySearch,
} from '../../../modules/privacy/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { amendable, type Amendable, amendRecord } from '../../../review/privacy/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { type DecisionFlags, oneOf, rowId } from '../kit/flags.ts';
import { writeWhole } from '../lists/write-file.ts';
import { requestLines, searchLines } from './privacy.view.ts';

const shown = ({ tables, ...search }: SearchView) => ({
  ...search,
  tables: tables.map(({ keyColumns: _key, position: _position, ...table }) => table),
});

interface SearchFlags extends DecisionFlags {
  readonly term?: readonly string[];
  readonly show: boolean;
}

/** Searches in this process; stopped or killed, the same command continues it. */
export async function search(
  context: CommandContext,
  flags: SearchFlags,
  [id]: readonly [string],
): Promise<void> {
  const view = await context.host.withApp(flags, async (app) => {
    if (!flags.show) {
      const by = { name: decider(flags).by };
      const { searchId } = await startPrivacySearch(app, rowId(id), { terms: flags.term ?? [], by });
      await runPrivacySearch(app, searchId, { signal: context.host.signal, note: () => undefined });
    }
    return findPrivacySearch(app, rowId(id));
  });
  if (!view)
    throw new TielineError('USAGE', `Nothing was searched for request ${id} yet.`, {
      remedy: `Search with \`tieline privacy search ${id}\`.`,
    });
  if (flags.json) context.printJson('privacySearch', shown(view));
  else {
    for (const line of searchLines(view, context.width)) context.print(line);
    context.print(`To look at what was found: tieline privacy review ${id}`);
  }
}

interface ReviewFlags extends DecisionFlags {
  readonly table?: string;
  readonly leaveOut?: readonly string[];
  readonly leaveOutTable?: string;
  readonly takeIn?: readonly string[];
  readonly because?: PrivacyReason;
  readonly copy: boolean;
  readonly save?: string;
  readonly limit: number;
  readonly after?: string;
  readonly note?: string;
}

async function leaveOut(app: App, id: number, flags: ReviewFlags): Promise<void> {
  const { leaveOut: hits, leaveOutTable: table, takeIn, because, note } = flags;
  const by = { name: decider(flags).by };
  if (hits !== undefined || table !== undefined) {
    if (because === undefined) throw new TielineError('USAGE', 'Name the reason code: --because.');
    if (hits !== undefined) await leaveOutHits(app, id, { hits, because, note, by });
    if (table !== undefined) await leaveOutHits(app, id, { table, because, note, by });
  }
  if (takeIn !== undefined) await leaveOutHits(app, id, { hits: takeIn, because: null, by });
}

async function save(app: App, id: number, path: string): Promise<void> {
  const { stream } = await openPrivacyCopy(app, id, path.endsWith('.json') ? 'json' : 'html');
  await writeWhole(stream, path);
}

/** Begins the review where it has not begun, does what the flags say, and shows where the request is. */
export async function review(
  context: CommandContext,
  flags: ReviewFlags,
  [text]: readonly [string],
): Promise<void> {
  const id = rowId(text);
  await context.host.withApp(flags, async (app) => {
    const { status } = await fetchPrivacyRequest(app.db, id, app.now());
    const by = { name: decider(flags).by };
    if (status === 'searching') await reviewPrivacyRequest(app, id, { note: flags.note, by });
    await leaveOut(app, id, flags);
    if (flags.copy) await makePrivacyCopy(app, id, by);
    if (flags.save !== undefined) await save(app, id, flags.save);
    if (flags.table !== undefined) {
      const items = await listPrivacyHits(app, id, {
        table: flags.table,
        after: flags.after,
        limit: flags.limit,
      });
      if (flags.json) context.printJson('privacyHits', { items: [...items] });
      else printHits(context, flags, items);
      return;
    }
    const view = await findPrivacySearch(app, id);
    const request = await fetchPrivacyRequest(app.db, id, app.now());
    if (flags.json) context.printJson('privacyRequest', request);
    else
      for (const line of [...(view ? searchLines(view, context.width) : []), ...requestLines(request)])
        context.print(line);
  });
}

function printHits(
  context: CommandContext,
  { table = '', limit }: ReviewFlags,
  items: Awaited<ReturnType<typeof listPrivacyHits>>,
): void {
  if (items.length === 0) context.print(`Nothing (more) was found in ${table}.`);
  for (const hit of items) {
    const left = hit.leftOutBecause === null ? '' : `  (left out: ${hit.leftOutBecause})`;
    context.print(`Row ${hit.id}${left}`);
    if (hit.row === null) context.print('  deleted since the search');
    for (const [name, value] of Object.entries(hit.row ?? {}))
      if (value !== null && value !== '')
        context.print(`  ${name}: ${shownText(typeof value === 'string' ? value : JSON.stringify(value))}`);
  }
  const last = items.at(-1);
  if (last !== undefined && items.length === limit) context.print(`There may be more: --after ${last.id}`);
}

function told(context: CommandContext, flags: DecisionFlags, request: PrivacyRequest): void {
  if (flags.json) context.printJson('privacyRequest', request);
  else for (const line of requestLines(request)) context.print(line);
}

/** A value as it is typed: JSON where it is a list, object or null; else a text. */
const valueOf = (text: string): Json =>
  /^(\[.*\]|\{.*\}|null)$/s.test(text) ? (JSON.parse(text) as Json) : text;

export async function amend(
  context: CommandContext,
  flags: DecisionFlags & { readonly set?: readonly string[] },
  [id, entity, recordId]: readonly [string, string, string],
): Promise<void> {
  const changes = Object.fromEntries(
    (flags.set ?? []).map((each) => {
      const at = each.indexOf('=');
      if (at <= 0) throw new TielineError('USAGE', `"${each}" is not field=value.`);
      return [each.slice(0, at).trim(), valueOf(each.slice(at + 1).trim())];
    }),
  );
  if (Object.keys(changes).length === 0)
    throw new TielineError('USAGE', 'Say what to correct: --set field=value.');
  const kind = oneOf('entity', Object.keys(amendable) as Amendable[])(entity); // its own keys
  const actor = localOperator(decider(flags).by);
  told(
    context,
    flags,
    await context.host.withApp(flags, (app) =>
      amendRecord(app, actor, rowId(id), { entity: kind, id: recordId, changes }),
    ),
  );
}

export async function annotate(
  context: CommandContext,
  flags: DecisionFlags & { readonly note?: string },
  [id, table, row]: readonly [string, string, string],
): Promise<void> {
  const to = { entity: table, id: row, systemId: null };
  told(
    context,
    flags,
    await context.host.withApp(flags, (app) =>
      annotateRecord(app, rowId(id), { note: flags.note ?? '', to, by: { name: decider(flags).by } }),
    ),
  );
}
