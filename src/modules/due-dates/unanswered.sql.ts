/** What due dates hang on and nobody has said yet, for who can say it: by POA&M, and by network zone. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { isEvaluationLate } from './facts.sql.ts';
import { isAssetIn } from '../../record/systems/index.ts';

export interface UnansweredPoam {
  readonly poamId: string;
  readonly systemId: string | null;
  readonly weakness: string;
  /** Conditions of the policies' tables, such as `exposed`. */
  readonly unknown: readonly string[];
  readonly since: Date;
  /** By when a policy wants it to be evaluated, YYYY-MM-DD; null: none does, or it was. */
  readonly evaluateBy: string | null;
  readonly isEvaluationLate: boolean;
}

/** As many as the inbox counts of the kind `unanswered_fact`; those whose evaluation is late first, then those that wait longest. */
export async function listUnanswered(
  db: Kysely<Database>,
  scope: Scope,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly items: readonly UnansweredPoam[]; readonly total: number }> {
  const { rows } = await sql<UnansweredPoam & { total: number }>`
    select p.poam_id as "poamId", p.system_id as "systemId", coalesce(w.title, w.identifier) as weakness, u.unknown, u.since,
           u.evaluate_by::text as "evaluateBy", ${isEvaluationLate} as "isEvaluationLate",
           (count(*) over ())::int as total
      from weakness_due_unknowns u join weaknesses w on w.id = u.weakness_id join ingestion_poams p on p.id = w.poam_id
     where ${isOpenPoam('p')} and ${inScope(scope, sql`p.system_id`)}
     order by case when ${isEvaluationLate} then u.evaluate_by end nulls last, u.since, w.id limit ${page.limit} offset ${page.offset}`.execute(
    db,
  );
  return { items: rows.map(({ total: _total, ...row }) => row), total: rows[0]?.total ?? 0 };
}

export interface ZoneExposure {
  readonly zone: string;
  /** Assets of the scope that are in it. */
  readonly assets: number;
  /** Null: nobody has said. */
  readonly exposed: boolean | null;
  readonly setAt: Date | null;
  readonly setBy: string | null;
  readonly reason: string | null;
}

/** Every network zone that an asset of the scope is in, and what was said of it last. */
export async function listZones(db: Kysely<Database>, scope: Scope): Promise<ZoneExposure[]> {
  const { rows } = await sql<ZoneExposure>`
    with zones as (
      select lower(trim(x.network_zone)) as key, min(trim(x.network_zone)) as zone, count(*)::int as assets
        from assets_extended x
       where nullif(trim(x.network_zone), '') is not null and ${isAssetIn(scope, sql`x.asset_uuid`)}
       group by 1
    )
    select z.zone, z.assets, said.exposed, said.set_at as "setAt", said.set_by as "setBy", said.reason
      from zones z
      left join lateral (select e.exposed, e.set_at, e.set_by, e.reason from exposures e where lower(e.network_zone) = z.key
                          order by e.id desc limit 1) said on true
     order by z.assets desc, z.zone limit 1000`.execute(db);
  return rows;
}

export interface SaidOfPoam {
  /** The newest evaluation of its weaknesses; null: none. */
  readonly evaluation: {
    readonly evaluatedAt: string;
    readonly exploitable: boolean | null;
    readonly reachable: boolean | null;
    readonly agencyImpact: string | null;
    readonly complyBy: string | null;
    readonly vendorReleasedOn: string | null;
    readonly note: string | null;
    readonly setAt: Date;
    readonly setBy: string;
  } | null;
  /** Of its boundary. */
  readonly class: string | null;
  readonly nationalSecurity: boolean | null;
  /** Its assets of the scope, with what was said of each or its network zone. */
  readonly assets: readonly {
    readonly assetUuid: string;
    readonly hostname: string | null;
    readonly zone: string | null;
    readonly exposed: boolean | null;
    readonly by: 'asset' | 'zone' | null;
  }[];
  /** What its due date hangs on and nobody has said, as the last sync found. */
  readonly unknown: readonly string[];
}

const evaluationOf = (poamId: string) => sql`
  select e.* from weakness_evaluations e
    join weaknesses w on w.system_id = e.system_id and w.grouping = e.grouping and w.identifier = e.identifier
    join ingestion_poams p on p.id = w.poam_id and p.poam_id = ${poamId}
   order by e.id desc limit 1`;

/** What people said of a POA&M, its boundary and its assets that its due date hangs on. It exists and is in scope. */
export async function fetchSaidOfPoam(
  db: Kysely<Database>,
  scope: Scope,
  poamId: string,
): Promise<SaidOfPoam> {
  const evaluation = await sql<NonNullable<SaidOfPoam['evaluation']>>`
    select to_char(e.evaluated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "evaluatedAt", e.exploitable, e.reachable,
           e.agency_impact as "agencyImpact", e.comply_by::text as "complyBy", e.vendor_released_on::text as "vendorReleasedOn", e.note,
           e.set_at as "setAt", e.set_by as "setBy"
      from (${evaluationOf(poamId)}) e`.execute(db);
  const boundary = await sql<Pick<SaidOfPoam, 'class' | 'nationalSecurity'>>`
    select f.class, f.national_security as "nationalSecurity"
      from boundary_due_facts f join ingestion_poams p on p.system_id = f.system_id and p.poam_id = ${poamId}
     order by f.id desc limit 1`.execute(db);
  const assets = await sql<SaidOfPoam['assets'][number]>`
    select a.asset_uuid as "assetUuid", a.hostname, nullif(trim(x.network_zone), '') as zone, coalesce(own.exposed, zone.exposed) as exposed,
           case when own.exposed is not null then 'asset' when zone.exposed is not null then 'zone' end as by
      from ingestion_poam_assets k join ingestion_assets a on a.asset_uuid = k.asset_uuid
      left join assets_extended x on x.asset_uuid = a.asset_uuid
      left join lateral (select e.exposed from exposures e where e.asset_uuid = a.asset_uuid order by e.id desc limit 1) own on true
      left join lateral (select e.exposed from exposures e where lower(e.network_zone) = lower(trim(x.network_zone)) order by e.id desc limit 1) zone on true
     where k.poam_id = ${poamId} and ${isAssetIn(scope, sql`a.asset_uuid`)}
     order by a.hostname nulls last, a.asset_uuid limit 500`.execute(db);
  const unknown = await sql<{ unknown: string[] }>`
    select distinct u.unknown from weakness_due_unknowns u join weaknesses w on w.id = u.weakness_id
      join ingestion_poams p on p.id = w.poam_id and p.poam_id = ${poamId}`.execute(db);
  return {
    evaluation: evaluation.rows[0] ?? null,
    class: boundary.rows[0]?.class ?? null,
    nationalSecurity: boundary.rows[0]?.nationalSecurity ?? null,
    assets: assets.rows,
    unknown: [...new Set(unknown.rows.flatMap((row) => row.unknown))],
  };
}
