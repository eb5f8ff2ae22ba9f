/** A plugin, with where it is open. Its text belongs to nobody's boundary; the counts are those of the scope. */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { type Severity, severities } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isAssetIn } from '../systems/index.ts';
import { fetchPluginText, type FindingPlugin } from './fetch-finding.sql.ts';
import { isShown, pluginOf } from './finding-conditions.sql.ts';

export interface PluginDetail extends FindingPlugin {
  readonly name: string;
  readonly family: string | null;
  readonly severities: readonly Severity[];
  readonly vpr: number | null;
  readonly epss: number | null;
  readonly cvss: number | null;
  readonly cves: readonly string[];
  readonly hasExploit: boolean | null;
  readonly hasPatch: boolean | null;
  readonly patchPublishedAt: Date | null;
  readonly open: number;
  readonly fixed: number;
  /** With an open finding. */
  readonly assets: number;
  readonly firstFound: Date | null;
  readonly lastSeen: Date | null;
}

/** @returns undefined where no source has reported that plugin in the scope. */
export async function fetchPlugin(
  db: Kysely<Database>,
  scope: Scope,
  pluginId: string,
): Promise<PluginDetail | undefined> {
  const text = await fetchPluginText(db, pluginId);
  if (!text) return undefined;
  const { rows } = await sql<
    Omit<PluginDetail, keyof FindingPlugin | 'severities'> & { readonly ranks: readonly number[] }
  >`
    select p.name, p.family, p.vpr_score::float8 as vpr, p.epss_score::float8 as epss, p.cvss3_base_score::float8 as cvss, p.cves,
           p.exploit_available as "hasExploit", p.has_patch as "hasPatch", p.patch_published_at as "patchPublishedAt", counted.*
      from scan_plugins p cross join (
             select count(*) filter (where v.lifecycle_state in ('open', 'reopened'))::int as open, count(*) filter (where v.lifecycle_state = 'fixed')::int as fixed,
                    count(distinct v.asset_ref) filter (where v.lifecycle_state in ('open', 'reopened'))::int as assets,
                    min(v.first_found) as "firstFound", max(v.last_found) as "lastSeen", coalesce(array_agg(distinct v.severity_rank::int), '{}') as ranks
               from ingestion_vulnerabilities v where ${pluginOf} = ${pluginId} and ${isShown} and ${isAssetIn(scope, sql`v.asset_ref`)}) counted
     where p.plugin_id = ${pluginId}`.execute(db);
  const [row] = rows;
  if (!row || (row.open === 0 && row.fixed === 0)) return undefined;
  const { ranks, ...rest } = row;
  return {
    ...text,
    ...rest,
    severities: ranks.toSorted((a, b) => b - a).flatMap((rank) => severities[rank] ?? []),
  };
}
