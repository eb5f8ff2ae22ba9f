/** Why an asset is in the boundaries that it is in, and in no others: memberships, and each decision of rules and people. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { AssetRole, RuleEvidence } from '../../canonical/boundary-rules/index.ts';
import {
  decisionColumnsOf,
  type ShownDecision,
  shownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface Membership {
  readonly systemId: string;
  readonly name: string | null;
  readonly role: AssetRole;
  /** Whether it is the one that the asset's own row names. */
  readonly isMain: boolean;
  /** component: it is one of its components; rule: a boundary rule, or a person's word about one; owner: the application that keeps the record. */
  readonly by: 'component' | 'rule' | 'owner';
}

export interface BoundaryDecisionShown extends ShownDecision {
  readonly systemId: string;
  readonly name: string | null;
  readonly decision: 'linked' | 'review' | 'rejected';
  readonly role: AssetRole;
  readonly ruleId: number | null;
  readonly evidence: readonly RuleEvidence[];
  readonly decidedAt: Date;
}

const nameOf = (system: string) =>
  sql.raw(`(select min(s.name) from ingestion_systems s where s.system_id = ${system})`);

/** SQL of memberships of assets: (asset_uuid, system_id, role, is_main, by). */
export const everyMembership = sql`
  select p.asset_uuid, p.system_id, coalesce(min(p.asset_role), 'responsible') as role, bool_or(p.is_main) as is_main,
         case when bool_or(p.assignment_type = 'correlated') then 'component' when bool_or(p.assignment_type = 'boundary_rule') then 'rule' else 'owner' end as by
    from (select a.asset_uuid, a.system_id::text as system_id, null as asset_role, null as assignment_type, true as is_main
            from ingestion_assets a where a.system_id is not null
          union all
          select s.asset_uuid, s.system_id, s.asset_role, s.assignment_type, false from ingestion_system_assets s where s.asset_uuid is not null and s.system_id is not null) p
   group by p.asset_uuid, p.system_id`;

/** Within the scope; the main one first. */
export async function listMemberships(
  db: Kysely<Database>,
  scope: Scope,
  assetUuid: string,
): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    select m.system_id as "systemId", ${nameOf('m.system_id')} as name, m.role, m.is_main as "isMain", m.by
      from (${everyMembership}) m where m.asset_uuid = ${assetUuid}::uuid and ${inScope(scope, sql`m.system_id`)}
     order by m.is_main desc, m.system_id`.execute(db);
  return rows;
}

type Stored = Omit<BoundaryDecisionShown, keyof ShownDecision> & StoredDecider & StoredReason;

/** What was decided about an asset and boundaries of the scope, by rules and people. */
export async function listBoundaryDecisions(
  db: Kysely<Database>,
  scope: Scope,
  assetUuid: string,
): Promise<BoundaryDecisionShown[]> {
  const { rows } = await sql<Stored>`
    select d.system_id as "systemId", ${nameOf('d.system_id')} as name, d.decision, d.asset_role as role, d.rule_id as "ruleId", d.evidence,
           ${sql.raw(decisionColumnsOf('d'))}, d.decided_at as "decidedAt"
      from boundary_decisions d where d.asset_uuid = ${assetUuid}::uuid and ${inScope(scope, sql`d.system_id`)}
     order by array_position(array['linked', 'review', 'rejected'], d.decision::text), d.system_id`.execute(
    db,
  );
  return rows.map((row) => shownDecision(row));
}
