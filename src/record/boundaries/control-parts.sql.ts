/** One control of a boundary, and what is under it. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenFinding } from '../findings/index.ts';
import { fetchPoamColumns } from '../poams/index.ts';

interface Named {
  readonly systemId: string;
  readonly controlId: string;
}

/** The row of a control, of twins the first; undefined where there is none. */
export async function findControlRef(
  db: Kysely<Database>,
  { systemId, controlId }: Named,
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from ingestion_controls where system_id = ${systemId} and upper(control_id) = upper(${controlId}) order by id limit 1`.execute(
    db,
  );
  return rows[0]?.id;
}

/** A POA&M, or a weakness that none answers, under a control. */
export interface UnderControl {
  readonly id: string;
  readonly isPoam: boolean;
  readonly title: string | null;
  readonly severity: string | null;
  readonly status: string | null;
  readonly isOpen: boolean;
  readonly due: string | null;
  readonly openFindings: number;
  /** When a scan last showed one of its findings. */
  readonly lastSeen: Date | null;
}

/** `AC-2 (1)`, `ac-02(01)` and `AC-2(1)` are one control. */
export const plainControl = (control: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`regexp_replace(regexp_replace(upper(${control}), '\\s', '', 'g'), '(^|[-(.])0+(?=[0-9])', '\\1', 'g')`;

const isOpen = sql.raw(isOpenFinding('v.lifecycle_state'));

/** Open ones first, the gravest of them first. */
export async function listUnderControl(
  db: Kysely<Database>,
  { systemId, controlId }: Named,
): Promise<UnderControl[]> {
  const poam = await fetchPoamColumns(db);
  const asked = plainControl(sql`${controlId}::text`);
  const { rows } = await sql<UnderControl>`
    select listed.id, listed."isPoam", listed.title, listed.severity, listed.status, listed."isOpen", listed.due, seen."openFindings", seen."lastSeen"
      from (
        select p.poam_id::text as id, true as "isPoam", split_part(p.weakness_description, E'\\n', 1) as title, ${poam.severity} as severity,
               ${poam.status}::text as status, ${poam.isOpen} as "isOpen", left(p.scheduled_completion::text, 10) as due, ${poam.severityRank} as rank,
               array(select w.id from weaknesses w where w.poam_id = p.id) as weaknesses
          from ingestion_poams p
         where p.system_id = ${systemId}
           and exists (select from regexp_split_to_table(${poam.of('security_control')}::text, '[;,]') named
                        where ${plainControl(sql`trim(named)`)} = ${asked})
        union all
        select w.identifier, false, w.title, w.severity, null, true, w.due_on::text,
               case w.severity when 'Critical' then 4 when 'High' then 3 when 'Medium' then 2 when 'Low' then 1 else 0 end, array[w.id]
          from weaknesses w
         where w.system_id = ${systemId} and w.poam_id is null and ${plainControl(sql`w.controls[1]`)} = ${asked}
           and exists (select from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id
                        where k.weakness_id = w.id and ${isOpen})
      ) listed
      left join lateral (
        select count(*) filter (where ${isOpen})::int as "openFindings", max(v.last_found) at time zone 'UTC' as "lastSeen"
          from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id where k.weakness_id = any(listed.weaknesses)) seen on true
     order by listed."isOpen" desc, listed.rank desc nulls last, listed.id limit 500`.execute(db);
  return rows;
}
