/** The open findings of a record, for actions upon them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isAcceptedFinding, isOpenFinding } from '../../../record/findings/index.ts';
import { underEach } from '../../../record/poams/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { Snapshot } from '../conditions/index.ts';

export interface OpenFinding {
  readonly id: number;
  readonly key: string;
  readonly isAssigned: boolean;
}

/** SQL of the ids of findings that belong to the record. */
function belonging({ kind, id }: Pick<Snapshot, 'kind' | 'id'>): RawBuilder<unknown> {
  if (kind === 'finding')
    return sql`select own.id from ingestion_vulnerabilities own where own.finding_key = ${id}::uuid`;
  if (kind === 'weakness')
    return sql`select k.finding_id as id from weakness_findings k where k.weakness_id = ${Number(id)}`;
  return sql`select under.finding as id from (${underEach(
    sql`select p.id, p.system_id, p.original_detection_date as detected_on from ingestion_poams p where p.poam_id = ${id}`,
  )}) under`;
}

/** So many at most: more is no work of one step. */
const most = 5_000;

/** Those that are open and that nobody accepted. */
export async function listOpenFindings(
  db: Kysely<Database>,
  record: Pick<Snapshot, 'kind' | 'id'>,
): Promise<OpenFinding[]> {
  const { rows } = await sql<OpenFinding>`
    select v.id::int as id, v.finding_key::text as key,
           exists (select from vulnerability_remediation r where r.vulnerability_id = v.id
                      and (r.assigned_principal_id is not null or r.assigned_team_id is not null)) as "isAssigned"
      from (${belonging(record)}) own join ingestion_vulnerabilities v on v.id = own.id
     where v.finding_key is not null and ${sql.raw(isOpenFinding('v.lifecycle_state'))} and not ${sql.raw(isAcceptedFinding('v'))}
     order by v.id limit ${most}`.execute(db);
  return rows;
}
