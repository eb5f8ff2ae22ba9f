/** The ledger of deliveries: rows that are there before anything is sent, claimed before they are, and settled after. */
import { type Kysely, sql } from 'kysely';
import type { ChannelKind, DeliveryEvent, DeliveryState } from '../../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface NewDelivery {
  readonly id: string;
  readonly channelId: number;
  readonly alertId: string | null;
  readonly event: DeliveryEvent;
  readonly content: JsonObject;
  readonly recipient: string | null;
  readonly at: Date;
}

/** Writes what is to be sent. What bears the id of one that is there already is that one: it is written once. */
export async function insertDeliveries(db: Kysely<Database>, rows: readonly NewDelivery[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into alert_deliveries (delivery_id, channel_id, alert_id, event, content, recipient, state, not_before, created_at)
    select g.id, g."channelId", g."alertId", g.event, g.content, g.recipient, 'pending', g.at, g.at
      from jsonb_to_recordset(${storableJson(rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })))}::jsonb)
        as g(id uuid, "channelId" int, "alertId" uuid, event text, content jsonb, recipient text, at timestamptz)
    on conflict (delivery_id) do nothing`.execute(db);
}

export interface ClaimedDelivery {
  readonly id: string;
  readonly channelId: number;
  readonly channel: string;
  readonly kind: ChannelKind;
  /** With sealed secrets. */
  readonly settings: JsonObject;
  readonly alertId: string | null;
  readonly event: DeliveryEvent;
  readonly content: JsonObject;
  readonly recipient: string | null;
  /** This one included. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/** Channels with something due. */
export async function listDueChannels(db: Kysely<Database>, now: Date): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct d.channel_id as id from alert_deliveries d join alert_channels c on c.id = d.channel_id
     where c.removed_at is null and c.is_enabled
       and (d.state = 'pending' and d.not_before <= ${now}::timestamptz or d.state = 'sending' and d.claimed_until <= ${now}::timestamptz)
     order by 1`.execute(db);
  return rows.map(({ id }) => id);
}

/** Takes the oldest that is due of a channel, also one whose sender is gone. Committed before anything is sent. */
export async function claimDelivery(
  db: Kysely<Database>,
  channelId: number,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<ClaimedDelivery | undefined> {
  const { rows } = await sql<ClaimedDelivery>`
    update alert_deliveries d set state = 'sending', claimed_until = ${until}::timestamptz, attempts = d.attempts + 1
      from alert_channels c
     where c.id = d.channel_id
       and d.delivery_id = (select n.delivery_id from alert_deliveries n
                             where n.channel_id = ${channelId}
                               and (n.state = 'pending' and n.not_before <= ${now}::timestamptz or n.state = 'sending' and n.claimed_until <= ${now}::timestamptz)
                             order by n.created_at, n.delivery_id limit 1 for update skip locked)
    returning d.delivery_id::text as id, d.channel_id as "channelId", c.name as channel, c.kind, c.settings, d.alert_id::text as "alertId", d.event, d.content,
              d.recipient, d.attempts, d.created_at as "createdAt"`.execute(db);
  return rows[0];
}

export async function settleSent(
  db: Kysely<Database>,
  { id, attempts }: ClaimedDelivery,
  now: Date,
): Promise<void> {
  await sql`
    update alert_deliveries set state = 'sent', sent_at = ${now}::timestamptz, claimed_until = null, failure = null
     where delivery_id = ${id}::uuid and state = 'sending' and attempts = ${attempts}`.execute(db);
}

/**
 * It is tried again then, or given up. Where the receiver as a whole did not answer, what else is due there waits as long, without counting
 * as tried.
 */
export async function settleFailed(
  db: Kysely<Database>,
  { id, channelId, attempts }: ClaimedDelivery,
  outcome: { readonly failure: string; readonly again: Date | null; readonly isOfReceiver: boolean },
): Promise<void> {
  const { failure, again, isOfReceiver } = outcome;
  await sql`
    update alert_deliveries set state = ${again === null ? 'failed' : 'pending'}, claimed_until = null, failure = ${failure.slice(0, 1000)},
           not_before = coalesce(${again}::timestamptz, not_before)
     where delivery_id = ${id}::uuid and state = 'sending' and attempts = ${attempts}`.execute(db);
  if (again !== null && isOfReceiver)
    await sql`
      update alert_deliveries set not_before = ${again}::timestamptz
       where channel_id = ${channelId} and state = 'pending' and not_before < ${again}::timestamptz`.execute(
      db,
    );
}

/** Puts what was given up back in line. @returns how many. */
export async function retryFailed(
  db: Kysely<Database>,
  { channelId, now }: { readonly channelId: number; readonly now: Date },
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update alert_deliveries set state = 'pending', attempts = 0, not_before = ${now}::timestamptz
     where channel_id = ${channelId} and (state = 'failed' or state = 'pending')`.execute(db);
  return Number(numAffectedRows);
}

/** What was sent or given up long ago is of no use to anybody. */
export async function forgetDeliveries(db: Kysely<Database>, before: Date): Promise<void> {
  await sql`delete from alert_deliveries where state in ('sent', 'failed') and created_at < ${before}::timestamptz`.execute(
    db,
  );
}

export interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly kind: ChannelKind;
  readonly event: DeliveryEvent;
  readonly alertId: string | null;
  readonly recipient: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly failure: string | null;
  readonly notBefore: Date;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

export const deliveryColumns = sql`
  d.delivery_id::text as id, c.name as channel, c.kind, d.event, d.alert_id::text as "alertId", d.recipient, d.state, d.attempts, d.failure,
  d.not_before as "notBefore", d.created_at as "createdAt", d.sent_at as "sentAt"`;

/** As they stand, in the order in which they were written. */
export async function fetchDeliveries(db: Kysely<Database>, ids: readonly string[]): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select ${deliveryColumns} from alert_deliveries d join alert_channels c on c.id = d.channel_id
     where d.delivery_id = any(${[...ids]}::uuid[]) order by d.created_at, d.delivery_id`.execute(db);
  return rows;
}

export async function listDeliveriesOf(db: Kysely<Database>, alertId: string): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select ${deliveryColumns} from alert_deliveries d join alert_channels c on c.id = d.channel_id
     where d.alert_id = ${alertId}::uuid order by d.created_at, d.delivery_id limit 200`.execute(db);
  return rows;
}
