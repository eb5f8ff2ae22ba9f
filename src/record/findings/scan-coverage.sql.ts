/**
 * What scans with credentials covered, and what follows from it: a finding that such a scan would have shown, and did not, is
 * fixed since then. Kept, so that it follows also for what is reported later.
 */
import { createHash } from 'node:crypto';
import { transitionsOf, type Transitions } from './scan-absence.ts';
import { ran, type ScanScope, scopeAsJson, scopeFromJson } from '../../canonical/record-fields/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { renewExposure } from './asset-exposure.sql.ts';
import { storableJson, type Tx } from '../../platform/postgres/index.ts';
import { concludedState, nextChangeNumber } from './finding-lifecycle.sql.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';

interface Source {
  /** Null: of no source in particular, where a person has moved things. */
  readonly systemId: number | null;
  readonly operationId: string;
}

export interface CoveringScan {
  readonly assetUuid: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
}

/** @returns the id of the scope, made where there is none. */
export async function saveScope(tx: Tx, scope: ScanScope): Promise<number> {
  const json = storableJson(scopeAsJson(scope));
  const sha256 = createHash('sha256').update(json).digest('hex');
  const { rows } = await tx.client.query<{ id: number }>(
    `with made as (
       insert into scan_scopes (sha256, scope) values ($1, $2::jsonb) on conflict (sha256) do nothing returning id
     )
     select id from made union all select id from scan_scopes where sha256 = $1 limit 1`,
    [sha256, json],
  );
  return rows[0]?.id ?? 0;
}

export async function saveCoverage(
  tx: Tx,
  source: Source,
  scopeId: number,
  scans: readonly CoveringScan[],
): Promise<void> {
  if (scans.length === 0) return;
  await tx.client.query(
    `insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id, operation_id)
     select c."assetUuid", (c."endedAt"::timestamptz at time zone 'UTC'), $1, $2, $3::uuid
       from jsonb_to_recordset($4::jsonb) c("assetUuid" uuid, "endedAt" text)
     on conflict do nothing`,
    [
      scopeId,
      source.systemId,
      source.operationId,
      storableJson(scans.map(({ assetUuid, endedAt }) => ({ assetUuid, endedAt }))),
    ],
  );
}

async function fetchScopes(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, ScanScope>> {
  const { rows } = await tx.client.query<{ id: number; scope: Json }>(
    'select id, scope from scan_scopes where id = any($1::int[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, scopeFromJson(row.scope)]));
}

interface Seen {
  readonly id: number;
  readonly asset: string;
  readonly plugin_id: string;
  readonly family: string | null;
  readonly seen: readonly string[] | null;
}

interface Scan {
  readonly asset: string;
  readonly scope: number;
  readonly at: string;
}

/**
 * Concludes again, for findings of these assets, when they were fixed and came back: a scan with credentials that must have shown a
 * finding and did not says that it was gone. Together with what sources report of fixes that is the state; nothing depends on what was
 * concluded before, so not on the order in which scans were reported. Counts on idx_ingestion_vulnerabilities_asset_ref.
 * @returns how many became fixed.
 */
export async function settleCovered(tx: Tx, source: Source, assetUuids: readonly string[]): Promise<number> {
  const { rows: scans } = await tx.client.query<Scan>(
    `select asset_uuid::text as asset, scope_id as scope, ended_at::text as at from scan_coverage where asset_uuid = any($1::uuid[])`,
    [assetUuids],
  );
  if (scans.length === 0 && !(await hasConclusions(tx, assetUuids))) return 0;
  const scopes = await fetchScopes(tx, [...new Set(scans.map((scan) => scan.scope))]);
  const concluded = concludeFrom(scans, scopes, await listConcernedFindings(tx, assetUuids));
  if (concluded.length === 0) return 0;
  const fixed = await storeConclusions(tx, source, concluded);
  await renewExposure(tx, assetUuids);
  return fixed;
}

/** Findings of these assets that a scan of a later time than the first sighting did not show, or about which something was concluded. */
async function listConcernedFindings(tx: Tx, assetUuids: readonly string[]): Promise<readonly Seen[]> {
  const { rows } = await tx.client.query<Seen>(
    `select v.id::int, v.asset_ref::text as asset, v.plugin_id::text, p.family,
            (select array_agg(told.at::text order by told.at) from unnest(coalesce(v.seen_at, array[v.last_found])) told(at) where told.at is not null) as seen
       from ingestion_vulnerabilities v
       left join scan_plugins p on p.plugin_id = v.plugin_id::text
      where v.asset_ref = any($1::uuid[]) and v.finding_key is not null and v.first_found is not null
        and (exists (select from scan_coverage c where c.asset_uuid = v.asset_ref and c.ended_at > v.first_found
                        and c.ended_at <> v.last_found and coalesce(c.ended_at <> all (v.seen_at), true))
             or exists (select from finding_state_changes c where c.vulnerability_id = v.id and c.is_concluded))`,
    [assetUuids],
  );
  return rows;
}

/** What follows for each finding from the scans of its asset that ran its plugin. Pure. */
function concludeFrom(
  scans: readonly Scan[],
  scopes: ReadonlyMap<number, ScanScope>,
  findings: readonly Seen[],
): readonly Conclusion[] {
  const covered = Map.groupBy(scans, (scan) => scan.asset);
  return findings.map((finding) => {
    const must = (covered.get(finding.asset) ?? []).filter(({ scope }) => {
      const known = scopes.get(scope);
      return known !== undefined && ran(known, { id: finding.plugin_id, family: finding.family });
    });
    const absent = must.map((scan) => scan.at);
    // For times before the first one kept, it is no longer known when it was seen: what was concluded about them stays.
    const since = finding.seen?.[0] ?? null;
    return { id: finding.id, since, ...transitionsOf(finding.seen ?? [], absent) };
  });
}

async function hasConclusions(tx: Tx, assetUuids: readonly string[]): Promise<boolean> {
  const { rows } = await tx.client.query<{ some: boolean }>(
    `select exists (select from ingestion_vulnerabilities v join finding_state_changes c on c.vulnerability_id = v.id
                     where v.asset_ref = any($1::uuid[]) and c.is_concluded) as some`,
    [assetUuids],
  );
  return rows[0]?.some ?? false;
}

/** What was concluded of a finding: its transitions, and since when they replace what was concluded before. */
type Conclusion = Transitions & { readonly id: number; readonly since: string | null };

/** Replaces what was concluded of these findings, and gives them the state that follows from all that is known. */
async function storeConclusions(tx: Tx, source: Source, concluded: readonly Conclusion[]): Promise<number> {
  const withdrawn = await replaceConclusions(tx, source, concluded);
  return renewStates(tx, source, concluded, withdrawn);
}

/**
 * Stores the concluded fixes and returns, and deletes those concluded before that do not follow any more.
 * @returns ids of findings whose concluded fix was withdrawn.
 */
async function replaceConclusions(
  tx: Tx,
  source: Source,
  concluded: readonly Conclusion[],
): Promise<readonly number[]> {
  const { rows } = await tx.client.query<{ id: number }>(
    `with given as (
       select g.id, t.state, t.at::timestamp as at
         from jsonb_to_recordset($1::jsonb) g(id int, fixed jsonb, reopened jsonb)
        cross join lateral (select 'fixed' as state, f.at from jsonb_array_elements_text(g.fixed) f(at)
                            union all select 'reopened', r.at from jsonb_array_elements_text(g.reopened) r(at)) t
     ), withdrawn as (
       delete from finding_state_changes c
        using jsonb_to_recordset($1::jsonb) g(id int, since timestamp)
        where c.vulnerability_id = g.id and c.is_concluded and c.occurred_at > g.since
          and not exists (select from given where given.id = c.vulnerability_id and given.state = c.state and given.at = c.occurred_at)
       returning c.vulnerability_id, c.state
     ), made as (
       insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id, operation_id, is_concluded, change_number)
       select id, state, at, $2, $3::uuid, true, ${nextChangeNumber} from given
       on conflict do nothing
     )
     select distinct vulnerability_id as id from withdrawn where state = 'fixed'`,
    [storableJson(concluded), source.systemId, source.operationId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Gives findings the state that follows from their latest fix, reported or concluded, with the change in the journal. The latest fix
 * is looked up by the primary key of finding_state_changes.
 * @param withdrawn those whose concluded fix was withdrawn. @returns how many became fixed.
 */
async function renewStates(
  tx: Tx,
  source: Source,
  concluded: readonly Conclusion[],
  withdrawn: readonly number[],
): Promise<number> {
  const then = concludedState({ lastFixed: 'now.last_fixed', isWithdrawn: 'v.id = any($4::int[])' });
  const { rows } = await tx.client.query<{ n: number }>(
    `with known as (
       select v.id, max(c.occurred_at) as last_fixed
         from unnest($3::int[]) g(id)
         join ingestion_vulnerabilities v using (id)
         left join finding_state_changes c on c.vulnerability_id = v.id and c.state = 'fixed'
        group by v.id
     ), now as (
       select v.id, v.lifecycle_state as before, k.last_fixed from known k join ingestion_vulnerabilities v using (id)
     ), written as (
       -- From the row as it is when it is written: somebody else may have seen the finding meanwhile.
       update ingestion_vulnerabilities v
          set last_fixed = now.last_fixed, lifecycle_state = ${then.lifecycleState}, state = ${then.state}, updated_at = tieline_now(), batch_id = $1
         from now
        where v.id = now.id and (v.last_fixed, v.lifecycle_state) is distinct from (now.last_fixed, ${then.lifecycleState})
       returning v.id, now.before, v.lifecycle_state as after, v.last_fixed
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                 decided_by_kind, rule_code, reason_code, reason_params)
       select $1, $2, 'finding', id, 'lifecycle_state', to_jsonb(before), to_jsonb(after), 'inbound',
              ${ruleValues('scan_coverage')}, ${reasonValue('last_fixed')}, jsonb_build_object('at', coalesce(last_fixed::text, 'never'))
         from written where before is distinct from after
     )
     select count(*)::int as n from written where after = 'fixed' and before is distinct from 'fixed'`,
    [source.operationId, source.systemId, concluded.map(({ id }) => id), withdrawn],
  );
  return rows[0]?.n ?? 0;
}
