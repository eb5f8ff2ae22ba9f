/** The security log as people read it: pages, counts and facets of one selection, and one event with what belongs to it. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, ListQuery, securityEventList } from '../../canonical/lists/index.ts';
import { type EventKind, eventKinds, type Outcome, type Severity } from '../../canonical/vocabulary/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  flagOf,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

type List = typeof securityEventList;
export type SecurityEventFilter = Filter<FilterOf<List>>;

export interface SecurityEventRow {
  readonly id: string;
  readonly kind: EventKind;
  /** What happened, in words; a kind of another version by its own name. */
  readonly title: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly failureReason: string | null;
  readonly occurredAt: Date;
  readonly detectedAt: Date;
  readonly who: string | null;
  readonly way: string;
  readonly address: string | null;
  readonly objectType: string | null;
  readonly objectId: string | null;
  readonly systemId: string | null;
  readonly assetId: string | null;
  readonly source: string;
  readonly relatedId: string | null;
  readonly details: JsonObject;
  readonly investigatedBy: string | null;
  readonly notes: string | null;
  readonly isFalsePositive: boolean;
  readonly resolvedAt: Date | null;
  /** Whether a link of the chain covers it; one from before the chain has none. */
  readonly isChained: boolean;
}

export interface SecurityEventDetail extends SecurityEventRow {
  /** Events of the same request or command, and the steps of its investigation, earliest first. */
  readonly related: readonly SecurityEventRow[];
}

/** What is in no boundary (sign-ins, grants) is for those who see all of them. */
const visible = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere' ? sql`true` : sql`e.boundary = any(${[...scope.systemIds]}::text[])`;

const conditions: Conditions<FilterOf<List>> = {
  kind: wordsOf(sql`e.event_type`),
  severity: wordsOf(sql`e.severity`),
  outcome: wordsOf(sql`e.outcome`),
  who: wordsOf(sql`e.principal_name`),
  address: wordsOf(sql`host(e.address)`),
  way: wordsOf(sql`e.source_way`),
  object: wordsOf(sql`e.object_id`),
  system: wordsOf(sql`e.boundary`),
  asset: wordsOf(sql`e.asset_uuid::text`),
  source: wordsOf(sql`e.source_system`),
  related: wordsOf(sql`e.correlation_id::text`),
  occurred: instantOf(sql`e.occurred_at`),
  detected: instantOf(sql`e.detected_at`),
  resolved: flagOf(sql`(e.resolved_at is not null)`),
  investigated: flagOf(sql`(e.investigated_by is not null)`),
  falsePositive: flagOf(sql`e.false_positive`),
  q: textOf(
    sql`concat_ws(' ', e.event_type, e.principal_name, e.object_id, e.failure_reason, e.event_details ->> 'route')`,
  ),
};

const source = {
  from: sql`security_events_extended e`,
  id: { column: sql`e.id`, type: 'bigint' as const, always: true as const },
  sorts: { occurred: { column: sql`e.occurred_at`, type: 'timestamptz' as const, always: true as const } },
  facets: {
    kind: sql`e.event_type`,
    severity: sql`e.severity`,
    outcome: sql`e.outcome`,
    way: sql`e.source_way`,
  },
};

const columns = sql`
  e.id::text as key, e.event_id::text as id, e.event_type as kind, e.severity, e.outcome, e.failure_reason as "failureReason",
  e.occurred_at as "occurredAt", e.detected_at as "detectedAt", e.principal_name as who, e.source_way as way, host(e.address) as address,
  e.object_type as "objectType", e.object_id as "objectId", e.boundary as "systemId", e.asset_uuid::text as "assetId", e.source_system as source,
  e.correlation_id::text as "relatedId", e.event_details as details, e.investigated_by as "investigatedBy", e.investigation_notes as notes,
  e.false_positive as "isFalsePositive", e.resolved_at as "resolvedAt", e.chain_id is not null as "isChained"`;

type Keyed = Omit<SecurityEventRow, 'title'> & { readonly key: string };
const withoutKey = ({ key: _key, ...row }: Keyed): SecurityEventRow => ({
  ...row,
  title: row.kind in eventKinds ? eventKinds[row.kind].title : row.kind,
});

const fitting = (scope: Scope, filter: SecurityEventFilter): RawBuilder<boolean>[] => [
  visible(scope),
  ...filtered(conditions, filter),
];

export async function listSecurityEvents(
  db: Kysely<Database>,
  scope: Scope,
  query: ListQuery<List>,
): Promise<Page<SecurityEventRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(scope, query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const { rows } = await sql<Keyed>`
    select ${columns} from security_events_extended e where e.id = any(${keys.map(String)}::bigint[])`.execute(
    db,
  );
  return { items: inOrderOf(keys, rows, (row) => row.key).map(withoutKey), ...page };
}

/** @param atMost undefined: all are counted. */
export const countSecurityEvents = (
  db: Kysely<Database>,
  scope: Scope,
  filter: SecurityEventFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const facetSecurityEvents = (
  db: Kysely<Database>,
  scope: Scope,
  filter: SecurityEventFilter,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), by);

const mostRelated = 200;

/** @returns undefined where there is none, or it is out of the scope. */
export async function fetchSecurityEvent(
  db: Kysely<Database>,
  scope: Scope,
  id: string,
): Promise<SecurityEventDetail | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await sql<Keyed>`
    select ${columns} from security_events_extended e where e.event_id = ${id}::uuid and ${visible(scope)}`.execute(
    db,
  );
  const [row] = rows;
  if (!row) return undefined;
  const { rows: related } = await sql<Keyed>`
    select ${columns} from security_events_extended e
     where (e.correlation_id = ${row.relatedId}::uuid or e.correlation_id = ${id}::uuid) and e.event_id <> ${id}::uuid and ${visible(scope)}
     order by e.occurred_at, e.id limit ${mostRelated}`.execute(db);
  return { ...withoutKey(row), related: related.map(withoutKey) };
}

/** Ids that begin so: for who types them at the machine. */
export async function findSecurityEventIds(db: Kysely<Database>, beginning: string): Promise<string[]> {
  if (!/^[0-9a-f-]{4,36}$/i.test(beginning)) return [];
  const low = `${beginning.toLowerCase().replaceAll('-', '').padEnd(32, '0')}`;
  const high = `${beginning.toLowerCase().replaceAll('-', '').padEnd(32, 'f')}`;
  const { rows } = await sql<{ id: string }>`
    select e.event_id::text as id from security_events_extended e
     where e.event_id between ${low}::uuid and ${high}::uuid limit 2`.execute(db);
  return rows.map(({ id }) => id);
}
