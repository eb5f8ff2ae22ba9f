/**
 * A finding as a row of the list, and as a record of an export: everything that a person may want to see of it in a column.
 *
 * What findings share (a plugin's text, an asset's names and systems) is looked up apart, each plugin and asset once. Joined into each row of an
 * export of a million, it was read, sent and parsed a million times, which was half of its time.
 */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { findingPoamStates, findingStates } from '../../canonical/lists/index.ts';
import type { RemediationStatus, Severity } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
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
  /** The person or team whose work it is. */
  readonly assignedTo: string | null;
  /** How far the work on it is; null where nobody has begun any. */
  readonly remediationStatus: RemediationStatus | null;
  /** The day by which whoever works on it plans to have fixed it. */
  readonly plannedFor: string | null;
}

export interface ListedFinding {
  readonly id: number;
  readonly row: FindingRow;
}

type PluginPart = Pick<
  FindingRow,
  'family' | 'vpr' | 'epss' | 'cvss' | 'hasExploit' | 'cves' | 'solution' | 'patchPublishedAt'
> & { readonly name: string | null };

type AssetPart = Pick<FindingRow, 'assetName' | 'ip' | 'fqdn' | 'systemIds' | 'acr' | 'criticality'>;

/** Columns of the finding itself. */
type OwnPart = Omit<FindingRow, keyof PluginPart | keyof AssetPart | 'sources'> & {
  readonly id: number;
  /** As the finding's own row has it, where its plugin is not known. */
  readonly ownName: string;
  readonly reportedBy: readonly number[];
};

/** What was looked up for earlier rows of the same list, in the same scope. */
export interface KnownParts {
  readonly plugins: Map<string, PluginPart>;
  readonly assets: Map<string, AssetPart>;
  readonly sources: Map<number, string>;
}

export const nothingKnown = (): KnownParts => ({ plugins: new Map(), assets: new Map(), sources: new Map() });

/** More than these are forgotten and looked up again, so that memory does not grow with the list. */
const knownAtMost = 2_000;

/** Looks up what is not known yet of these. */
async function learn<Key, Part>(
  known: Map<Key, Part>,
  wanted: Iterable<Key>,
  fetchParts: (missing: readonly Key[]) => Promise<readonly (readonly [Key, Part])[]>,
): Promise<void> {
  const all = new Set(wanted);
  if (known.size + all.size > knownAtMost) known.clear();
  const missing = [...all].filter((key) => !known.has(key));
  if (missing.length > 0) for (const [key, part] of await fetchParts(missing)) known.set(key, part);
}

async function fetchPlugins(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<readonly (readonly [string, PluginPart])[]> {
  const { rows } = await sql<PluginPart & { readonly id: string }>`
    select plugin_id as id, name, family, vpr_score::float8 as vpr, epss_score::float8 as epss, cvss3_base_score::float8 as cvss,
           exploit_available as "hasExploit", coalesce(cves, '{}') as cves, solution, patch_published_at as "patchPublishedAt"
      from scan_plugins where plugin_id = any(${[...ids]}::text[])`.execute(db);
  return rows.map(({ id, ...part }) => [id, part]);
}

async function fetchAssets(
  db: Kysely<Database>,
  scope: Scope,
  uuids: readonly string[],
): Promise<readonly (readonly [string, AssetPart])[]> {
  const { rows } = await sql<AssetPart & { readonly uuid: string }>`
    select a.asset_uuid::text as uuid, a.hostname as "assetName",
           (select n.ipv4_address from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and n.ipv4_address is not null order by n.id limit 1) as ip,
           (select n.fqdn from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and n.fqdn is not null order by n.id limit 1) as fqdn,
           array(select s.system_id from (${systemsOfAsset(scope, sql`a.asset_uuid`)}) s order by 1) as "systemIds",
           coalesce(x.acr_override, a.acr_score)::float8 as acr, x.business_criticality as criticality
      from ingestion_assets a
      left join assets_extended x on x.asset_uuid = a.asset_uuid
     where a.asset_uuid = any(${[...uuids]}::uuid[])`.execute(db);
  return rows.map(({ uuid, ...part }) => [uuid, part]);
}

async function fetchSources(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<readonly (readonly [number, string])[]> {
  const { rows } = await sql<{ readonly id: number; readonly name: string }>`
    select id, system_name::text as name from external_systems where id = any(${[...ids]}::int[])`.execute(
    db,
  );
  return rows.map(({ id, name }) => [id, name]);
}

/** One lookup for each row of each table, so a page's rows only. */
async function fetchOwnParts(
  db: Kysely<Database>,
  { scope, now }: { readonly scope: Scope; readonly now: Date },
  ids: readonly number[],
): Promise<OwnPart[]> {
  const { rows } = await sql<OwnPart>`
    select page.id, v.finding_key::text as key, ${sql.raw(severityWord('v.severity_rank'))} as severity, v.plugin_id::text as "pluginId",
           v.vulnerability_name as "ownName", v.asset_ref::text as "assetUuid", v.port, v.protocol, v.service, v.lifecycle_state as state,
           ${sql.raw(isAcceptedFinding('v'))} as "isAccepted", v.first_found as "firstFound", v.last_found as "lastSeen", v.last_fixed as "lastFixed",
           (select count(*)::int from finding_state_changes c where c.vulnerability_id = v.id and c.state = 'reopened') as "timesCameBack",
           w.due_on as "dueOn", k.poam_id as "poamId", k.status as "poamStatus", ${poamStateOf('k', now)} as "poamState",
           coalesce(v.reported_by, '{}') as "reportedBy", coalesce(w.controls, '{}') as controls,
           coalesce(p.name, t.name) as "assignedTo", r.remediation_status as "remediationStatus", r.due_date as "plannedFor"
      from unnest(${[...ids]}::int[]) with ordinality page(id, place)
      join ingestion_vulnerabilities v on v.id = page.id
      left join lateral (select * from weaknesses w where w.id = ${weaknessInScope(scope)} offset 0) w on true
      left join lateral (select k.id, k.poam_id, k.status, k.scheduled_completion from ingestion_poams k where k.id = ${poamInScope(scope)} offset 0) k on true
      left join vulnerability_remediation r on r.vulnerability_id = v.id and r.updated_at is not null
      left join principals p on p.id = r.assigned_principal_id
      left join teams t on t.id = r.assigned_team_id
     order by page.place`.execute(db);
  return rows;
}

const unknownPlugin: PluginPart = {
  name: null,
  family: null,
  vpr: null,
  epss: null,
  cvss: null,
  hasExploit: null,
  cves: [],
  solution: null,
  patchPublishedAt: null,
};
const unknownAsset: AssetPart = {
  assetName: null,
  ip: null,
  fqdn: null,
  systemIds: [],
  acr: null,
  criticality: null,
};

const compose =
  (known: KnownParts) =>
  ({ id, ownName, reportedBy, ...own }: OwnPart): ListedFinding => {
    const plugin = known.plugins.get(own.pluginId) ?? unknownPlugin;
    const row = {
      ...own,
      ...plugin,
      ...(known.assets.get(own.assetUuid) ?? unknownAsset),
      name: plugin.name ?? ownName,
      sources: reportedBy.toSorted((a, b) => a - b).flatMap((source) => known.sources.get(source) ?? []),
    };
    return { id, row };
  };

/** The rows of these ids, in the order of the ids. @param known what earlier rows of the same list in the same scope had; added to. */
export async function fetchRows(
  db: Kysely<Database>,
  sight: { readonly scope: Scope; readonly now: Date },
  ids: readonly number[],
  known: KnownParts = nothingKnown(),
): Promise<ListedFinding[]> {
  if (ids.length === 0) return [];
  const rows = await fetchOwnParts(db, sight, ids);
  await learn(
    known.plugins,
    rows.map((row) => row.pluginId),
    (missing) => fetchPlugins(db, missing),
  );
  await learn(
    known.assets,
    rows.map((row) => row.assetUuid),
    (missing) => fetchAssets(db, sight.scope, missing),
  );
  await learn(
    known.sources,
    rows.flatMap((row) => row.reportedBy),
    (missing) => fetchSources(db, missing),
  );
  return rows.map(compose(known));
}
