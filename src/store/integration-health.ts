import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

const healthTypes = {
  connectivity: 'connectivity',
  authentication: 'authentication',
  permission: 'permission',
  clock: 'connectivity',
} as const;
const healthStatuses = { ok: 'healthy', warning: 'degraded', failed: 'unhealthy' } as const;

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
  await db
    .insertInto('integration_health')
    .values({
      external_system_id: systemId,
      health_check_type: healthTypes[result.kind],
      status: healthStatuses[result.status],
      error_details:
        result.status === 'ok'
          ? null
          : JSON.stringify({ check: result.check, detail: result.detail, remedy: result.remedy }),
    })
    .execute();
}
