/** What an evaluation decided, written: alerts, in the transaction of journal and deliveries. */
import { type Kysely, sql } from 'kysely';
import type { AlertKind, Severity } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { ChangedAlert, OpenAlert } from './decide.ts';

/** What is not over, of these kinds. */
export async function listOpenAlerts(
  db: Kysely<Database>,
  kinds: readonly AlertKind[],
): Promise<OpenAlert[]> {
  const { rows } = await sql<OpenAlert>`
    select a.alert_id::text as "alertId", a.alert_type as kind, a.subject, a.system_id as "systemId", a.severity, a.status as state, a.title,
           a.threshold_value::float8 as threshold, a.current_value::float8 as value, a.suppressed_until as "suppressedUntil",
           a.updated_at as "updatedAt"
      from alerts a where a.alert_type = any(${[...kinds]}::text[]) and a.status <> 'resolved' and a.subject is not null`.execute(
    db,
  );
  return rows;
}

/** An alert to be raised. What a workflow raises has neither value nor rule. */
export interface AlertToRaise {
  readonly subject: string;
  readonly systemId: string | null;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly ruleId: number | null;
  readonly facts: JsonObject;
}

export type Written<T> = T & { readonly title: string; readonly description: string };

export interface RaisedAlert {
  readonly alertId: string;
  readonly subject: string;
}

/** @returns those that were raised by this call; one that another process raised meanwhile is none. */
export async function insertAlerts(
  db: Kysely<Database>,
  kind: AlertKind,
  alerts: readonly AlertToRaise[],
  now: Date,
): Promise<RaisedAlert[]> {
  if (alerts.length === 0) return [];
  const { rows } = await sql<RaisedAlert>`
    insert into alerts (alert_type, severity, title, description, entity_type, entity_id, threshold_value, current_value, status, subject, system_id,
                        rule_id, facts, created_at, updated_at)
    select ${kind}, g.severity, left(g.title, 255), g.description, g."entityType", left(g."entityId", 255), g.threshold, g.value, 'active', left(g.subject, 400),
           g."systemId", g."ruleId", g.facts, ${now}::timestamptz, ${now}::timestamptz
      from jsonb_to_recordset(${storableJson(alerts)}::jsonb)
        as g(subject text, severity text, title text, description text, "entityType" text, "entityId" text, threshold numeric, value numeric,
             "systemId" text, "ruleId" int, facts jsonb)
    on conflict (alert_type, subject) where status <> 'resolved' do nothing
    returning alert_id::text as "alertId", subject`.execute(db);
  return rows;
}

/** Only rows that still stand as they were decided about: what a person did meanwhile is looked at the next time. @returns the ids changed. */
export async function updateAlerts(
  db: Kysely<Database>,
  changes: readonly Written<ChangedAlert>[],
  now: Date,
): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set();
  const given = storableJson(changes);
  const { rows } = await sql<{ id: string }>`
    update alerts a
       set severity = g.severity, title = left(g.title, 255), description = g.description, threshold_value = g.threshold, current_value = g.value,
           rule_id = g."ruleId", facts = g.facts, status = g.state, updated_at = ${now}::timestamptz,
           suppressed_until = case when g.state = 'suppressed' then a.suppressed_until end,
           suppressed_by = case when g.state = 'suppressed' then a.suppressed_by end,
           acknowledged_by = case when g.state = 'acknowledged' then a.acknowledged_by end,
           acknowledged_at = case when g.state = 'acknowledged' then a.acknowledged_at end
      from jsonb_to_recordset(${given}::jsonb)
        as g("alertId" uuid, severity text, title text, description text, threshold numeric, value numeric, "ruleId" int, facts jsonb, state text, "stateBefore" text)
     where a.alert_id = g."alertId" and a.status = g."stateBefore"
    returning a.alert_id::text as id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export async function resolveAlerts(
  db: Kysely<Database>,
  over: readonly { readonly alertId: string; readonly note: string }[],
  now: Date,
  by = 'tieline',
): Promise<ReadonlySet<string>> {
  if (over.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    update alerts a
       set status = 'resolved', resolved_by = ${by}, resolved_at = ${now}::timestamptz, resolution_notes = g.note,
           updated_at = ${now}::timestamptz, suppressed_until = null
      from jsonb_to_recordset(${storableJson(over)}::jsonb) as g("alertId" uuid, note text)
     where a.alert_id = g."alertId" and a.status <> 'resolved'
    returning a.alert_id::text as id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export interface RaisedRow {
  readonly alertId: string;
  readonly severity: Severity;
  readonly state: OpenAlert['state'];
  readonly title: string;
  readonly description: string | null;
}

/** The alert of a workflow about a record that is not over, locked. */
export async function findRaised(
  db: Kysely<Database>,
  kind: AlertKind,
  subject: string,
): Promise<RaisedRow | undefined> {
  const { rows } = await sql<RaisedRow>`
    select a.alert_id::text as "alertId", a.severity, a.status as state, a.title, a.description from alerts a
     where a.alert_type = ${kind} and a.subject = left(${subject}, 400) and a.status <> 'resolved' for update`.execute(
    db,
  );
  return rows[0];
}

/** What a workflow says anew of an alert of its own that is not over. */
export async function updateRaised(
  db: Kysely<Database>,
  alertId: string,
  said: {
    readonly severity: Severity;
    readonly title: string;
    readonly description: string;
    readonly facts: JsonObject;
    readonly isGraver: boolean;
  },
  now: Date,
): Promise<void> {
  const returns = sql`(${said.isGraver} and a.status = 'acknowledged')`;
  await sql`
    update alerts a set severity = ${said.severity}, title = left(${said.title}, 255), description = ${said.description}, facts = ${storableJson(said.facts)}::jsonb,
           status = case when ${returns} then 'active' else a.status end,
           acknowledged_by = case when ${returns} then null else a.acknowledged_by end,
           acknowledged_at = case when ${returns} then null else a.acknowledged_at end, updated_at = ${now}::timestamptz
     where a.alert_id = ${alertId}::uuid`.execute(db);
}

/** Alerts about machines of which nobody has said anything for a day. */
export async function listSilent(
  db: Kysely<Database>,
  kinds: readonly AlertKind[],
  before: Date,
): Promise<
  {
    readonly alertId: string;
    readonly kind: AlertKind;
    readonly severity: Severity;
    readonly state: string;
  }[]
> {
  const { rows } = await sql<{ alertId: string; kind: AlertKind; severity: Severity; state: string }>`
    select a.alert_id::text as "alertId", a.alert_type as kind, a.severity, a.status as state from alerts a
     where a.status <> 'resolved' and a.alert_type = any(${[...kinds]}::text[]) and a.updated_at < ${before}::timestamptz`.execute(
    db,
  );
  return rows;
}
