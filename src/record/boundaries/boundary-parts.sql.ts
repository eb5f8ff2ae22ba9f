/** What the page of a boundary shows beside its numbers: controls, components and assets, the weaknesses on the most machines. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenFinding } from '../findings/index.ts';
import { fetchPoamColumns } from '../poams/index.ts';
import { assetsOfSystem } from '../systems/index.ts';
import { plainControl } from './control-parts.sql.ts';

const isOpen = sql.raw(isOpenFinding('v.lifecycle_state'));

export interface ControlRow {
  readonly controlId: string;
  readonly title: string | null;
  readonly family: string | null;
  readonly implementation: string | null;
  readonly assessment: string | null;
  readonly nextAssessment: string | null;
  readonly lastAssessed: Date | null;
  readonly frequencyMonths: number | null;
  readonly evidenceRequired: readonly string[] | null;
  readonly automationLevel: string | null;
  readonly origination: string | null;
  /** A status that is proposed and waits for a person. */
  readonly proposed: string | null;
  readonly proposalId: number | null;
  /** Open findings that are counted against it. */
  readonly findings: number;
  readonly poams: { readonly open: number; readonly all: number };
}

/** The controls of a boundary. @param page.after the control id behind which the page begins. */
export async function listControls(
  db: Kysely<Database>,
  systemId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ControlRow[]> {
  const columns = await fetchPoamColumns(db);
  const { rows } = await sql<ControlRow>`
    select c.control_id as "controlId", c.control_title as title, c.family, c.implementation_status as implementation,
           c.assessment_status as assessment, coalesce(c.next_assessment_date, c.next_assessment_due::date)::text as "nextAssessment",
           c.last_assessed at time zone 'UTC' as "lastAssessed", c.assessment_frequency_months as "frequencyMonths",
           c.evidence_required as "evidenceRequired", c.automation_level as "automationLevel", c.control_origination as origination,
           asked.proposed, asked.id as "proposalId",
           (select count(*)::int from ingestion_vulnerabilities v where v.control_id = c.id and ${isOpen}) as findings,
           jsonb_build_object('open', coalesce(p.open, 0), 'all', coalesce(p.every_one, 0)) as poams
      from ingestion_controls c
      left join control_status_proposals asked on asked.control_ref = c.id and asked.settled_at is null
      -- As the page of a control has them: a POA&M may name several, each in its own spelling.
      left join (
        select each.control, count(*) filter (where each.is_open) as open, count(*) as every_one
          from (select distinct p.id, ${plainControl(sql`trim(named)`)} as control, ${columns.isOpen} as is_open
                  from ingestion_poams p
                 cross join lateral regexp_split_to_table(${columns.of('security_control')}::text, '[;,]') named
                 where p.system_id = ${systemId} and trim(named) <> '') each
         group by 1) p on p.control = ${plainControl(sql`c.control_id`)}
     where c.system_id = ${systemId} and ${page.after === undefined ? sql`true` : sql`c.control_id > ${page.after}`}
       and not exists (select from ingestion_controls older where older.system_id = c.system_id and older.control_id = c.control_id and older.id < c.id)
     order by c.control_id limit ${page.limit}`.execute(db);
  return rows;
}

/** A component of a boundary, an asset in it, or both where they are one. */
export interface ComponentRow {
  readonly componentId: string | null;
  readonly componentName: string | null;
  readonly componentType: string | null;
  readonly assetUuid: string | null;
  readonly hostname: string | null;
  readonly lastSeen: Date | null;
  readonly openCritical: number;
  readonly openHigh: number;
}
export const componentKinds = ['linked', 'component_without_asset', 'asset_without_component'] as const;
export type ComponentKind = (typeof componentKinds)[number];

const isLinked = sql`exists (select from asset_correlations m where m.component_id = k.id and m.decision = 'linked')`;
/** SQL that is true of an asset `a` in a boundary, by its main system or beside it. */
const isMember = (systemId: string): RawBuilder<boolean> =>
  sql`(a.asset_uuid in (${assetsOfSystem(sql`${systemId}`)}) and a.merged_into is null)`;
/** What a machine is in another boundary says nothing of this one. */
const isNoComponentOf = (systemId: string): RawBuilder<boolean> => sql`
  not exists (select from asset_correlations m join system_components k on k.id = m.component_id and k.system_id = ${systemId}
               where m.asset_uuid = a.asset_uuid and m.decision = 'linked')`;
const assetShown = sql`a.asset_uuid as "assetUuid", a.hostname, a.last_seen as "lastSeen",
  coalesce(e.open_critical, 0) as "openCritical", coalesce(e.open_high, 0) as "openHigh"`;
const componentShown = sql`k.component_id as "componentId", k.name as "componentName", k.component_type as "componentType"`;

/** One of the three lists of components; each has its number in `countComponents`. */
export async function listComponents(
  db: Kysely<Database>,
  systemId: string,
  page: { readonly kind: ComponentKind; readonly offset: number; readonly limit: number },
): Promise<ComponentRow[]> {
  const relations = {
    linked: sql`
      select ${componentShown}, ${assetShown}
        from system_components k
        join asset_correlations m on m.component_id = k.id and m.decision = 'linked'
        join ingestion_assets a on a.asset_uuid = m.asset_uuid
        left join asset_exposure e on e.asset_uuid = a.asset_uuid
       where k.system_id = ${systemId}`,
    component_without_asset: sql`
      select ${componentShown}, null::uuid as "assetUuid", null as hostname, null::timestamp as "lastSeen", 0 as "openCritical", 0 as "openHigh"
        from system_components k where k.system_id = ${systemId} and not ${isLinked}`,
    asset_without_component: sql`
      select null as "componentId", null as "componentName", null as "componentType", ${assetShown}
        from ingestion_assets a left join asset_exposure e on e.asset_uuid = a.asset_uuid
       where ${isMember(systemId)} and ${isNoComponentOf(systemId)}`,
  } satisfies Record<ComponentKind, unknown>;
  const { rows } = await sql<ComponentRow>`
    select * from (${relations[page.kind]}) listed
     order by "componentName" nulls last, hostname nulls last, "componentId", "assetUuid" limit ${page.limit} offset ${page.offset}`.execute(
    db,
  );
  return rows;
}

/** How many there are in each of the three lists. */
export async function countComponents(
  db: Kysely<Database>,
  systemId: string,
): Promise<Readonly<Record<ComponentKind, number>>> {
  const { rows } = await sql<Record<ComponentKind, number>>`
    select (select count(*)::int from system_components k join asset_correlations m on m.component_id = k.id and m.decision = 'linked'
             where k.system_id = ${systemId}) as linked,
           (select count(*)::int from system_components k where k.system_id = ${systemId} and not ${isLinked}) as component_without_asset,
           (select count(*)::int from ingestion_assets a where ${isMember(systemId)} and ${isNoComponentOf(systemId)}) as asset_without_component`.execute(
    db,
  );
  return rows[0] ?? { linked: 0, component_without_asset: 0, asset_without_component: 0 };
}

export interface TopWeakness {
  readonly pluginId: string;
  readonly name: string | null;
  readonly severity: number;
  readonly assets: number;
}

/** The weaknesses of high and critical severity on the most assets of a boundary. */
export async function listTopWeaknesses(
  db: Kysely<Database>,
  systemId: string,
  limit: number,
): Promise<TopWeakness[]> {
  const { rows } = await sql<TopWeakness>`
    select v.plugin_id::text as "pluginId", max(plugin.name) as name, max(v.severity_rank)::int as severity, count(distinct v.asset_ref)::int as assets
      from ingestion_assets a
      join ingestion_vulnerabilities v on v.asset_ref = a.asset_uuid and ${isOpen} and v.severity_rank >= 3
      left join scan_plugins plugin on plugin.plugin_id = v.plugin_id::text
     where ${isMember(systemId)}
     group by 1 order by assets desc, severity desc, 1 limit ${limit}`.execute(db);
  return rows;
}
