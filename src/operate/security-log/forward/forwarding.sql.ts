/** The receiver of the security log, and what is yet to be forwarded of it. */
import { type Kysely, sql } from 'kysely';
import { eventKinds } from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { ForwardedEvent, ForwardFormat } from './formats.ts';

export interface ForwardingSettings {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tls' | 'tcp';
  readonly format: ForwardFormat;
  /** RFC 5424, table 1: 13 is log audit. */
  readonly facility: number;
  readonly isEnabled: boolean;
  /** PEM of the authorities that alone may have signed the receiver's certificate; null: those that Tieline trusts. */
  readonly ca: string | null;
}

export interface Forwarding extends ForwardingSettings {
  readonly changedBy: string;
  readonly changedAt: Date;
  readonly lastSentAt: Date | null;
  readonly failingSince: Date | null;
  readonly failure: string | null;
}

export async function fetchForwarding(db: Kysely<Database>): Promise<Forwarding | null> {
  const { rows } = await sql<Forwarding>`
    select f.host, f.port, f.transport, f.format, f.facility, f.is_enabled as "isEnabled", f.ca, f.changed_by as "changedBy", f.changed_at as "changedAt",
           f.last_sent_at as "lastSentAt", f.failing_since as "failingSince", f.failure
      from security_log_forwarding f`.execute(db);
  return rows[0] ?? null;
}

export async function saveForwarding(
  db: Kysely<Database>,
  settings: ForwardingSettings,
  by: { readonly name: string; readonly at: Date },
): Promise<void> {
  const { host, port, transport, format, facility, isEnabled, ca } = settings;
  await sql`
    insert into security_log_forwarding as f (id, host, port, transport, format, facility, is_enabled, ca, changed_by, changed_at)
    values (1, ${host}, ${port}, ${transport}, ${format}, ${facility}, ${isEnabled}, ${ca}, ${by.name}, ${by.at})
    on conflict (id) do update set host = excluded.host, port = excluded.port, transport = excluded.transport, format = excluded.format,
      facility = excluded.facility, is_enabled = excluded.is_enabled, ca = excluded.ca, changed_by = excluded.changed_by, changed_at = excluded.changed_at,
      failing_since = null, failure = null`.execute(db);
}

/** @param failure null: a delivery came to its end. */
export async function noteDelivery(db: Kysely<Database>, at: Date, failure: string | null): Promise<void> {
  await sql`
    update security_log_forwarding set
      last_sent_at = case when ${failure}::text is null then ${at}::timestamptz else last_sent_at end,
      failing_since = case when ${failure}::text is null then null else coalesce(failing_since, ${at}::timestamptz) end,
      failure = ${failure}`.execute(db);
}

/** Events behind what is spooled of their chains. @param limit of each chain: one is never cut where a later row of it is given. */
export async function listUnforwarded(db: Kysely<Database>, limit: number): Promise<ForwardedEvent[]> {
  const { rows } = await sql<Omit<ForwardedEvent, 'title'>>`
    select e.event_id::text as id, e.event_type as kind, e.severity, e.outcome, e.failure_reason as "failureReason",
           to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", e.principal_name as who, e.source_way as way,
           host(e.address) as address, e.object_type as "objectType", e.object_id as "objectId", e.boundary as "systemId",
           e.correlation_id::text as "relatedId", e.event_details as details, e.chain_id as chain, e.chain_seq::float8 as seq, encode(e.chain_link, 'hex') as link
      from security_log_chains c
      left join security_log_forwarded f on f.chain_id = c.chain_id
      join lateral (select * from security_events_extended s
                     where s.chain_id = c.chain_id and s.chain_seq > coalesce(f.seq, 0) and s.chain_seq <= c.last_seq
                     order by s.chain_seq limit ${limit}) e on true
     where c.log = 'security_events_extended' and c.last_seq > coalesce(f.seq, 0)
     order by e.occurred_at, e.id`.execute(db);
  return rows.map((row) => ({
    ...row,
    title: row.kind in eventKinds ? eventKinds[row.kind].title : row.kind,
  }));
}

/** Up to where each chain is spooled now. */
export async function noteSpooled(db: Kysely<Database>, events: readonly ForwardedEvent[]): Promise<void> {
  const last = new Map<number, number>();
  for (const { chain, seq } of events) last.set(chain, Math.max(seq, last.get(chain) ?? 0));
  await sql`
    insert into security_log_forwarded as f (chain_id, seq)
    select * from unnest(${[...last.keys()]}::int[], ${[...last.values()]}::bigint[])
    on conflict (chain_id) do update set seq = greatest(f.seq, excluded.seq)`.execute(db);
}

/** What exists is older than the forwarding: it begins with what comes. */
export async function beginWithNew(db: Kysely<Database>): Promise<void> {
  await sql`
    insert into security_log_forwarded (chain_id, seq)
    select c.chain_id, c.last_seq from security_log_chains c where c.log = 'security_events_extended'
    on conflict (chain_id) do nothing`.execute(db);
}

export async function countUnforwarded(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(c.last_seq - coalesce(f.seq, 0)), 0)::float8 as n
      from security_log_chains c left join security_log_forwarded f on f.chain_id = c.chain_id where c.log = 'security_events_extended'`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
