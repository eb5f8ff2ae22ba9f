/** CVEs as people look at them. What feeds say of one is nobody's boundary; the counts of findings are those of the scope. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { isAssetIn } from '../systems/index.ts';
import type { CvssRating, CvssVersion, Feed } from './cve-facts.ts';

export interface CveRow {
  readonly cve: string;
  readonly kevAdded: string | null;
  readonly kevDue: string | null;
  readonly kevRansomware: boolean | null;
  readonly kevName: string | null;
  readonly kevWithdrawnOn: string | null;
  readonly epss: number | null;
  readonly epssPercentile: number | null;
  readonly epssDate: string | null;
  readonly epssModel: string | null;
  readonly exploitation: string | null;
  readonly automatable: string | null;
  readonly technicalImpact: string | null;
  readonly cvss: Readonly<Partial<Record<CvssVersion, CvssRating>>>;
  readonly attackVector: string | null;
  readonly exploitabilityScore: number | null;
  readonly exploitKnown: boolean | null;
  readonly patchAvailable: boolean | null;
  readonly isRejected: boolean;
  readonly description: string | null;
  readonly publishedAt: Date | null;
  /** Plugins that look for it. */
  readonly plugins: number;
}

const columns = sql`
  c.cve, c.kev_added::text as "kevAdded", c.kev_due::text as "kevDue", c.kev_ransomware as "kevRansomware", c.kev_name as "kevName",
  c.kev_withdrawn_on::text as "kevWithdrawnOn", c.epss::float8 as epss, c.epss_percentile::float8 as "epssPercentile",
  c.epss_date::text as "epssDate", c.epss_model as "epssModel", c.exploitation, c.automatable, c.technical_impact as "technicalImpact",
  c.cvss, c.attack_vector as "attackVector", c.exploitability_score::float8 as "exploitabilityScore", c.exploit_known as "exploitKnown",
  c.patch_available as "patchAvailable", c.is_rejected as "isRejected", c.description, c.published_at as "publishedAt",
  (select count(*)::int from plugin_cves p where p.cve = c.cve) as plugins`;

export interface CveQuery {
  /** The beginning of an identifier, or words of the catalogue's name. */
  readonly q?: string | undefined;
  /** Only those that are listed as known to be exploited. */
  readonly kev?: boolean | undefined;
  /** Only those that a known plugin looks for. */
  readonly here?: boolean | undefined;
  readonly limit: number;
  /** Those that come after this one. */
  readonly after?: string | undefined;
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

function conditionsOf({ q, kev, here, after }: CveQuery): RawBuilder<boolean>[] {
  const text = q?.trim() ?? '';
  const isId = /^cve-?[\d-]*$/i.test(text) || /^\d{4}(?:-\d*)?$/.test(text);
  const id = `CVE-${text.toUpperCase().replace(/^CVE-?/, '')}`;
  return [
    ...(text === ''
      ? []
      : [
          isId
            ? sql<boolean>`c.cve like ${`${escaped(id)}%`}`
            : sql<boolean>`c.kev_name ilike ${`%${escaped(text)}%`}`,
        ]),
    ...(kev === true || (text !== '' && !isId) ? [sql<boolean>`c.kev_added is not null`] : []),
    ...(here === true ? [sql<boolean>`exists (select from plugin_cves p where p.cve = c.cve)`] : []),
    ...(after === undefined ? [] : [sql<boolean>`c.cve < ${after}`]),
  ];
}

/** CVEs that fit, the newest identifier first. */
export async function searchCves(db: Kysely<Database>, query: CveQuery): Promise<CveRow[]> {
  const conditions = conditionsOf(query);
  const { rows } = await sql<CveRow>`
    select ${columns} from cve_intelligence c
     where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}
     order by c.cve desc limit ${query.limit}`.execute(db);
  return rows;
}

export interface CvePlugin {
  readonly pluginId: string;
  readonly name: string;
  /** Open findings in the scope, and the machines that they are on. */
  readonly open: number;
  readonly assets: number;
}

export interface CveChange {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  readonly feed: Feed;
  readonly version: string | null;
  readonly at: Date;
}

export interface CveReported {
  readonly feed: Feed;
  readonly reportedAt: Date | null;
  readonly firstLoadedAt: Date;
  readonly withdrawnAt: Date | null;
  readonly source: string;
  readonly loadedAt: Date;
}

export interface CveDetail extends CveRow {
  readonly kevAction: string | null;
  readonly ssvcAt: Date | null;
  readonly ssvcSource: string | null;
  readonly nvdStatus: string | null;
  readonly cwes: readonly string[];
  readonly modifiedAt: Date | null;
  readonly loadedAt: Date;
  readonly reports: readonly CveReported[];
  readonly changes: readonly CveChange[];
  readonly foundBy: readonly CvePlugin[];
}

/** What is known of a CVE, where from, and what it means here. @returns undefined where no feed has named it. */
export async function fetchCve(
  db: Kysely<Database>,
  scope: Scope,
  cve: string,
): Promise<CveDetail | undefined> {
  const { rows } = await sql<Omit<CveDetail, 'reports' | 'changes' | 'foundBy'>>`
    select ${columns}, c.kev_action as "kevAction", c.ssvc_at as "ssvcAt", c.ssvc_source as "ssvcSource", c.nvd_status as "nvdStatus",
           c.cwes, c.modified_at as "modifiedAt", c.loaded_at as "loadedAt"
      from cve_intelligence c where c.cve = ${cve}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const reports = await sql<CveReported>`
    select r.feed, r.reported_at as "reportedAt", r.first_loaded_at as "firstLoadedAt", r.withdrawn_at as "withdrawnAt",
           l.source, l.loaded_at as "loadedAt"
      from cve_reports r join intelligence_loads l on l.id = r.load_id where r.cve = ${cve} order by r.feed`.execute(
    db,
  );
  const changes = await sql<CveChange>`
    select h.field_name as field, h.before_value as before, h.after_value as after, l.feed, l.version, h.changed_at as at
      from cve_changes h join intelligence_loads l on l.id = h.load_id
     where h.cve = ${cve} order by h.changed_at desc, h.id desc limit 100`.execute(db);
  return {
    ...row,
    reports: reports.rows,
    changes: changes.rows,
    foundBy: await listPluginsOf(db, scope, cve),
  };
}

/** Plugins that look for a CVE, those with open findings first. */
async function listPluginsOf(db: Kysely<Database>, scope: Scope, cve: string): Promise<CvePlugin[]> {
  const { rows } = await sql<CvePlugin>`
    select p.plugin_id as "pluginId", p.name, counted.open, counted.assets
      from plugin_cves k
      join scan_plugins p on p.plugin_id = k.plugin_id
     cross join lateral (
       select count(*)::int as open, count(distinct v.asset_ref)::int as assets from ingestion_vulnerabilities v
        where v.plugin_id::text = p.plugin_id and v.lifecycle_state in ('open', 'reopened') and ${isAssetIn(scope, sql`v.asset_ref`)}) counted
     where k.cve = ${cve}
     order by counted.open desc, p.plugin_id limit 100`.execute(db);
  return rows;
}
