/** A finding as a row of the list, and as a record of an export: everything that a person may want to see of it in a column. */
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { findingPoamStates, findingStates } from '../../canonical/lists/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { isAcceptedFinding, severityWord } from '../findings/index.ts';
import { systemsOfAsset } from '../systems/index.ts';
import { poamInScope, poamStateOf, weaknessInScope } from './finding-poam.sql.ts';

export interface FindingRow {
  /** Its public id: a uuid derived from asset, plugin, port and protocol. */
  readonly key: string;
  readonly severity: Severity;
  readonly pluginId: string;
  readonly name: string;
  readonly family: string | null;
  readonly assetUuid: string;
  readonly assetName: string | null;
  readonly ip: string | null;
  readonly fqdn: string | null;
  /** The systems of the scope in which its asset is. */
  readonly systemIds: readonly string[];
  readonly port: number | null;
  readonly protocol: string | null;
  readonly service: string | null;
  readonly state: (typeof findingStates)[number];
  /** Accepted, or a false positive: by a person or a rule of a server. */
  readonly isAccepted: boolean;
  readonly firstFound: Date | null;
  readonly lastSeen: Date | null;
  readonly lastFixed: Date | null;
  readonly timesCameBack: number;
  /** The day by which its weakness is due. */
  readonly dueOn: string | null;
  readonly poamId: string | null;
  readonly poamStatus: string | null;
  /** Null where no POA&M answers it. */
  readonly poamState: Exclude<(typeof findingPoamStates)[number], 'none'> | null;
  readonly vpr: number | null;
  readonly epss: number | null;
  readonly cvss: number | null;
  readonly hasExploit: boolean | null;
  readonly cves: readonly string[];
  readonly solution: string | null;
  readonly patchPublishedAt: Date | null;
  /** The connections that reported it. */
  readonly sources: readonly string[];
  readonly acr: number | null;
  readonly criticality: string | null;
  readonly controls: readonly string[];
}

/** `page` is a relation (id, place); one lookup for each row of each table, so a page's rows only. */
export const findingRows = (
  { scope, now }: { readonly scope: Scope; readonly now: Date },
  page: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  select page.id, v.finding_key::text as key, ${sql.raw(severityWord('v.severity_rank'))} as severity, v.plugin_id::text as "pluginId",
         coalesce(p.name, v.vulnerability_name) as name, p.family, v.asset_ref::text as "assetUuid", a.hostname as "assetName",
         (select n.ipv4_address from ingestion_asset_network n where n.asset_uuid = v.asset_ref and n.ipv4_address is not null order by n.id limit 1) as ip,
         (select n.fqdn from ingestion_asset_network n where n.asset_uuid = v.asset_ref and n.fqdn is not null order by n.id limit 1) as fqdn,
         array(select s.system_id from (${systemsOfAsset(scope, sql`v.asset_ref`)}) s order by 1) as "systemIds",
         v.port, v.protocol, v.service, v.lifecycle_state as state, ${sql.raw(isAcceptedFinding('v'))} as "isAccepted",
         v.first_found as "firstFound", v.last_found as "lastSeen", v.last_fixed as "lastFixed",
         (select count(*)::int from finding_state_changes c where c.vulnerability_id = v.id and c.state = 'reopened') as "timesCameBack",
         w.due_on as "dueOn", k.poam_id as "poamId", k.status as "poamStatus", ${poamStateOf('k', now)} as "poamState",
         p.vpr_score::float8 as vpr, p.epss_score::float8 as epss, p.cvss3_base_score::float8 as cvss, p.exploit_available as "hasExploit",
         coalesce(p.cves, '{}') as cves, p.solution, p.patch_published_at as "patchPublishedAt",
         array(select s.system_name::text from external_systems s where s.id = any(v.reported_by) order by s.id) as sources,
         coalesce(x.acr_override, a.acr_score)::float8 as acr, x.business_criticality as criticality, coalesce(w.controls, '{}') as controls
    from ${page}
    join ingestion_vulnerabilities v on v.id = page.id
    left join scan_plugins p on p.plugin_id = v.plugin_id::text
    left join ingestion_assets a on a.asset_uuid = v.asset_ref
    left join assets_extended x on x.asset_uuid = v.asset_ref
    left join lateral (select * from weaknesses w where w.id = ${weaknessInScope(scope)} offset 0) w on true
    left join lateral (select k.id, k.poam_id, k.status, k.scheduled_completion from ingestion_poams k where k.id = ${poamInScope(scope)} offset 0) k on true
   order by page.place`;
