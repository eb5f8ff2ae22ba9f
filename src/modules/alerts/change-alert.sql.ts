/** What people do about an alert, as rows; and its story. */
import { type Kysely, sql } from 'kysely';
import type { AlertState, Severity } from '../../canonical/vocabulary/index.ts';
import {
  decisionColumnsOf,
  shownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';

export interface LockedAlert {
  readonly state: AlertState;
  readonly severity: Severity;
}

/** As it is now, and nobody changes it meanwhile. */
export async function lockAlert(db: Kysely<Database>, id: string): Promise<LockedAlert | undefined> {
  const { rows } = await sql<LockedAlert>`
    select status as state, severity from alerts where alert_id = ${id}::uuid for update`.execute(db);
  return rows[0];
}

interface Done {
  readonly by: string;
  readonly at: Date;
  readonly reason: string | null;
}

export async function setAcknowledged(
  db: Kysely<Database>,
  id: string,
  { by, at, reason }: Done,
): Promise<void> {
  await sql`
    update alerts set status = 'acknowledged', acknowledged_by = ${by}, acknowledged_at = ${at}::timestamptz, handling_reason = ${reason},
           suppressed_until = null, suppressed_by = null, updated_at = ${at}::timestamptz
     where alert_id = ${id}::uuid`.execute(db);
}

export async function setSuppressed(
  db: Kysely<Database>,
  id: string,
  { by, at, reason, until }: Done & { readonly until: Date },
): Promise<void> {
  await sql`
    update alerts set status = 'suppressed', suppressed_until = ${until}::timestamptz, suppressed_by = ${by}, handling_reason = ${reason},
           updated_at = ${at}::timestamptz
     where alert_id = ${id}::uuid`.execute(db);
}

export async function setActive(db: Kysely<Database>, id: string, { at, reason }: Done): Promise<void> {
  await sql`
    update alerts set status = 'active', suppressed_until = null, suppressed_by = null, acknowledged_by = null, acknowledged_at = null,
           handling_reason = ${reason}, updated_at = ${at}::timestamptz
     where alert_id = ${id}::uuid`.execute(db);
}

/** `assigned_to` is the row of the owner's users, where the person has one. */
export async function setAssigned(
  db: Kysely<Database>,
  id: string,
  {
    at,
    reason,
    to,
  }: Done & {
    readonly to: {
      readonly principalId: string | null;
      readonly teamId: string | null;
      readonly userId: number | null;
    };
  },
): Promise<void> {
  await sql`
    update alerts set assigned_principal_id = ${to.principalId}::uuid, assigned_team_id = ${to.teamId}::uuid, assigned_to = ${to.userId},
           handling_reason = ${reason}, updated_at = ${at}::timestamptz
     where alert_id = ${id}::uuid`.execute(db);
}

export interface AlertMoment {
  readonly at: Date;
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  readonly by: string;
  readonly reason: string | null;
}

/** What the journal has of it, oldest first. */
export async function listStory(db: Kysely<Database>, id: string): Promise<AlertMoment[]> {
  const { rows } = await sql<Omit<AlertMoment, 'by' | 'reason'> & StoredDecider & StoredReason>`
    select c.changed_at as at, c.field_name as field, c.before_value as before, c.after_value as after, ${sql.raw(decisionColumnsOf('c'))}
      from sync_changes c where c.entity_type = 'alert' and c.entity_id = ${id} order by c.id limit 500`.execute(
    db,
  );
  return rows.map((row) => {
    const { decidedBy, reason } = shownDecision(row);
    return { at: row.at, field: row.field, before: row.before, after: row.after, by: decidedBy, reason };
  });
}
