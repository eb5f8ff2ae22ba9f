/**
 * The inbox: one list of everything that waits for a person, what it is, since when, in which boundary, and the list that it leads to.
 * Whoever asks sees the kinds that their permissions let them see, each as far as that permission reaches.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  inScope,
  type Actor,
  intersected,
  isEmpty,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import {
  type FilterOf,
  type InboxKind,
  inboxKinds,
  type InboxPlace,
  type inboxList,
  type ListQuery,
} from '../../canonical/lists/index.ts';
import { fetchJournalTitles, fetchPluginTitles } from '../../ledger/operations/index.ts';
import {
  behind,
  type Conditions,
  every,
  type Filter,
  filtered,
  instantOf,
  orderOf,
  type Page,
  pageOf,
  sortValue,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { questionSentence } from '../../canonical/vocabulary/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import { fetchRecordTitles } from '../../record/entities/index.ts';
import { inboxKindSpecs, type InboxKindSpec } from './inbox-kinds.ts';
import { inboxParts } from './inbox-parts.sql.ts';

type List = typeof inboxList;
export type InboxQuery = ListQuery<List>;
export type InboxFilter = Filter<FilterOf<List>>;

export interface InboxItem {
  readonly kind: InboxKind;
  /** Its id in the list of its kind. */
  readonly subject: string;
  /** What it is about, as it is called. */
  readonly title: string;
  readonly detail: string | null;
  readonly since: Date;
  /** `ingestion_systems.system_id`; null where it is in no boundary. */
  readonly boundary: string | null;
  readonly connection: string | null;
  /** The record whose page is the place to act; null where it has none. A connection goes by its name. */
  readonly place: { readonly kind: InboxPlace; readonly id: string } | null;
  /** Of a question about a POA&M: its code. */
  readonly question: string | null;
  readonly list: InboxKindSpec['list'];
}

export interface InboxCount {
  readonly kind: InboxKind;
  readonly count: number;
  /** Since when the oldest waits. */
  readonly since: Date | null;
  /** Whether the actor can do something about any of them. */
  readonly mayAct: boolean;
  readonly words: string;
  readonly list: InboxKindSpec['list'];
  readonly command: string;
}

/** Who asks, and when. */
export interface InboxReader {
  readonly actor: Actor;
  readonly now: Date;
}

/** The kinds that the actor sees, each with how far. */
function seen(scope: Scope, { actor, now }: InboxReader): { kind: InboxKind; within: Scope }[] {
  return inboxKinds.flatMap((kind) => {
    const held = scopeFor(actor, inboxKindSpecs[kind].seenBy, now);
    if (held === undefined) return [];
    const within = intersected(scope, held);
    return isEmpty(within) ? [] : [{ kind, within }];
  });
}

/** The scope as far as a filter of boundaries leaves it: what is in several boundaries shows the one that is looked at. */
const lookedAt = (scope: Scope, { system }: InboxFilter): Scope =>
  system?.is === 'in' && !system.negated
    ? intersected(scope, { kind: 'boundaries', systemIds: [...system.values], unassigned: false })
    : scope;

/** SQL of all that waits within the scope: rows `w`. */
function relation(scope: Scope, reader: InboxReader, filter: InboxFilter): RawBuilder<unknown> | undefined {
  const parts = seen(lookedAt(scope, filter), reader).map(
    ({ kind, within }) => sql`
      select ${kind}::text as kind, p.* from (${inboxParts[kind](within, reader)}) p(subject, since, system_id, connection, entity_type, entity_id, detail, place_kind, place_id)
       where ${inScope(within, sql`p.system_id`)}`,
  );
  return parts.length === 0 ? undefined : sql`(${sql.join(parts, sql` union all `)}) w`;
}

const nothing = sql`(select null::text as kind, null::text as subject, null::timestamptz as since, null::text as system_id, null::text as connection,
                            null::text as entity_id, null::text as detail, null::text as place_kind, null::text as place_id limit 0) w`;

const conditions: Conditions<FilterOf<List>> = {
  kind: wordsOf(sql`w.kind`),
  system: wordsOf(sql`w.system_id`),
  connection: wordsOf(sql`w.connection`),
  since: instantOf(sql`w.since`),
  q: textOf(sql`concat_ws(' ', w.subject, w.entity_id, w.detail, w.system_id, w.connection)`),
};

const sorts = {
  since: { column: sql`w.since`, type: 'timestamptz' },
  kind: { column: sql`w.kind`, type: 'text', always: true },
} as const;
const id = { column: sql`(w.kind || ' ' || w.subject)`, type: 'text', always: true } as const;

interface Row {
  readonly id: string;
  readonly sort_value: string | number | null;
  readonly kind: InboxKind;
  readonly subject: string;
  readonly since: Date | null;
  readonly boundary: string | null;
  readonly connection: string | null;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly detail: string | null;
  readonly placeKind: InboxPlace | null;
  readonly placeId: string | null;
}

/** What waits within the scope, a page of it. */
export async function listInbox(
  db: Kysely<Database>,
  scope: Scope,
  reader: InboxReader,
  query: InboxQuery,
): Promise<Page<InboxItem>> {
  const from = relation(scope, reader, query.filter);
  if (from === undefined) return { items: [] };
  const keys = { by: sorts[query.sort.by], id, descending: query.sort.descending };
  const where = [
    ...filtered(conditions, query.filter),
    ...(query.after === undefined ? [] : [behind(keys, query.after)]),
  ];
  const { rows } = await sql<Row>`
    select ${id.column} as id, ${sortValue(keys.by)} as sort_value, w.kind, w.subject, w.since, w.system_id as boundary, w.connection,
           w.entity_type as entity, w.entity_id as "entityId", w.detail,
           w.place_kind as "placeKind", w.place_id as "placeId"
      from ${from} where ${every(where)} order by ${orderOf(keys)} limit ${query.limit + 1}`.execute(db);
  const titles = await titlesOf(db, rows);
  return pageOf(
    rows,
    query.limit,
    (row) => row.id,
    ({ kind, subject, since, boundary, connection, entity, entityId, detail, placeKind, placeId }) => ({
      kind,
      subject,
      title: titles.get(`${entity ?? ''} ${entityId ?? ''}`) ?? entityId ?? detail ?? subject,
      detail: kind === 'poam_question' && detail !== null ? questionText(detail) : detail,
      since: since ?? new Date(0),
      boundary,
      connection,
      place: placeKind === null || placeId === null ? null : { kind: placeKind, id: placeId },
      question: kind === 'poam_question' ? (detail?.split(' ', 1)[0] ?? null) : null,
      list: inboxKindSpecs[kind].list,
    }),
  );
}

/** The sentence of a question, of which the row has code and parameters. */
function questionText(stored: string): string {
  const at = stored.indexOf(' ');
  const params = JSON.parse(stored.slice(at + 1)) as Json; // it was jsonb
  return questionSentence(stored.slice(0, at), isJsonObject(params) ? params : {});
}

/** What rows are about, by `entity entityId`. */
async function titlesOf(db: Kysely<Database>, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const named = rows.flatMap(({ entity, entityId }) =>
    entity === null || entityId === null ? [] : [{ entity, entityId }],
  );
  const records = [...(await fetchRecordTitles(db, named))].map(([key, { title }]) => [key, title] as const);
  const plugins = await fetchPluginTitles(
    db,
    named.filter(({ entity }) => entity === 'weakness').map(({ entityId }) => entityId),
  );
  return new Map([
    ...records,
    ...(await fetchJournalTitles(db, named)),
    ...[...plugins].map(([plugin, title]) => [`weakness ${plugin}`, title] as const),
  ]);
}

/** How many of each kind wait within the scope, also of those of which none does; kinds that the actor may not see are left out. */
export async function countInbox(
  db: Kysely<Database>,
  scope: Scope,
  reader: InboxReader,
  filter: InboxFilter = {},
): Promise<InboxCount[]> {
  const from = relation(scope, reader, filter);
  const { rows } = await sql<{ kind: InboxKind; n: number; since: Date | null }>`
    select w.kind, count(*)::int as n, min(w.since) as since from ${from ?? nothing} where ${every(filtered(conditions, filter))} group by w.kind`.execute(
    db,
  );
  return seen(scope, reader).map(({ kind }) => {
    const found = rows.find((row) => row.kind === kind);
    const { words, list, command } = inboxKindSpecs[kind];
    const count = found?.n ?? 0;
    return {
      kind,
      count,
      since: found?.since ?? null,
      mayAct: mayAct(kind, scope, reader),
      words: count === 1 ? words.one : words.many,
      list,
      command,
    };
  });
}

const mayAct = (kind: InboxKind, scope: Scope, { actor, now }: InboxReader): boolean =>
  inboxKindSpecs[kind].doneBy.some((permission) => {
    const held = scopeFor(actor, permission, now);
    return held !== undefined && !isEmpty(intersected(scope, held));
  });
