import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { boundaryOfRecord, weaknessOfRecord, type ConflictWeakness } from './conflict-subjects.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { shownResolution } from '../../ledger/conflicts/index.ts';
import { shownDecider, type StoredDecider } from '../../ledger/operations/index.ts';
import type { ConflictType } from '../../canonical/vocabulary/index.ts';

export interface ConflictRow {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly type: ConflictType;
  readonly field: string | null;
  readonly base: Json;
  readonly internal: Json;
  readonly external: Json;
  readonly status: string;
  readonly createdAt: Date | null;
  /** When each record was last edited; null where it is unknown. */
  readonly internalChangedAt: Date | null;
  readonly externalChangedAt: Date | null;
  /** Who did it, as far as the journal or the remote knows. */
  readonly internalChangedBy: string | null;
  readonly externalChangedBy: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolution: Json;
  readonly operationId: string | null;
  /** The external system with which our record disagrees; none only on a conflict from before this was kept. */
  readonly systemId: number | null;
  readonly system: string | null;
  /** What the remote calls the record; null where it was never linked. */
  readonly externalId: string | null;
  /** The system of the GRC record (`ingestion_systems.system_id`) that it belongs to; null where it belongs to none. */
  readonly boundary: string | null;
  readonly boundaryName: string | null;
  readonly weakness: ConflictWeakness | null;
}

export interface ConflictFilter {
  readonly ids?: readonly number[];
  readonly system?: string;
  readonly entity?: string;
  readonly field?: string;
  readonly type?: ConflictType;
  /** `ingestion_systems.system_id`. */
  readonly boundary?: string;
  /** Those with a higher id only. */
  readonly afterId?: number;
  /** Also those that are settled. */
  readonly all?: boolean;
}

/** Conflicts `c` with the external system `s`, link `l` and boundary `b` of each. */
const everyConflict = () => sql`
      sync_conflicts c
      left join external_systems s on s.id = c.external_system_id
      left join lateral (select l.external_id from sync_links l
                          where l.external_system_id = c.external_system_id and l.entity_type = c.entity_type
                            and l.entity_id = c.entity_id and l.retired_at is null
                          order by l.id limit 1) l on true
      left join lateral (${boundaryOfRecord()}) b on true`;

const fits = (filter: ConflictFilter) => sql`
           (${filter.all ?? false} or c.resolution_status = 'pending')
       and (${filter.ids === undefined} or c.id = any(${[...(filter.ids ?? [])]}::int[]))
       and (${filter.system ?? null}::text is null or s.system_name = ${filter.system ?? null})
       and (${filter.entity ?? null}::text is null or c.entity_type = ${filter.entity ?? null})
       and (${filter.field ?? null}::text is null or c.field_name = ${filter.field ?? null})
       and (${filter.type ?? null}::text is null or c.conflict_type = ${filter.type ?? null})
       and (${filter.boundary ?? null}::text is null or b.id = ${filter.boundary ?? null})
       and c.id > ${filter.afterId ?? 0}`;

/** How many conflicts fit. */
export async function countConflicts(db: Kysely<Database>, filter: ConflictFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${everyConflict()} where ${fits(filter)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** As it is stored: who settled it, and who edited our record last, if the journal says so. */
type StoredConflict = Omit<ConflictRow, 'resolvedBy' | 'internalChangedBy'> & {
  readonly resolvedByKind: StoredDecider['decidedByKind'] | null;
  readonly resolvedBy: string | null;
  readonly resolvedByRule: StoredDecider['ruleCode'];
} & (StoredDecider | { readonly decidedByKind: null; readonly decidedBy: null; readonly ruleCode: null });

function shownConflict(row: StoredConflict): ConflictRow {
  const { resolvedByKind, resolvedByRule, decidedByKind, decidedBy, ruleCode, ...conflict } = row;
  return {
    ...conflict,
    internalChangedBy: decidedByKind === null ? null : shownDecider({ decidedByKind, decidedBy, ruleCode }),
    resolvedBy:
      resolvedByKind === null
        ? conflict.resolvedBy
        : shownDecider({
            decidedByKind: resolvedByKind,
            decidedBy: conflict.resolvedBy,
            ruleCode: resolvedByRule,
          }),
    resolution: shownResolution(conflict.resolution, resolvedByKind),
  };
}

/** Conflicts that fit, oldest first. */
export async function listConflicts(
  db: Kysely<Database>,
  filter: ConflictFilter,
  limit: number,
): Promise<ConflictRow[]> {
  const { rows } = await sql<StoredConflict>`
    select c.id, c.entity_type as entity, c.entity_id as "entityId", c.conflict_type as type, c.field_name as field,
           c.base_value as base, c.internal_value as internal, c.external_value as external, c.resolution_status as status,
           c.created_at as "createdAt", c.resolved_by_kind as "resolvedByKind", c.resolved_by as "resolvedBy", c.rule_code as "resolvedByRule", c.resolved_at as "resolvedAt", c.resolution,
           c.internal_changed_at as "internalChangedAt", c.external_changed_at as "externalChangedAt",
           edited.kind as "decidedByKind", edited.by as "decidedBy", edited.rule as "ruleCode", c.external_changed_by as "externalChangedBy",
           c.operation_id as "operationId", s.id as "systemId", s.system_name as system, l.external_id as "externalId",
           b.id as boundary, (select own.name from ingestion_systems own where own.system_id = b.id order by own.id limit 1) as "boundaryName",
           (${weaknessOfRecord}) as weakness
      from ${everyConflict()}
      left join lateral (select j.decided_by_kind as kind, j.decided_by as by, j.rule_code as rule from sync_changes j
                          where j.entity_type = c.entity_type and j.entity_id = c.entity_id and j.field_name = c.field_name
                            and j.direction = 'internal' and j.after_value = c.internal_value
                          order by j.changed_at desc limit 1) edited on true
     where ${fits(filter)}
     order by c.id limit ${limit}`.execute(db);
  return rows.map(shownConflict);
}
