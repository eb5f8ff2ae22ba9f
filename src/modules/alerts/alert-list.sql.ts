/** Alerts: pages, counts and facets of one selection, one alert, and what waits of them. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Actor, scopeFor } from '../../canonical/access/index.ts';
import type { alertList, FacetOf, FilterOf, ListQuery } from '../../canonical/lists/index.ts';
import {
  type AlertKind,
  alertKinds,
  type AlertState,
  severities,
  type Severity,
} from '../../canonical/vocabulary/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  type FilterTerm,
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
import { assignedTo, isNobodys, isOfNamed } from '../../record/assignments/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';
import { type AlertReader, isVisible } from './visible.sql.ts';

type List = typeof alertList;
export type AlertFilter = Filter<FilterOf<List>>;

export interface AlertRow {
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly title: string;
  readonly description: string | null;
  readonly systemId: string | null;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly threshold: number | null;
  readonly value: number | null;
  /** A person or team, also a user of the host application who has no account here; null: nobody yet. */
  readonly assignedTo: string | null;
  readonly isTeam: boolean;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly suppressedUntil: Date | null;
  readonly suppressedBy: string | null;
  readonly handlingReason: string | null;
  readonly raisedAt: Date;
  readonly updatedAt: Date | null;
  readonly resolvedAt: Date | null;
  /** Who closed it: `tieline` where its cause is gone. */
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
  readonly facts: JsonObject;
}

/** What the inbox shows under a kind of its own is not said twice there. */
const inboxKinds = alertKinds.filter((kind) => !alertKindSpecs[kind].isInboxKind);

/** SQL of what waits for those of whom `isMine` is true: active alerts of theirs or nobody's, and what they acknowledged to deal with. */
export const waitingAlerts = (isMine: RawBuilder<boolean>): RawBuilder<boolean> =>
  sql`(a.alert_type = any(${[...inboxKinds]}::text[])
       and (a.status = 'active' and (${isNobodys('a')} or ${isMine}) or a.status = 'acknowledged' and ${isMine}))`;

function waitsFor(term: FilterTerm): RawBuilder<boolean> {
  const waits = waitingAlerts(isOfNamed('a', term.is === 'in' ? term.values : []));
  return term.is === 'in' && term.negated ? sql`(${waits}) is not true` : waits;
}

const utc = (column: string): RawBuilder<unknown> => sql`(${sql.ref(column)} at time zone 'UTC')`;

const conditions: Conditions<FilterOf<List>> = {
  state: wordsOf(sql`a.status`),
  open: flagOf(sql`a.status <> 'resolved'`),
  severity: wordsOf(sql`a.severity`),
  kind: wordsOf(sql`a.alert_type`),
  system: wordsOf(sql`a.system_id`),
  assigned: assignedTo('a'),
  waits: waitsFor,
  raised: instantOf(utc('a.created_at')),
  resolved: instantOf(utc('a.resolved_at')),
  record: wordsOf(sql`a.entity_id`),
  q: textOf(sql`concat_ws(' ', a.title, a.entity_id, a.description)`),
};

const source = {
  from: sql`alerts a`,
  id: { column: sql`a.id`, type: 'integer' as const, always: true as const },
  sorts: {
    severity: {
      column: sql`array_position(${sql.lit(`{${severities.join(',')}}`)}::text[], a.severity::text)`,
      type: 'integer' as const,
      always: true as const,
    },
    raised: { column: sql`a.created_at`, type: 'timestamptz' as const, always: true as const },
    updated: {
      column: sql`coalesce(a.updated_at, a.created_at)`,
      type: 'timestamptz' as const,
      always: true as const,
    },
  },
  facets: {
    state: sql`a.status`,
    severity: sql`a.severity`,
    kind: sql`a.alert_type`,
    system: sql`a.system_id`,
  },
};

const fitting = (reader: AlertReader, filter: AlertFilter): RawBuilder<boolean>[] => [
  isVisible(reader),
  ...filtered(conditions, filter),
];

const columns = sql`
  a.id as key, a.alert_id::text as id, a.alert_type as kind, a.severity, a.status as state, a.title, a.description, a.system_id as "systemId",
  a.entity_type as "entityType", a.entity_id as "entityId", a.threshold_value::float8 as threshold, a.current_value::float8 as value,
  coalesce(p.name, t.name, (select u.username::text from users u where u.id = a.assigned_to)) as "assignedTo", a.assigned_team_id is not null as "isTeam", a.acknowledged_by as "acknowledgedBy",
  a.acknowledged_at as "acknowledgedAt", a.suppressed_until as "suppressedUntil", a.suppressed_by as "suppressedBy",
  a.handling_reason as "handlingReason", a.created_at as "raisedAt", a.updated_at as "updatedAt", a.resolved_at as "resolvedAt",
  a.resolved_by as "resolvedBy",
  a.resolution_notes as resolution, coalesce(a.facts, '{}') as facts`;
const joined = sql`alerts a left join principals p on p.id = a.assigned_principal_id left join teams t on t.id = a.assigned_team_id`;

type Keyed = AlertRow & { readonly key: number };
const withoutKey = ({ key: _key, ...row }: Keyed): AlertRow => row;

export async function listAlerts(
  db: Kysely<Database>,
  reader: AlertReader,
  query: ListQuery<List>,
): Promise<Page<AlertRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(reader, query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const { rows } = await sql<Keyed>`
    select ${columns} from ${joined} where a.id = any(${keys.map(Number)}::int[])`.execute(db);
  return { items: inOrderOf(keys, rows, (row) => String(row.key)).map(withoutKey), ...page };
}

/** @returns undefined where there is no such alert, or the reader does not see it. */
export async function findAlert(
  db: Kysely<Database>,
  reader: AlertReader,
  id: string,
): Promise<AlertRow | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await sql<Keyed>`
    select ${columns} from ${joined} where a.alert_id = ${id}::uuid and ${isVisible(reader)}`.execute(db);
  return rows[0] && withoutKey(rows[0]);
}

/** @param atMost undefined: all are counted. */
export const countAlerts = (
  db: Kysely<Database>,
  reader: AlertReader,
  filter: AlertFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(reader, filter), atMost);

export const facetAlerts = (
  db: Kysely<Database>,
  reader: AlertReader,
  filter: AlertFilter,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(reader, filter), by);

/** Ids that begin so, of all alerts: for who types them at the machine. */
export async function findAlertIds(db: Kysely<Database>, beginning: string): Promise<string[]> {
  if (!/^[0-9a-f-]{4,36}$/i.test(beginning)) return [];
  const { rows } = await sql<{ id: string }>`
    select a.alert_id::text as id from alerts a where a.alert_id::text like ${`${beginning.toLowerCase()}%`} order by a.id desc limit 2`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Critical alerts that the actor sees and nobody acknowledged or suppressed. */
export async function countCriticalAlerts(db: Kysely<Database>, actor: Actor, now: Date): Promise<number> {
  const scope = scopeFor(actor, 'alert:read', now);
  if (scope === undefined) return 0;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from alerts a
     where a.status = 'active' and a.severity = 'Critical' and ${isVisible({ scope, actor, now })}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
