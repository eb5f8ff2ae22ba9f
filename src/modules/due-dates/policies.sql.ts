/** Policies, calendars, and which apply where, as they stand in the database. */
import { sql, type Kysely } from 'kysely';
import type { EarlierRule, PolicyVersion } from '../../canonical/due-dates/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Calendar } from './calendar/calendar.ts';
import type { AppliedPolicy, DueRules } from './due-date-of.ts';

/** Every version of every policy, the newest first. */
export async function listPolicyVersions(db: Kysely<Database>): Promise<PolicyVersion[]> {
  const { rows } = await sql<PolicyVersion>`
    select v.policy_id as "policyId", v.title, v.version, v.basis, v.counts, v.calendar, v.civilian_only as "civilianOnly",
           v.when_earlier as "whenEarlier", v.rating, v.epss_from::float8 as "epssFrom", v.effective_from::text as "effectiveFrom", v.effective_until::text as "effectiveUntil",
           v.grace_until::text as "graceUntil", v.source, v.source_read as "sourceRead",
           (select jsonb_agg(jsonb_build_object('when', t.conditions, 'days', t.days, 'remark', t.remark) order by t.ordinal)
              from due_date_policy_times t where t.policy_id = v.policy_id and t.version = v.version) as times,
           (select coalesce(jsonb_agg(jsonb_build_object('class', e.class, 'days', e.days) order by e.class), '[]')
              from due_date_policy_evaluations e where e.policy_id = v.policy_id and e.version = v.version) as evaluations
      from due_date_policy_versions v order by v.policy_id, v.version desc`.execute(db);
  return rows;
}

/** Which policy applies, or does not, by default (`systemId` null) or to a boundary. */
export interface PolicyUse {
  readonly systemId: string | null;
  readonly policyId: string;
  readonly applies: boolean;
  readonly coversOpen: boolean;
  /** Null: as the default says, else as the policy says. */
  readonly whenEarlier: EarlierRule | null;
  readonly reason: string | null;
  readonly setAt: Date;
  readonly setBy: string;
  readonly endedAt: Date | null;
}

/** @param which the uses that hold, or those that ever did; the newest first. */
export async function listPolicyUses(db: Kysely<Database>, which: 'now' | 'ever'): Promise<PolicyUse[]> {
  const { rows } = await sql<PolicyUse>`
    select system_id as "systemId", policy_id as "policyId", applies, covers_open as "coversOpen", when_earlier as "whenEarlier", reason, set_at as "setAt", set_by as "setBy",
           ended_at as "endedAt"
      from due_date_policy_uses where ${which === 'ever' ? sql`true` : sql`ended_at is null`} order by id desc limit 100000`.execute(
    db,
  );
  return rows;
}

export interface CalendarDay {
  readonly calendar: string;
  readonly day: string;
  readonly isWorking: boolean;
  readonly title: string;
}

/** The own days of the calendars. */
export async function listCalendarDays(db: Kysely<Database>): Promise<CalendarDay[]> {
  const { rows } = await sql<CalendarDay>`
    select calendar, day::text as day, is_working as "isWorking", title from calendar_days order by calendar, day limit 10000`.execute(
    db,
  );
  return rows;
}

/** The calendars with their own days. */
export async function fetchCalendars(db: Kysely<Database>): Promise<ReadonlyMap<string, Calendar>> {
  const { rows } = await sql<Omit<Calendar, 'days'>>`
    select name, weekend, federal_holidays as "federalHolidays" from calendars`.execute(db);
  const own = Map.groupBy(await listCalendarDays(db), (each) => each.calendar);
  return new Map(
    rows.map((row) => [
      row.name,
      { ...row, days: new Map((own.get(row.name) ?? []).map(({ day, isWorking }) => [day, isWorking])) },
    ]),
  );
}

/** All that the policies of every boundary come from. */
export interface RuleParts {
  readonly versions: readonly PolicyVersion[];
  readonly uses: readonly Pick<PolicyUse, 'systemId' | 'policyId' | 'applies' | 'coversOpen' | 'setAt'>[];
  /** When those who decide agreed that a version which begins dates what was open in a boundary, by `startKey`. */
  readonly approvedStarts: ReadonlyMap<string, Date>;
  /** A policy whose versions are taken as agreed. */
  readonly agreedPolicy?: string;
  readonly calendars: ReadonlyMap<string, Calendar>;
}

export async function fetchRuleParts(db: Kysely<Database>): Promise<RuleParts> {
  return {
    versions: await listPolicyVersions(db),
    uses: await listPolicyUses(db, 'now'),
    calendars: await fetchCalendars(db),
    approvedStarts: await fetchApprovedStarts(db),
  };
}

/** What names the plan of a version that begins, in a boundary: the subject of its request. */
export const startKey = (policyId: string, version: number, systemId: string): string =>
  `${policyId} ${version} ${systemId}`;

async function fetchApprovedStarts(db: Kysely<Database>): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ key: string; at: Date }>`
    select a.subject_id as key, max(a.requested_at) as at from approvals a
     where a.subject_kind = 'policy_start' and a.status = 'approved' group by a.subject_id`.execute(db);
  return new Map(rows.map(({ key, at }) => [key, at]));
}

/** The policies of each boundary. */
export type RulesOf = (systemId: string | null) => DueRules;

/**
 * The default, as a boundary's own rows add to it and take from it. A version that began after it was set to date what was open does so only where
 * its plan was approved since. Pure.
 */
export function rulesFrom(parts: RuleParts): RulesOf {
  const { versions, uses, calendars, approvedStarts, agreedPolicy } = parts;
  const versionsOf = Map.groupBy(versions, (each) => each.policyId);
  const usesOf = Map.groupBy(uses, (each) => each.systemId);
  const isUnapproved = (
    systemId: string,
    use: RuleParts['uses'][number],
    version: PolicyVersion,
  ): boolean => {
    if (version.policyId === agreedPolicy) return false;
    if (version.effectiveFrom === null || version.effectiveFrom <= use.setAt.toISOString().slice(0, 10))
      return false;
    const at = approvedStarts.get(startKey(version.policyId, version.version, systemId));
    return at === undefined || at < use.setAt;
  };
  const rulesOf = (systemId: string): DueRules => {
    const use = new Map(
      [...(usesOf.get(null) ?? []), ...(usesOf.get(systemId) ?? [])].map((each) => [each.policyId, each]),
    );
    const policies = [...use.values()]
      .filter((each) => each.applies)
      .toSorted((a, b) => (a.policyId < b.policyId ? -1 : 1))
      .map((each): AppliedPolicy => {
        const own = versionsOf.get(each.policyId) ?? [];
        return {
          policyId: each.policyId,
          coversOpen: each.coversOpen,
          versions: own,
          unapproved: own
            .filter((version) => isUnapproved(systemId, each, version))
            .map(({ version }) => version),
        };
      });
    return { policies, calendars };
  };
  const known = new Map<string, DueRules>();
  return (systemId) => {
    const rules = known.get(systemId ?? '') ?? rulesOf(systemId ?? '');
    known.set(systemId ?? '', rules);
    return rules;
  };
}

/** @param version its number is the next of the policy. @returns that number. */
export async function insertPolicyVersion(
  db: Kysely<Database>,
  version: Omit<PolicyVersion, 'version'>,
  by: { readonly name: string; readonly now: Date },
): Promise<number> {
  await sql`
    insert into due_date_policies (policy_id, created_at, created_by) values (${version.policyId}, ${by.now}::timestamptz, ${by.name})
    on conflict (policy_id) do nothing`.execute(db);
  const { rows } = await sql<{ version: number }>`
    insert into due_date_policy_versions (policy_id, version, title, basis, counts, calendar, civilian_only, when_earlier, rating, epss_from,
                                          effective_from, effective_until, grace_until, source, source_read, created_at, created_by)
    select ${version.policyId}, coalesce(max(v.version), 0) + 1, ${version.title}, ${version.basis}, ${version.counts}, ${version.calendar},
           ${version.civilianOnly}, ${version.whenEarlier}, ${version.rating}, ${version.epssFrom}, ${version.effectiveFrom}::date, ${version.effectiveUntil}::date,
           ${version.graceUntil}::date, ${version.source}, ${version.sourceRead}, ${by.now}::timestamptz, ${by.name}
      from due_date_policy_versions v where v.policy_id = ${version.policyId}
    returning version`.execute(db);
  const added = rows[0]?.version ?? 1;
  await sql`
    insert into due_date_policy_times (policy_id, version, ordinal, conditions, days, remark)
    select ${version.policyId}, ${added}, t.place, t.each -> 'when', (t.each ->> 'days')::numeric, t.each ->> 'remark'
      from jsonb_array_elements(${storableJson(version.times)}::jsonb) with ordinality t(each, place)`.execute(
    db,
  );
  await sql`
    insert into due_date_policy_evaluations (policy_id, version, class, days)
    select ${version.policyId}, ${added}, e.class, e.days
      from jsonb_to_recordset(${storableJson(version.evaluations)}::jsonb) as e(class text, days int)`.execute(
    db,
  );
  return added;
}

/** What is to hold of a policy in a boundary, or by default. */
export interface UseToSet {
  readonly systemId: string | null;
  readonly policyId: string;
  /** null: what the default says. */
  readonly applies: boolean | null;
  readonly coversOpen: boolean;
  /** Null: as the default says, else as the policy says. */
  readonly whenEarlier: EarlierRule | null;
  readonly reason: string | null;
}

/** Ends what held, and sets what is to hold. */
export async function replacePolicyUse(
  db: Kysely<Database>,
  use: UseToSet,
  by: { readonly name: string; readonly now: Date },
): Promise<void> {
  await sql`
    update due_date_policy_uses set ended_at = ${by.now}::timestamptz
     where policy_id = ${use.policyId} and system_id is not distinct from ${use.systemId} and ended_at is null`.execute(
    db,
  );
  if (use.applies === null) return;
  await sql`
    insert into due_date_policy_uses (system_id, policy_id, applies, covers_open, when_earlier, reason, set_at, set_by)
    values (${use.systemId}, ${use.policyId}, ${use.applies}, ${use.coversOpen}, ${use.whenEarlier}, ${use.reason}, ${by.now}::timestamptz, ${by.name})`.execute(
    db,
  );
}

/** @param day what it is to be; null: taken off the calendar. */
export async function setCalendarDay(
  db: Kysely<Database>,
  given: { readonly calendar: string; readonly day: string },
  set: { readonly isWorking: boolean; readonly title: string } | null,
  by: { readonly name: string; readonly now: Date },
): Promise<void> {
  if (set === null)
    await sql`delete from calendar_days where calendar = ${given.calendar} and day = ${given.day}::date`.execute(
      db,
    );
  else
    await sql`
      insert into calendar_days (calendar, day, is_working, title, set_by, set_at)
      values (${given.calendar}, ${given.day}::date, ${set.isWorking}, ${set.title}, ${by.name}, ${by.now}::timestamptz)
      on conflict (calendar, day) do update set is_working = excluded.is_working, title = excluded.title, set_by = excluded.set_by, set_at = excluded.set_at`.execute(
      db,
    );
}
