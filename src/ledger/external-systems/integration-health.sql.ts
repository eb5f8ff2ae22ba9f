import { sql, type Kysely } from 'kysely';
import { recordEvents } from '../events/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

const healthTypes = {
  connectivity: 'connectivity',
  authentication: 'authentication',
  permission: 'permission',
  clock: 'connectivity',
} as const;
const healthStatuses = { ok: 'healthy', warning: 'degraded', failed: 'unhealthy' } as const;

/** Share of the calls since the check before that were not answered, or with 429 or a server error. */
const errorRate = (systemId: number) => sql<number | null>`(
  select round(avg(case when c.response_status is null or c.response_status = 429 or c.response_status >= 500 then 1 else 0 end), 4)
    from api_call_logs c
   where c.external_system_id = ${systemId}
     and c.called_at > coalesce((select max(h.checked_at) from integration_health h where h.external_system_id = ${systemId}), '-infinity'))`;

/** What the calls since the check before took to be answered, on average. */
const responseTime = (systemId: number) => sql<number | null>`(
  select round(avg(c.response_time_ms))::int
    from api_call_logs c
   where c.external_system_id = ${systemId} and c.response_status is not null
     and c.called_at > coalesce((select max(h.checked_at) from integration_health h where h.external_system_id = ${systemId}), '-infinity'))`;

/** When a run over the system last ended well. */
const lastSuccess = (systemId: number) => sql<Date | null>`(
  select last_sync_time from external_systems where id = ${systemId})`;

/** Tells whoever watches where a check comes to something else than the one before. Before it is kept. */
async function announceHealth(
  db: Kysely<Database>,
  systemId: number,
  type: string,
  status: string,
): Promise<void> {
  const before = await db
    .selectFrom('integration_health')
    .select('status')
    .where('external_system_id', '=', systemId)
    .where('health_check_type', '=', type)
    .orderBy('checked_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (before?.status !== status)
    await recordEvents(db, [{ kind: 'health.changed', subject: String(systemId) }]);
}

/** Keeps how a sync over one system went. */
export async function recordSyncHealth(
  db: Kysely<Database>,
  systemId: number,
  status: 'healthy' | 'degraded' | 'unhealthy',
  detail: string | undefined,
): Promise<void> {
  await announceHealth(db, systemId, 'data_sync', status);
  await db
    .insertInto('integration_health')
    .values({
      external_system_id: systemId,
      health_check_type: 'data_sync',
      status,
      response_time_ms: responseTime(systemId),
      error_rate: errorRate(systemId),
      last_successful_operation: lastSuccess(systemId),
      error_details: detail === undefined ? null : JSON.stringify({ detail }),
    })
    .execute();
}

export interface HealthRow {
  readonly system: string;
  readonly type: string;
  readonly status: string;
  readonly detail: string | null;
  readonly checkedAt: Date;
}

/** The latest result of each kind of check of each system. */
export async function listHealth(db: Kysely<Database>): Promise<HealthRow[]> {
  const { rows } = await sql<HealthRow>`
    select distinct on (s.id, h.health_check_type) s.system_name as system, h.health_check_type as type, h.status,
           h.error_details ->> 'detail' as detail, h.checked_at as "checkedAt"
      from integration_health h join external_systems s on s.id = h.external_system_id
     where s.removed_at is null
     order by s.id, h.health_check_type, h.checked_at desc, h.id desc`.execute(db);
  return rows;
}

export interface SyncLag {
  readonly system: string;
  readonly enabled: boolean;
  /** Since when the oldest change waits to be sent; null if none does. */
  readonly unsentSince: Date | null;
  /** Since when the entity that was read least recently may have moved on. */
  readonly unreadSince: Date | null;
  readonly sendingPausedAt: Date | null;
  readonly sendingPausedReason: string | null;
}

/** How far each system is behind; sources of scan files have no server to be behind of. */
export async function listLag(db: Kysely<Database>): Promise<SyncLag[]> {
  const { rows } = await sql<SyncLag>`
    select s.system_name as system, s.sync_enabled is not false as enabled,
           (select min(o.created_at) from sync_outbox o where o.external_system_id = s.id and o.state in ('pending', 'sent')) as "unsentSince",
           (select min(r.mark_set_at) from sync_reads r where r.external_system_id = s.id) as "unreadSince",
           s.sending_paused_at as "sendingPausedAt", s.sending_paused_reason as "sendingPausedReason"
      from external_systems s where s.removed_at is null and s.system_type <> 'scan_files' order by s.id`.execute(
    db,
  );
  return rows;
}

/** Keeps the result of one check of an external system. */
export async function recordHealth(
  db: Kysely<Database>,
  systemId: number,
  result: {
    readonly check: string;
    readonly kind: keyof typeof healthTypes;
    readonly status: keyof typeof healthStatuses;
    readonly detail: string;
    readonly remedy?: string;
  },
): Promise<void> {
  await announceHealth(db, systemId, healthTypes[result.kind], healthStatuses[result.status]);
  await db
    .insertInto('integration_health')
    .values({
      external_system_id: systemId,
      health_check_type: healthTypes[result.kind],
      status: healthStatuses[result.status],
      response_time_ms: responseTime(systemId),
      error_rate: errorRate(systemId),
      last_successful_operation: lastSuccess(systemId),
      error_details:
        result.status === 'ok'
          ? null
          : JSON.stringify({ check: result.check, detail: result.detail, remedy: result.remedy }),
    })
    .execute();
}
