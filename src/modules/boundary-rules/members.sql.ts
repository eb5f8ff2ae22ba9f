/** The assets of one boundary, each in which role and why: a page of them. */
import { sql, type Kysely } from 'kysely';
import type { AssetRole, RuleEvidence } from '../../canonical/boundary-rules/index.ts';
import { shownReason, type StoredReason } from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { everyMembership, type Membership } from './explain.sql.ts';

export interface Member {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly role: AssetRole;
  readonly by: Membership['by'];
  /** Its component in the boundary, where it is one. */
  readonly componentId: string | null;
  readonly ruleId: number | null;
  readonly reason: string | null;
  readonly evidence: readonly RuleEvidence[];
  /** Other boundaries that have it too. */
  readonly alsoIn: number;
  readonly openCritical: number;
  readonly openHigh: number;
}

type Stored = Omit<Member, 'reason'> & StoredReason;

export async function listMembers(
  db: Kysely<Database>,
  systemId: string,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly items: Member[]; readonly total: number }> {
  const { rows: counted } = await sql<{ n: number }>`
    select count(*)::int as n from (${everyMembership}) m join ingestion_assets a on a.asset_uuid = m.asset_uuid
     where m.system_id = ${systemId} and a.merged_into is null`.execute(db);
  const { rows } = await sql<Stored>`
    with member as (
      select m.*, a.hostname from (${everyMembership}) m join ingestion_assets a on a.asset_uuid = m.asset_uuid
       where m.system_id = ${systemId} and a.merged_into is null
       order by m.role = 'inherited' desc, m.by = 'rule' desc, a.hostname, m.asset_uuid limit ${page.limit} offset ${page.offset}
    )
    select m.asset_uuid::text as "assetUuid", m.hostname, m.role, m.by,
           (select min(c.component_id) from asset_correlations k join system_components c on c.id = k.component_id
             where k.asset_uuid = m.asset_uuid and k.decision = 'linked' and c.system_id = m.system_id) as "componentId",
           d.rule_id as "ruleId", d.reason, d.reason_code as "reasonCode", d.reason_params as "reasonParams", coalesce(d.evidence, '[]') as evidence,
           (select count(*)::int - 1 from (${everyMembership}) other where other.asset_uuid = m.asset_uuid) as "alsoIn",
           coalesce(e.open_critical, 0) as "openCritical", coalesce(e.open_high, 0) as "openHigh"
      from member m
      left join boundary_decisions d on d.asset_uuid = m.asset_uuid and d.system_id = m.system_id and d.decision = 'linked'
      left join asset_exposure e on e.asset_uuid = m.asset_uuid
     order by m.role = 'inherited' desc, m.by = 'rule' desc, m.hostname, m.asset_uuid`.execute(db);
  const items = rows.map((row): Member => {
    const { reasonCode: _code, reasonParams: _params, ...member } = row;
    return { ...member, reason: shownReason(row) };
  });
  return { items, total: counted[0]?.n ?? 0 };
}
