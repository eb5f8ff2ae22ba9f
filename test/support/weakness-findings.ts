/** Which findings of a boundary want a POA&M, and which lie under one. */
import type { TwoSystems } from './two-systems.ts';

/** Open findings of a boundary at or above a rank, on living machines. */
export const openFindings = (world: TwoSystems, boundary: string, rank: number) =>
  world.rows(
    `select f.id from ingestion_vulnerabilities f join ingestion_assets a on a.asset_uuid = f.asset_ref
      where a.system_id = $1 and f.severity_rank >= $2 and f.lifecycle_state in ('open', 'reopened') and f.severity_modification is distinct from 'accepted'
        and a.deleted_at is null and a.terminated_at is null order by 1`,
    boundary,
    rank,
  );
/** Open findings under weaknesses that have a POA&M. */
export const findingsUnder = (world: TwoSystems, boundary: string) =>
  world.rows(
    `select k.finding_id as id from weakness_findings k join weaknesses w on w.id = k.weakness_id join ingestion_vulnerabilities f on f.id = k.finding_id
      where w.system_id = $1 and w.poam_id is not null and f.lifecycle_state in ('open', 'reopened') and f.severity_modification is distinct from 'accepted' order by 1`,
    boundary,
  );

/** The POA&Ms as the GRC system has them. */
export const poamsThere = async (
  world: TwoSystems,
): Promise<
  { id: string; source: string; system_id: string; weakness_description: string; status: string }[]
> => {
  type There = Awaited<ReturnType<typeof poamsThere>>;
  return (await world.control<{ poams: There }>('xacta', 'GET', '/state')).poams;
};

export const boundaryWithMostWeaknesses = async (world: TwoSystems): Promise<string> => {
  const [most] = await world.rows(
    `select system_id from weaknesses group by 1 order by count(*) desc, 1 limit 1`,
  );
  return String(most?.['system_id']);
};

/** A POA&M by its ids on both sides, with what is said of it. */
export interface Named {
  readonly poam: string;
  readonly there: string;
  readonly said: string;
}
