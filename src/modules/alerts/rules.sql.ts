/** Rows of alert rules. */
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { AlertDirection, AlertKind, Severity } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export interface AlertLevel {
  /** From this value on, in the unit of the kind. */
  readonly at: number;
  readonly severity: Severity;
}

export interface AlertRule {
  readonly id: number;
  readonly kind: AlertKind;
  /** Of kind `metric` only. */
  readonly metric: string | null;
  /** `ingestion_systems.system_id`; null: every boundary without a rule of its own, and what is in none. */
  readonly systemId: string | null;
  readonly direction: AlertDirection;
  readonly levels: readonly AlertLevel[];
  readonly isEnabled: boolean;
  readonly reason: string | null;
  readonly changedBy: string;
  readonly changedAt: Date;
}

const columns = sql`r.id, r.kind, r.metric_name as metric, r.system_id as "systemId", r.direction, r.levels, r.is_enabled as "isEnabled",
                    r.reason, r.changed_by as "changedBy", r.changed_at as "changedAt"`;

/** @param scope rules of boundaries outside of it are left out; those of all boundaries are everybody's to see. */
export async function listAlertRules(db: Kysely<Database>, scope: Scope): Promise<AlertRule[]> {
  const { rows } = await sql<AlertRule>`
    select ${columns} from alert_rules r
     where r.system_id is null or ${inScope(scope, sql`r.system_id`)}
     order by r.kind, r.metric_name nulls first, r.system_id nulls first`.execute(db);
  return rows;
}

/** Locks the row, so that two changes of one rule take turns. */
export async function findAlertRule(
  db: Kysely<Database>,
  place: Pick<AlertRule, 'kind' | 'metric' | 'systemId'>,
): Promise<AlertRule | undefined> {
  const { rows } = await sql<AlertRule>`
    select ${columns} from alert_rules r
     where r.kind = ${place.kind} and r.metric_name is not distinct from ${place.metric} and r.system_id is not distinct from ${place.systemId}
       for update`.execute(db);
  return rows[0];
}

export async function saveAlertRule(db: Kysely<Database>, rule: Omit<AlertRule, 'id'>): Promise<AlertRule> {
  const { kind, metric, systemId, direction, isEnabled, reason, changedBy, changedAt } = rule;
  const levels = storableJson(rule.levels.map(({ at, severity }) => ({ at, severity })));
  const { rows } = await sql<AlertRule>`
    insert into alert_rules as r (kind, metric_name, system_id, direction, levels, is_enabled, reason, changed_by, changed_at)
    values (${kind}, ${metric}, ${systemId}, ${direction}, ${levels}::jsonb, ${isEnabled}, ${reason}, ${changedBy}, ${changedAt}::timestamptz)
    on conflict (kind, coalesce(metric_name, ''), coalesce(system_id, ''))
      do update set direction = excluded.direction, levels = excluded.levels, is_enabled = excluded.is_enabled, reason = excluded.reason,
                    changed_by = excluded.changed_by, changed_at = excluded.changed_at
    returning ${columns}`.execute(db);
  const [saved] = rows;
  if (!saved) throw new Error('a rule that was saved has a row');
  return saved;
}

export async function deleteAlertRule(db: Kysely<Database>, id: number): Promise<void> {
  await sql`delete from alert_rules where id = ${id}`.execute(db);
}
