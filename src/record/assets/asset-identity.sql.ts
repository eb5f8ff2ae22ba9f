/** What ties a source's record to an asset where no link says so: who shares its identifiers, and what was decided and why. */
import {
  comparedKinds,
  decideIdentity,
  type IdentityCandidate,
  type IdentityDecision,
} from './asset-identity.ts';
import { deriveUuid } from '../../platform/values/index.ts';
import type { Identifier, IdentifierKind } from '../../canonical/identity/index.ts';
import { storableJson, type Tx } from '../../platform/postgres/index.ts';
import { ruleValues } from '../../ledger/operations/index.ts';
import { askIdentity } from '../matches/index.ts';

export interface AssetSource {
  readonly systemId: number;
  readonly operationId: string;
  /** For ingestion_source of an asset that is new. */
  readonly systemType: string;
  /** Whether the source's uuids are the assets' own (Tenable VM), and never two for one asset. */
  readonly ownsIdentity: boolean;
  /** Whether the assets of a page are recognised while no other run does: two that see the same new machine at once would make two of it. */
  readonly takesTurn?: boolean;
}

interface Unidentified {
  readonly external_id: string;
  readonly own_uuid: string;
  readonly identifiers: readonly Identifier[];
  readonly seen_at: Date | null;
}

interface Found {
  readonly external_id: string;
  readonly asset_uuid: string;
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly last_seen: Date | null;
  readonly assets: number;
}

const dayMs = 86_400_000;
const compared = new Set<IdentifierKind>(comparedKinds);

/** Gives every staged record that has no asset yet one: of those that are known, or its own. */
export async function identifyAssets(tx: Tx, source: AssetSource): Promise<void> {
  const { rows: unidentified } = await tx.client.query<Unidentified>(`
    select external_id, own_uuid::text, identifiers, seen_at from staging_assets where asset_uuid is null order by ordinal`);
  if (unidentified.length === 0) return;
  const found = Map.groupBy(await findSharing(tx, source), (row) => row.external_id);
  const known = await fetchCompared(tx, [
    ...new Set([...found.values()].flat().map((row) => row.asset_uuid)),
  ]);
  // Machines of this page that are new are candidates for those after them, except where the source itself distinguishes its assets.
  const page = new Map<string, { readonly assetUuid: string; readonly seen: Date | null }[]>();
  const decided: { row: Unidentified; decision: IdentityDecision; assetUuid: string }[] = [];
  const taken = await findTakenUuids(tx, unidentified);
  const claimed = new Set<string>();
  for (const row of unidentified) {
    const here = source.ownsIdentity ? [] : sharingInPage(row, page);
    const candidates = candidatesOf(row, [...(found.get(row.external_id) ?? []), ...here], known).filter(
      (candidate) => !(source.ownsIdentity && claimed.has(candidate.assetUuid)),
    );
    const decision = decideIdentity(candidates);
    const own = taken.has(row.own_uuid)
      ? deriveUuid('asset', String(source.systemId), row.external_id)
      : row.own_uuid;
    const assetUuid = decision.assetUuid ?? own;
    if (decision.decision === 'linked') claimed.add(assetUuid);
    taken.add(assetUuid);
    decided.push({ row, decision, assetUuid });
    for (const { kind, value } of row.identifiers) {
      const key = `${kind} ${value}`;
      page.set(key, [...(page.get(key) ?? []), { assetUuid, seen: row.seen_at }]);
    }
    known.set(assetUuid, [
      ...(known.get(assetUuid) ?? []),
      ...row.identifiers.filter(({ kind }) => compared.has(kind)),
    ]);
  }
  await tx.client.query(
    `update staging_assets s set asset_uuid = d."assetUuid"
       from jsonb_to_recordset($1::jsonb) d("externalId" text, "assetUuid" uuid) where d."externalId" = s.external_id`,
    [storableJson(decided.map(({ row, assetUuid }) => ({ externalId: row.external_id, assetUuid })))],
  );
  await recordDecisions(tx, source, decided);
}

/** Assets that share an identifier with a staged record; none that the source itself says is another one. */
async function findSharing(tx: Tx, source: AssetSource): Promise<Found[]> {
  const { rows } = await tx.client.query<Found>(
    `with wanted as (
       select s.external_id, v.kind, v.value from staging_assets s
        cross join lateral jsonb_to_recordset(s.identifiers) v(kind text, value text) where s.asset_uuid is null
     ), bearing as (
       select w.external_id, i.asset_uuid, i.kind, i.value, i.last_seen,
              count(*) over (partition by w.external_id, i.kind, i.value)::int as assets
         from wanted w
        cross join lateral (
          -- Looked up one by one: within the transaction of a file the table has no statistics yet, and a plan for a small one is chosen.
          select * from asset_identifiers known where known.kind = w.kind and known.value = w.value offset 0
        ) i
         join ingestion_assets a using (asset_uuid)
        where a.merged_into is null and a.deleted_at is null and a.terminated_at is null
     )
     select external_id, asset_uuid::text, kind, value, last_seen, assets from bearing b
      where not ($2 and exists (select from sync_links l where l.external_system_id = $1 and l.entity_type = 'asset'
                                   and l.entity_id = b.asset_uuid::text))`,
    [source.systemId, source.ownsIdentity],
  );
  return rows;
}

function sharingInPage(
  row: Unidentified,
  page: ReadonlyMap<string, readonly { readonly assetUuid: string; readonly seen: Date | null }[]>,
): Found[] {
  return row.identifiers.flatMap(({ kind, value }) => {
    const bearing = page.get(`${kind} ${value}`) ?? [];
    const assets = new Set(bearing.map((each) => each.assetUuid)).size;
    return bearing.map(({ assetUuid, seen }) => ({
      external_id: row.external_id,
      asset_uuid: assetUuid,
      kind,
      value,
      last_seen: seen,
      assets,
    }));
  });
}

function candidatesOf(
  row: Unidentified,
  found: readonly Found[],
  known: ReadonlyMap<string, readonly Identifier[]>,
): IdentityCandidate[] {
  return [...Map.groupBy(found, (each) => each.asset_uuid)].map(([assetUuid, shared]) => ({
    assetUuid,
    shared: shared.map(({ kind, value, last_seen, assets }) => ({
      kind,
      value,
      assets,
      ageDays:
        last_seen && row.seen_at ? Math.abs(row.seen_at.getTime() - last_seen.getTime()) / dayMs : undefined,
    })),
    contradicted: [...compared].filter((kind) => {
      const own = row.identifiers.filter((each) => each.kind === kind).map((each) => each.value);
      const theirs = (known.get(assetUuid) ?? [])
        .filter((each) => each.kind === kind)
        .map((each) => each.value);
      return own.length > 0 && theirs.length > 0 && !own.some((value) => theirs.includes(value));
    }),
  }));
}

async function fetchCompared(tx: Tx, assetUuids: readonly string[]): Promise<Map<string, Identifier[]>> {
  const { rows } = await tx.client.query<Identifier & { asset_uuid: string }>(
    `select asset_uuid::text, kind, value from asset_identifiers where asset_uuid = any($1::uuid[]) and kind = any($2)`,
    [assetUuids, [...compared]],
  );
  const byAsset = Map.groupBy(rows, (row) => row.asset_uuid);
  return new Map(
    [...byAsset].map(([asset, list]) => [asset, list.map(({ kind, value }) => ({ kind, value }))]),
  );
}

/** Those of the uuids from sources that are some asset already. */
async function findTakenUuids(tx: Tx, unidentified: readonly Unidentified[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ uuid: string }>(
    'select asset_uuid::text as uuid from ingestion_assets where asset_uuid = any($1::uuid[])',
    [unidentified.map((row) => row.own_uuid)],
  );
  return new Set(rows.map((row) => row.uuid));
}

/** Candidates that are kept with a decision. */
const keptCandidates = 5;

async function recordDecisions(
  tx: Tx,
  source: AssetSource,
  decided: readonly { row: Unidentified; decision: IdentityDecision; assetUuid: string }[],
): Promise<void> {
  // That a machine is new where nothing speaks for another one needs no row of its own: there are a hundred thousand of them.
  const told = decided.filter(({ decision }) => decision.candidates.length > 0);
  if (told.length === 0) return;
  const { rows: kept } = await tx.client.query<{ id: string; decision: string }>(
    `insert into asset_identity_decisions (external_system_id, external_id, asset_uuid, decision, candidates, reason_code, reason_params, decided_by_kind, rule_code, operation_id)
     select $1, d."externalId", d."assetUuid", d.decision, d.candidates, d.reason ->> 'code', d.reason -> 'params', ${ruleValues('weighted_identifiers')}, $2::uuid
       from jsonb_to_recordset($3::jsonb) d("externalId" text, "assetUuid" uuid, decision text, candidates jsonb, reason jsonb)
     returning id::text, decision`,
    [
      source.systemId,
      source.operationId,
      storableJson(
        told.map(({ row, decision, assetUuid }) => ({
          externalId: row.external_id,
          assetUuid,
          decision: decision.decision,
          reason: decision.reason,
          candidates: decision.candidates.slice(0, keptCandidates),
        })),
      ),
    ],
  );
  const asked = kept.filter(({ decision }) => decision === 'review');
  await askIdentity(
    tx.db,
    source,
    asked.map(({ id }) => id),
  );
}
