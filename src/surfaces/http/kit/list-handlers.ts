/** The handlers of a list's three routes, over what the noun's room reads. */
import { intersected, isEmpty, type Scope, scopeFor } from '../../../canonical/access/index.ts';
import type { FilterOf, ListDefinition, SortOf } from '../../../canonical/lists/index.ts';
import { csvLines, withMe } from '../../../platform/lists/index.ts';
import type { Filter, Page, Sort } from '../../../platform/lists/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { Answer, Call, StreamAnswer } from './call.ts';
import {
  type Cursors,
  facetsAsked,
  filterOf,
  filterText,
  jsonLines,
  type ListQuery,
  pageBody,
  type PageRequest,
  pageRequest,
} from './list-answer.ts';
import { discloseList } from '../../../modules/privacy/index.ts';
import { leavingOf, leavingPlaces } from '../privacy/leaving.ts';
import { Refusal } from './problem.ts';
import { withFieldsOf } from './renamed-fields.ts';

export interface Counted {
  readonly count: number;
  readonly exact: boolean;
}

/** What a noun's room reads; each takes the caller's scope. */
export interface ListSource<L extends ListDefinition, Row> {
  page(app: App, scope: Scope, request: PageRequest<L>): Promise<Page<Row>>;
  count(
    app: App,
    scope: Scope,
    filter: Filter<FilterOf<L>>,
    options: { readonly exact: boolean },
  ): Promise<Counted>;
  facet(
    app: App,
    scope: Scope,
    filter: Filter<FilterOf<L>>,
    by: L['facets'][number],
  ): Promise<Readonly<Record<string, Counted>>>;
  /** All rows, for an export; undefined where the list is not exported. */
  stream?(
    app: App,
    scope: Scope,
    request: { readonly filter: Filter<FilterOf<L>>; readonly sort: Sort<SortOf<L>> },
  ): AsyncIterable<Row>;
  /** The columns of a CSV: heading and value. */
  readonly columns?: readonly (readonly [heading: string, value: (row: Row) => unknown])[];
}

type ListCall = Call & { readonly query: ListQuery };

export interface ListParts {
  readonly cursors: Cursors;
  readonly classification: string;
}

/** The call with the caller's name in the place of `me`. */
const byName = (list: ListDefinition, call: ListCall): ListCall =>
  call.by === undefined
    ? call
    : {
        ...call,
        query: Object.fromEntries(withMe(list.filters, Object.entries(call.query), call.by.actor.name)),
      };

const wants = (call: ListCall, type: string): boolean => String(call.headers['accept'] ?? '').includes(type);

/** What leaves the agency has its entry in the accounting before its first row. */
async function accountFor(call: ListCall, list: ListDefinition, scope: Scope): Promise<void> {
  const leaving = leavingOf(call.query);
  if (!leaving || !call.by) return;
  const asked = { list: list.noun, filter: filterText(call.query), scope, leaving };
  await withFieldsOf(
    discloseList(call.app, call.by.actor, asked),
    leavingPlaces,
    'Give all of what is named; nothing was exported.',
  );
}

async function exported<L extends ListDefinition, Row>(
  call: ListCall,
  {
    list,
    source,
    parts,
  }: { readonly list: L; readonly source: ListSource<L, Row>; readonly parts: ListParts },
): Promise<StreamAnswer | undefined> {
  const { columns } = source;
  if (!source.stream || !columns) return undefined;
  const format = wants(call, 'text/csv') ? 'csv' : wants(call, 'application/x-ndjson') ? 'ndjson' : undefined;
  if (format === undefined) return undefined;
  const mayExport = call.by && scopeOfExport(call);
  if (!mayExport)
    throw new Refusal({ permission: 'finding:export' }, 'NOT_ALLOWED', 'You may not export lists.');
  const { filter, sort } = pageRequest(list, call.query, { cursors: parts.cursors, now: call.now });
  await accountFor(call, list, mayExport);
  const sent = { rows: 0 };
  const rows = counting(source.stream(call.app, mayExport, { filter, sort }), sent);
  const sentRows = (): number => sent.rows;
  const day = call.now.toISOString().slice(0, 10);
  const mark = parts.classification.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return format === 'csv'
    ? {
        stream: csvLines(rows, columns, { firstLine: parts.classification }),
        type: 'text/csv; charset=utf-8',
        fileName: `${list.noun}-${day}-${mark}.csv`,
        sentRows,
      }
    : {
        stream: jsonLines(rows),
        type: 'application/x-ndjson',
        fileName: `${list.noun}-${day}-${mark}.ndjson`,
        sentRows,
      };
}

async function* counting<Row>(rows: AsyncIterable<Row>, sent: { rows: number }): AsyncGenerator<Row> {
  for await (const row of rows) {
    sent.rows += 1;
    yield row;
  }
}

/** Exports reach only where the caller may export, which can be less far than where he may read. */
function scopeOfExport(call: ListCall): Scope | undefined {
  const held = call.by && scopeFor(call.by.actor, 'finding:export', call.now);
  if (!held) return undefined;
  const scope = intersected(held, call.scope);
  return isEmpty(scope) ? undefined : scope;
}

/** @param plural as in the operation ids of `listRoutes`. */
export function listHandlers<const Plural extends string, L extends ListDefinition, Row>(
  plural: Plural,
  list: L,
  { source, parts }: { readonly source: ListSource<L, Row>; readonly parts: ListParts },
) {
  const handlers = {
    list: async (
      asked: ListCall,
    ): Promise<Answer<{ items: readonly Row[]; next: string | null }> | StreamAnswer> => {
      const call = byName(list, asked);
      const file = await exported(call, { list, source, parts });
      if (file) return file;
      const { cursors } = parts;
      const page = await source.page(
        call.app,
        call.scope,
        pageRequest(list, call.query, { cursors, now: call.now }),
      );
      return { body: pageBody(list, page, { query: call.query, cursors }) };
    },
    count: async (asked: ListCall): Promise<Answer<Counted>> => {
      const call = byName(list, asked);
      const filter = filterOf(list, call.query, call.now);
      return {
        body: await source.count(call.app, call.scope, filter, { exact: call.query['exact'] === true }),
      };
    },
    facet: async (
      given: ListCall,
    ): Promise<Answer<{ facets: Record<string, Readonly<Record<string, Counted>>> }>> => {
      const call = byName(list, given);
      const filter = filterOf(list, call.query, call.now);
      const asked = facetsAsked(list, String(call.query['by']));
      const counted = await Promise.all(
        asked.map(async (by) => [by, await source.facet(call.app, call.scope, filter, by)] as const),
      );
      return { body: { facets: Object.fromEntries(counted) } };
    },
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([verb, handler]) => [`${verb}${plural}`, handler]),
  ) as { readonly [Verb in keyof typeof handlers as `${Verb}${Plural}`]: (typeof handlers)[Verb] }; // the names just made
}
