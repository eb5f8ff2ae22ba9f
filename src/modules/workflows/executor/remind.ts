/** Reminds those whose turn it is to decide: one mail a person and reminder, through the ledger of deliveries. */
import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { type Role, roles as roleSpecs } from '../../../canonical/access/index.ts';
import type { RequestRow } from '../../../engine/approvals/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { insertDeliveries } from '../../alerts/index.ts';
import type { Why } from './trace-words.ts';

interface Decider {
  readonly name: string;
  readonly address: string | null;
}

/** People who hold one of the roles for the boundary now. @param boundary null: for what is in none. */
async function listDeciders(
  db: Kysely<Database>,
  roles: readonly Role[],
  boundary: string | null,
  now: Date,
): Promise<Decider[]> {
  const { rows } = await sql<Decider>`
    select distinct p.name, p.email as address
      from grants g join principals p on p.id = g.principal_id
     where g.role = any(${[...roles]}::text[]) and g.revoked_at is null and (g.until_at is null or g.until_at > ${now}::timestamptz)
       and p.kind = 'person' and p.status <> 'disabled' and (p.status <> 'locked' or p.locked_until <= ${now}::timestamptz)
       and (g.reach = 'everywhere' or (${boundary}::text is null and g.unassigned) or ${boundary}::text = any(g.system_ids))
     order by 1 limit 100`.execute(db);
  return rows;
}

/** The channel of kind e-mail that reaches people: the one named `digests`, else the first one. */
async function findMailChannel(db: Kysely<Database>): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from alert_channels where removed_at is null and is_enabled and kind = 'email'
     order by lower(name) <> 'digests', id limit 1`.execute(db);
  return rows[0]?.id;
}

/** A delivery bears the reminder's own id, so that one is never written twice. */
const deliveryIdOf = (key: string): string => {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** @returns who was reminded, for the trace; it says so where nobody could be. */
export async function remindDeciders(
  app: App,
  reminder: {
    readonly request: RequestRow;
    readonly roles: readonly Role[];
    readonly workflow: string;
    readonly key: string;
  },
): Promise<Why> {
  const { request, roles, workflow, key } = reminder;
  const people = await listDeciders(app.db, roles, request.boundary, app.now());
  const who = roles.map((role) => roleSpecs[role].title).join(', ');
  if (people.length === 0) return { code: 'nobody_to_remind', params: { who } };
  const channelId = await findMailChannel(app.db);
  const reached = people.filter(({ address }) => address !== null);
  if (channelId === undefined || reached.length === 0)
    return { code: 'no_way_to_remind', params: { people: people.map(({ name }) => name).join(', ') } };
  const line = 'A question of a workflow waits for your decision';
  await insertDeliveries(
    app.db,
    reached.map(({ name, address }) => ({
      id: deliveryIdOf(`${key}/${name}`),
      channelId,
      alertId: null,
      event: 'digest',
      // No name of a record leaves by mail; who signs in reads it.
      content: {
        line,
        lines: [
          `Workflow: ${workflow}`,
          `Asked on: ${request.requestedAt.toISOString().slice(0, 10)}`,
          ...(request.expiresAt === null
            ? []
            : [`Falls back on: ${request.expiresAt.toISOString().slice(0, 10)}`]),
          `Request: ${request.approvalId.slice(0, 8)}`,
          '',
          'Sign in to read and decide it; this mail holds nothing of what it is about.',
        ],
      },
      recipient: address,
      at: app.now(),
    })),
  );
  return { code: 'reminded', params: { people: reached.map(({ name }) => name).join(', ') } };
}
