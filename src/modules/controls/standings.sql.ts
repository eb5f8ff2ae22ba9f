/** Controls of boundaries with what is open and closed under each: POA&Ms, and weaknesses that no POA&M answers yet. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { plainControl as plain } from '../../record/boundaries/index.ts';
import { isOpenFinding } from '../../record/findings/index.ts';
import { fetchPoamColumns } from '../../record/poams/index.ts';
import { concernsRunOf } from '../../record/systems/index.ts';
import type { ControlStanding } from './control-status.ts';

export interface StandingRow extends ControlStanding {
  /** ingestion_controls.id. */
  readonly ref: number;
  readonly systemId: string;
  readonly controlId: string;
}

const isOpen = sql.raw(isOpenFinding('v.lifecycle_state'));

/** Whose controls are looked at: of one boundary, of the boundaries of a connection's run, or of all. */
export type Looked = {
  readonly systemId?: string | undefined;
  readonly externalSystemId?: number | undefined;
};

/** Every control of the scope's boundaries that is looked at. Of twins the first row counts, as on the page of a system. */
export async function listStandings(
  db: Kysely<Database>,
  scope: Scope,
  { systemId, externalSystemId }: Looked,
): Promise<StandingRow[]> {
  const poam = await fetchPoamColumns(db);
  const within = (column: RawBuilder<unknown>): RawBuilder<boolean> =>
    sql`${inScope(scope, column)} and ${systemId === undefined ? sql`true` : sql`${column} = ${systemId}`}
        and ${externalSystemId === undefined ? sql`true` : concernsRunOf(externalSystemId, column)}`;
  const { rows } = await sql<StandingRow>`
    with named as materialized (
      -- Each text once: thousands of POA&Ms name a few controls.
      select texts.text, ${plain(sql`trim(name)`)} as control
        from (select distinct ${poam.of('security_control')}::text as text from ingestion_poams p where ${within(sql`p.system_id`)}) texts
       cross join lateral regexp_split_to_table(texts.text, '[;,]') name
       where trim(name) <> ''
    ), under as materialized (
      select p.system_id, named.control, p.poam_id::text as id, ${poam.isOpen} as is_open,
             coalesce(${poam.status} = 'Completed', false) as is_closed, ${poam.severityRank} as rank
        from ingestion_poams p
        join named on named.text = ${poam.of('security_control')}::text
       where ${within(sql`p.system_id`)}
      union all
      select w.system_id, ${plain(sql`w.controls[1]`)}, 'weakness ' || w.identifier, true, false,
             case w.severity when 'Critical' then 4 when 'High' then 3 when 'Medium' then 2 when 'Low' then 1 else 0 end
        from weaknesses w
       where w.poam_id is null and w.controls[1] is not null and ${within(sql`w.system_id`)}
         and exists (select from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id
                      where k.weakness_id = w.id and ${isOpen})
    )
    select c.id as ref, c.system_id as "systemId", c.control_id as "controlId", c.implementation_status as status,
           c.control_origination as origination,
           coalesce(array_agg(u.id order by u.id) filter (where u.is_open), '{}') as open,
           coalesce(array_agg(u.id order by u.id) filter (where u.is_closed), '{}') as closed,
           max(u.rank) filter (where u.is_open) as worst
      from ingestion_controls c
      left join under u on u.system_id = c.system_id and u.control = ${plain(sql`c.control_id`)}
     where ${within(sql`c.system_id`)}
       and not exists (select from ingestion_controls older where older.system_id = c.system_id and older.control_id = c.control_id and older.id < c.id)
     group by c.id order by c.system_id, c.control_id`.execute(db);
  return rows;
}

export interface ScanReference {
  readonly source: string;
  /** When it last showed one of the findings, or the last of them fixed. */
  readonly at: string;
  /** The run or import that brought it. */
  readonly operationId: string | null;
  readonly findings: number;
}

/** By whom the findings under POA&Ms were shown last, or shown fixed last; by POA&M. */
export async function listScansUnder(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ScanReference[]>> {
  if (poamIds.length === 0) return new Map();
  const { rows } = await sql<ScanReference & { poamId: string }>`
    select p.poam_id::text as "poamId", coalesce(s.system_name, 'scan file') as source, count(*)::int as findings,
           to_char(max(coalesce(v.last_fixed, v.last_found)), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
           (array_agg(v.batch_id::text order by coalesce(v.last_fixed, v.last_found) desc nulls last))[1] as "operationId"
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id
      join weakness_findings k on k.weakness_id = w.id
      join ingestion_vulnerabilities v on v.id = k.finding_id
      left join external_systems s on s.id = v.external_system_id
     where p.poam_id = any(${[...poamIds]}::text[]) and coalesce(v.last_fixed, v.last_found) is not null
     group by 1, 2`.execute(db);
  return Map.groupBy(rows, ({ poamId }) => poamId);
}
