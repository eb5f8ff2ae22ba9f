/** Rows of channels. */
import { type Kysely, sql } from 'kysely';
import type { AlertKind, ChannelKind, Severity } from '../../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface ChannelRow {
  readonly id: number;
  readonly name: string;
  readonly kind: ChannelKind;
  /** With sealed secrets. */
  readonly settings: JsonObject;
  readonly leastSeverity: Severity;
  /** Empty: all. */
  readonly alertKinds: readonly AlertKind[];
  /** Empty: all, and what is in none. */
  readonly systemIds: readonly string[];
  readonly isEnabled: boolean;
  readonly changedBy: string;
  readonly changedAt: Date;
}

const columns = sql`c.id, c.name, c.kind, c.settings, c.least_severity as "leastSeverity", c.alert_kinds as "alertKinds", c.system_ids as "systemIds",
                    c.is_enabled as "isEnabled", c.changed_by as "changedBy", c.changed_at as "changedAt"`;

export async function listChannelRows(db: Kysely<Database>): Promise<ChannelRow[]> {
  const { rows } = await sql<ChannelRow>`
    select ${columns} from alert_channels c where c.removed_at is null order by lower(c.name)`.execute(db);
  return rows;
}

/** @param isLocked whether nobody else may change it until the transaction ends. */
export async function findChannelRow(
  db: Kysely<Database>,
  name: string,
  isLocked = false,
): Promise<ChannelRow | undefined> {
  const { rows } = await sql<ChannelRow>`
    select ${columns} from alert_channels c where c.removed_at is null and lower(c.name) = lower(${name}) ${isLocked ? sql`for update` : sql``}`.execute(
    db,
  );
  return rows[0];
}

export async function insertChannel(db: Kysely<Database>, channel: Omit<ChannelRow, 'id'>): Promise<number> {
  const { name, kind, settings, leastSeverity, alertKinds, systemIds, isEnabled, changedBy, changedAt } =
    channel;
  const { rows } = await sql<{ id: number }>`
    insert into alert_channels (name, kind, settings, least_severity, alert_kinds, system_ids, is_enabled, changed_by, changed_at)
    values (${name}, ${kind}, ${storableJson(settings)}::jsonb, ${leastSeverity}, ${[...alertKinds]}::text[], ${[...systemIds]}::text[], ${isEnabled},
            ${changedBy}, ${changedAt}::timestamptz) returning id`.execute(db);
  const [made] = rows;
  if (!made) throw new Error('a row that was inserted has an id');
  return made.id;
}

export async function updateChannel(db: Kysely<Database>, channel: ChannelRow): Promise<void> {
  const { id, settings, leastSeverity, alertKinds, systemIds, isEnabled, changedBy, changedAt } = channel;
  await sql`
    update alert_channels set settings = ${storableJson(settings)}::jsonb, least_severity = ${leastSeverity}, alert_kinds = ${[...alertKinds]}::text[],
           system_ids = ${[...systemIds]}::text[], is_enabled = ${isEnabled}, changed_by = ${changedBy}, changed_at = ${changedAt}::timestamptz
     where id = ${id}`.execute(db);
}

/** What was not sent to it yet will not be: it is closed as failed, with that reason. */
export async function removeChannelRow(
  db: Kysely<Database>,
  id: number,
  removed: { readonly by: string; readonly at: Date },
): Promise<void> {
  await sql`
    update alert_channels set removed_at = ${removed.at}::timestamptz, changed_by = ${removed.by}, changed_at = ${removed.at}::timestamptz, settings = '{}'
     where id = ${id}`.execute(db);
  await sql`
    update alert_deliveries set state = 'failed', failure = 'the channel was removed', claimed_until = null
     where channel_id = ${id} and state in ('pending', 'sending')`.execute(db);
}

/** The channel by which mail goes to people: the one named `digests`, else the first of kind email that is on. */
export async function findMailChannel(db: Kysely<Database>): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from alert_channels where removed_at is null and is_enabled and kind = 'email'
     order by lower(name) <> 'digests', id limit 1`.execute(db);
  return rows[0]?.id;
}
