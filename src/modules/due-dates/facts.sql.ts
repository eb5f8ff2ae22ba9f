/** What due dates hang on beside the weakness itself: what feeds say of its CVEs, and what people said of it, its machines and its boundary. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { CveFacts, DueInputs } from './due-date-of.ts';

type YesNo = 'yes' | 'no';
const yesNo = (value: boolean | null): YesNo | undefined =>
  value === null ? undefined : value ? 'yes' : 'no';

/** Whether a catalogue of exploited vulnerabilities was ever loaded: without one, nothing is known not to be in it. */
export async function hasKevCatalogue(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from intelligence_loads where feed = 'kev') as known`.execute(db);
  return rows[0]?.known ?? false;
}

/** What feeds say of CVEs; one of which nothing is known is left out. */
export async function fetchCveFacts(
  db: Kysely<Database>,
  cves: readonly string[],
): Promise<ReadonlyMap<string, Omit<CveFacts, 'kev'>>> {
  if (cves.length === 0) return new Map();
  const { rows } = await sql<{
    cve: string;
    kevAdded: string | null;
    kevDue: string | null;
    automatable: YesNo | null;
    impact: 'total' | 'partial' | null;
    epss: number | null;
  }>`
    select cve, kev_added::text as "kevAdded", kev_due::text as "kevDue", automatable, technical_impact as impact, epss::float8 as epss
      from cve_intelligence where cve = any(${[...cves]}::text[])`.execute(db);
  return new Map(
    rows.map(({ cve, kevAdded, kevDue, automatable, impact, epss }) => [
      cve,
      {
        cve,
        kevAdded: kevAdded ?? undefined,
        kevDue: kevDue ?? undefined,
        automatable: automatable ?? undefined,
        impact: impact ?? undefined,
        epss: epss ?? undefined,
      },
    ]),
  );
}

/** Of which assets somebody said whether they are publicly exposed, by themselves or by their zone; by the name that scanners use. */
export async function fetchExposures(db: Kysely<Database>): Promise<ReadonlyMap<string, YesNo>> {
  const { rows } = await sql<{ asset: string; exposed: boolean }>`
    with of_asset as (
      select distinct on (asset_uuid) asset_uuid, exposed from exposures where asset_uuid is not null order by asset_uuid, id desc
    ), of_zone as (
      select distinct on (lower(network_zone)) lower(network_zone) as zone, exposed from exposures where network_zone is not null
       order by lower(network_zone), id desc
    ), said as (
      select asset_uuid, exposed from of_asset where exposed is not null
      union all
      select x.asset_uuid, z.exposed from of_zone z join assets_extended x on lower(trim(x.network_zone)) = z.zone
       where z.exposed is not null and not exists (select from of_asset o where o.asset_uuid = x.asset_uuid and o.exposed is not null)
    )
    select coalesce(a.tenable_asset_uuid, a.asset_uuid::text) as asset, said.exposed
      from said join ingestion_assets a on a.asset_uuid = said.asset_uuid`.execute(db);
  return new Map(rows.map(({ asset, exposed }) => [asset, exposed ? 'yes' : 'no']));
}

export type BoundaryFacts = Pick<DueInputs, 'class' | 'nationalSecurity'>;

export async function fetchBoundaryFacts(db: Kysely<Database>): Promise<ReadonlyMap<string, BoundaryFacts>> {
  const { rows } = await sql<{
    systemId: string;
    class: DueInputs['class'] | null;
    nationalSecurity: boolean | null;
  }>`
    select distinct on (system_id) system_id as "systemId", class, national_security as "nationalSecurity"
      from boundary_due_facts order by system_id, id desc`.execute(db);
  return new Map(
    rows.map((row) => [
      row.systemId,
      { class: row.class ?? undefined, nationalSecurity: yesNo(row.nationalSecurity) },
    ]),
  );
}

export type Evaluation = Pick<
  DueInputs,
  'evaluatedAt' | 'exploitable' | 'reachable' | 'agencyImpact' | 'complyBy' | 'vendorReleasedOn'
>;
/** What names a weakness, whether or not it has a row. */
export interface WeaknessName {
  readonly systemId: string;
  readonly grouping: string;
  readonly identifier: string;
}
export const nameOfWeakness = ({ systemId, grouping, identifier }: WeaknessName): string =>
  `${systemId}\n${grouping}\n${identifier}`;

/** The newest evaluation of each weakness that has one. */
export async function fetchEvaluations(db: Kysely<Database>): Promise<ReadonlyMap<string, Evaluation>> {
  const { rows } = await sql<
    WeaknessName & {
      evaluatedAt: string;
      exploitable: boolean | null;
      reachable: boolean | null;
      agencyImpact: DueInputs['agencyImpact'] | null;
      complyBy: string | null;
      vendorReleasedOn: string | null;
    }
  >`
    select distinct on (system_id, "grouping", identifier) system_id as "systemId", "grouping", identifier,
           to_char(evaluated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "evaluatedAt", exploitable, reachable,
           agency_impact as "agencyImpact", comply_by::text as "complyBy", vendor_released_on::text as "vendorReleasedOn"
      from weakness_evaluations order by system_id, "grouping", identifier, id desc`.execute(db);
  return new Map(
    rows.map((row) => [
      nameOfWeakness(row),
      {
        evaluatedAt: row.evaluatedAt,
        exploitable: yesNo(row.exploitable),
        reachable: yesNo(row.reachable),
        agencyImpact: row.agencyImpact ?? undefined,
        complyBy: row.complyBy ?? undefined,
        vendorReleasedOn: row.vendorReleasedOn ?? undefined,
      },
    ]),
  );
}

/** What approved risk adjustments of whole POA&Ms rate the weaknesses under them, as long as they hold; the newest of each counts. */
export async function fetchAdjustments(
  db: Kysely<Database>,
): Promise<ReadonlyMap<string, NonNullable<DueInputs['adjusted']>>> {
  const { rows } = await sql<WeaknessName & NonNullable<DueInputs['adjusted']>>`
    select distinct on (w.id) w.system_id as "systemId", w.grouping, w.identifier, d.adjusted_severity as severity, d.id as deviation
      from deviations d
      join ingestion_poams p on p.poam_id = d.poam_id
      join weaknesses w on w.poam_id = p.id
     where d.kind = 'risk_adjustment' and d.state = 'approved' and d.is_whole_poam and d.adjusted_severity is not null
       and (d.expires_on is null or d.expires_on >= (tieline_now() at time zone 'UTC')::date)
     order by w.id, d.decided_at desc, d.id desc`.execute(db);
  return new Map(
    rows.map(({ severity, deviation, ...name }) => [nameOfWeakness(name), { severity, deviation }]),
  );
}

/** Who says something, and when. */
export interface Sayer {
  readonly name: string;
  readonly principalId: string;
  readonly now: Date;
}

export async function insertBoundaryFacts(
  db: Kysely<Database>,
  systemId: string,
  facts: {
    readonly class: string | null;
    readonly nationalSecurity: boolean | null;
    readonly reason: string | null;
  },
  by: Sayer,
): Promise<void> {
  await sql`
    insert into boundary_due_facts (system_id, class, national_security, set_at, set_by, set_by_principal, reason)
    values (${systemId}, ${facts.class}, ${facts.nationalSecurity}, ${by.now}::timestamptz, ${by.name}, ${by.principalId}, ${facts.reason})`.execute(
    db,
  );
}

/** What a person found out about a weakness; what is null is not known. */
export interface EvaluationToSave {
  readonly evaluatedAt: string;
  readonly exploitable: boolean | null;
  readonly reachable: boolean | null;
  readonly agencyImpact: string | null;
  readonly complyBy: string | null;
  readonly vendorReleasedOn: string | null;
  readonly note: string | null;
}

/** @returns of how many weaknesses. */
export async function insertEvaluations(
  db: Kysely<Database>,
  poamId: string,
  facts: EvaluationToSave,
  by: Sayer,
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into weakness_evaluations (system_id, "grouping", identifier, evaluated_at, exploitable, reachable, agency_impact, comply_by,
                                      vendor_released_on, note, set_at, set_by, set_by_principal)
    select w.system_id, w.grouping, w.identifier, ${facts.evaluatedAt}::timestamptz, ${facts.exploitable}, ${facts.reachable}, ${facts.agencyImpact},
           ${facts.complyBy}::date, ${facts.vendorReleasedOn}::date, ${facts.note}, ${by.now}::timestamptz, ${by.name}, ${by.principalId}
      from weaknesses w join ingestion_poams p on p.id = w.poam_id where p.poam_id = ${poamId}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

export async function insertExposure(
  db: Kysely<Database>,
  of: { readonly assetUuid: string | null; readonly zone: string | null },
  said: { readonly exposed: boolean | null; readonly reason: string | null },
  by: Sayer,
): Promise<void> {
  await sql`
    insert into exposures (asset_uuid, network_zone, exposed, set_at, set_by, set_by_principal, reason)
    values (${of.assetUuid}::uuid, ${of.zone}, ${said.exposed}, ${by.now}::timestamptz, ${by.name}, ${by.principalId}, ${said.reason})`.execute(
    db,
  );
}

export interface UnknownOfWeakness extends WeaknessName {
  readonly unknown: readonly string[];
  /** By when it is to be evaluated; null: no policy says, or it was. */
  readonly evaluateBy: string | null;
}

/** Keeps what is asked in vain of the weaknesses that were judged, and since when. */
export async function recordUnknowns(
  db: Kysely<Database>,
  now: Date,
  judged: readonly UnknownOfWeakness[],
): Promise<void> {
  const column = <K extends keyof UnknownOfWeakness>(name: K): UnknownOfWeakness[K][] =>
    judged.map((each) => each[name]);
  await sql`
    with given as materialized (
      select w.id, string_to_array(nullif(g.unknown, ''), ',') as unknown, g.evaluate_by
        from unnest(${column('systemId')}::text[], ${column('grouping')}::text[], ${column('identifier')}::text[],
                    ${judged.map(({ unknown }) => unknown.join(','))}::text[], ${column('evaluateBy')}::date[])
               as g(system_id, kind, identifier, unknown, evaluate_by)
        join weaknesses w on w.system_id = g.system_id and w.grouping = g.kind and w.identifier = g.identifier
    ), answered as (
      delete from weakness_due_unknowns u using given where given.id = u.weakness_id and given.unknown is null
    )
    insert into weakness_due_unknowns as known (weakness_id, unknown, since, evaluate_by)
    select given.id, given.unknown, ${now}::timestamptz, given.evaluate_by from given where given.unknown is not null
    on conflict (weakness_id) do update set unknown = excluded.unknown, evaluate_by = excluded.evaluate_by
      where (known.unknown, known.evaluate_by) is distinct from (excluded.unknown, excluded.evaluate_by)`.execute(
    db,
  );
}

/** What was said, by whom and when. */
interface Told {
  readonly setAt: Date;
  readonly setBy: string;
  readonly reason: string | null;
}

export interface ToldFacts {
  /** Of the boundary, the newest first. */
  readonly boundary: readonly (Told & {
    readonly class: string | null;
    readonly nationalSecurity: boolean | null;
  })[];
  /** Of network zones and of the boundary's assets. */
  readonly exposures: readonly (Told & {
    readonly asset: string | null;
    readonly zone: string | null;
    readonly exposed: boolean | null;
  })[];
}

export async function listFacts(db: Kysely<Database>, systemId: string): Promise<ToldFacts> {
  const boundary = await sql<ToldFacts['boundary'][number]>`
    select class, national_security as "nationalSecurity", set_at as "setAt", set_by as "setBy", reason
      from boundary_due_facts where system_id = ${systemId} order by id desc limit 100`.execute(db);
  const exposures = await sql<ToldFacts['exposures'][number]>`
    select coalesce(a.hostname, e.asset_uuid::text) as asset, e.network_zone as zone, e.exposed, e.set_at as "setAt", e.set_by as "setBy", e.reason
      from exposures e left join ingestion_assets a on a.asset_uuid = e.asset_uuid
     where e.asset_uuid is null or a.system_id = ${systemId} order by e.id desc limit 500`.execute(db);
  return { boundary: boundary.rows, exposures: exposures.rows };
}

/** SQL of whether the evaluation of a row `u` of weakness_due_unknowns is late. */
export const isEvaluationLate = sql<boolean>`coalesce(u.evaluate_by < (tieline_now() at time zone 'UTC')::date, false)`;

/** The weaknesses of open POA&Ms whose date hangs on something that nobody has said: for the inbox. */
export const unansweredFacts = sql`
  select w.id::text, u.since, p.system_id::text, null, 'poam', p.poam_id::text,
         concat(case when ${isEvaluationLate} then 'its evaluation is late, it was due by ' || u.evaluate_by || '; '
                     when u.evaluate_by is not null then 'its evaluation is due by ' || u.evaluate_by || '; ' end,
                'its due date hangs on what nobody has said: ', array_to_string(u.unknown, ', '), '; weakness ', coalesce(w.title, w.identifier)), 'poam', p.poam_id::text
    from weakness_due_unknowns u join weaknesses w on w.id = u.weakness_id join ingestion_poams p on p.id = w.poam_id`;
