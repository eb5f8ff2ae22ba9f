/** Sinks of what is loaded in bulk: assets and findings. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { findingKey, identifiersOfAsset } from '../../canonical/identity/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import {
  assetRecord,
  complianceRecord,
  type FindingRecord,
  pluginRecord,
} from '../../canonical/record-fields/index.ts';
import { type AssetSource, beginAssetLoad } from '../../record/assets/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import {
  beginComplianceLoad,
  beginFindingLoad,
  type FindingLoad,
  type FindingSource,
  type RefusedFinding,
  type ReportedFinding,
  type WaitingFinding,
} from '../../record/findings/index.ts';
import { addCounts, type HeldRecord, noCounts } from '../../ledger/operations/index.ts';
import { openAssetContextSink } from './asset-context-sink.ts';
import { findingPreparer, type PreparedFinding } from './prepare-finding.ts';
import type { LinkedSource } from '../../engine/inbound/index.ts';
import { heldFor, type MapperOf, type Sink } from '../../record/entities/index.ts';

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

export async function openAssetSink(
  tx: Tx,
  source: LinkedSource & AssetSource,
  mapperOf: MapperOf,
): Promise<Sink> {
  const contexts = openAssetContextSink(tx, source, mapperOf);
  const map = mapperOf('asset', assetRecord);
  const load = await beginAssetLoad(tx, source);
  const held: HeldRecord[] = [];
  let read = 0;
  return {
    async add(external) {
      read += 1;
      const mapped = map(external.raw);
      if (!mapped.ok) held.push(heldFor('ingestion_assets', external, mapped.faults));
      else
        await load.add({
          externalId: source.ownsIdentity ? mapped.record.asset_uuid : external.externalId,
          record: mapped.record,
          identifiers: identifiersOfAsset(mapped.record, source.ownsIdentity),
          raw: external.raw,
        });
      contexts.add(external);
    },
    async finish() {
      const ofAssets = { ...noCounts, ...(await load.finish()), read, failed: held.length };
      const ofContexts = await contexts.finish();
      return { counts: addCounts(ofAssets, ofContexts.counts), held: [...held, ...ofContexts.held] };
    },
    abort: (cause) => load.abort(cause),
  };
}

/**
 * What plugins looked like when last seen in this run, so that a plugin that a hundred thousand findings repeat is
 * mapped once. A few thousand plugins are known at a time; the oldest are forgotten.
 */
export class SeenPlugins {
  readonly #seen = new Map<string, { readonly block: JsonObject; json: string | undefined }>();

  /** Whether this very block was seen already; remembers it. */
  has(pluginId: string, block: JsonObject): boolean {
    const seen = this.#seen.get(pluginId);
    // Readers that know what repeats give the same object again.
    if (seen?.block === block) return true;
    const json = seen && JSON.stringify(block);
    if (seen && (seen.json ??= JSON.stringify(seen.block)) === json) return true;
    this.#seen.delete(pluginId);
    this.#seen.set(pluginId, { block, json });
    if (this.#seen.size > 5_000) this.#seen.delete(this.#seen.keys().next().value ?? '');
    return false;
  }

  /** The block could not be stored, so the next finding with it must be looked at again. */
  refuse(pluginId: string): void {
    this.#seen.delete(pluginId);
  }

  /** After a rollback nothing of what was seen is certain to be stored. */
  forget(): void {
    this.#seen.clear();
  }
}

function waitingFor(finding: WaitingFinding): HeldRecord {
  return {
    table: 'ingestion_vulnerabilities',
    identifier: `${finding.asset_uuid} plugin ${finding.plugin_id}`,
    type: 'waiting',
    message: `asset_uuid: ${finding.asset_uuid} is no asset known here yet, and this database's ingestion_vulnerabilities refers to ingestion_assets; it comes in with the next full read`,
    raw: { ...finding },
  };
}

function refusedFor(finding: RefusedFinding): HeldRecord {
  return {
    table: 'ingestion_vulnerabilities',
    identifier: `${finding.asset_uuid} plugin ${finding.plugin_id}`,
    type: 'database',
    message: finding.reason,
    raw: { ...finding },
  };
}

/** A sink of findings, also of those that were prepared before it was opened. */
export interface FindingSink extends Sink {
  addPrepared(finding: PreparedFinding): Promise<void>;
}

export async function openFindingSink(
  tx: Tx,
  source: FindingSource,
  mapperOf: MapperOf,
  known: { readonly seenPlugins: SeenPlugins; readonly assetAliases: ReadonlyMap<string, string> },
): Promise<FindingSink> {
  const load = await beginFindingLoad(tx, source);
  const held: HeldRecord[] = [];
  const seen: string[] = [];
  let read = 0;
  const prepare = findingPreparer(mapperOf);
  const report = reportedBy(mapperOf, known, { load, held });
  const addPrepared = async (prepared: PreparedFinding): Promise<void> => {
    read += 1;
    const finding = report(prepared);
    if (finding) seen.push(finding.key);
    if (finding) await load.add(finding);
  };
  return {
    add: (external) => addPrepared(prepare(external)),
    addPrepared,
    seen: () => seen,
    stage: () => load.stage(),
    async finish() {
      const { counts, waiting, refused } = await load.finish();
      held.push(...waiting.map((finding) => waitingFor(finding)));
      held.push(...refused.map((finding) => refusedFor(finding)));
      return { counts: { ...noCounts, ...counts, read, failed: held.length }, held };
    },
    async abort(cause) {
      known.seenPlugins.forget();
      await load.abort(cause);
    },
  };
}

/**
 * Reads records of a source as findings. Their plugins go to the load, what cannot be imported to the held.
 * @returns what a record reports, mapped as a whole only where it does not say what it said the last time; undefined where it is held.
 */
function reportedBy(
  mapperOf: MapperOf,
  {
    seenPlugins,
    assetAliases,
  }: { readonly seenPlugins: SeenPlugins; readonly assetAliases: ReadonlyMap<string, string> },
  { load, held }: { readonly load: FindingLoad; readonly held: HeldRecord[] },
): (prepared: PreparedFinding) => ReportedFinding | undefined {
  const mapPlugin = mapperOf('plugin', pluginRecord);

  /** Adds the plugin block unless it is known; answers whether the finding may be stored. */
  function takePlugin(external: ExternalRecord, pluginId: string): boolean {
    const block = external.raw['plugin'];
    if (isJsonObject(block) && seenPlugins.has(pluginId, block)) return true;
    const plugin = mapPlugin(external.raw);
    if (plugin.ok) load.addPlugin({ record: plugin.record, raw: isJsonObject(block) ? block : {} });
    else {
      seenPlugins.refuse(pluginId);
      held.push(heldFor('scan_plugins', external, plugin.faults));
    }
    return plugin.ok;
  }

  function readAll(prepared: PreparedFinding): FindingRecord | undefined {
    const finding = prepared.map();
    if (!finding.ok) held.push(heldFor('ingestion_vulnerabilities', prepared.external, finding.faults));
    return finding.ok ? finding.record : undefined;
  }

  return (prepared) => {
    const { identity } = prepared;
    if (!identity) {
      readAll(prepared);
      return undefined;
    }
    if (!takePlugin(prepared.external, identity.plugin_id)) return undefined;
    const reportedUuid = identity.asset_uuid.toLowerCase();
    const asset_uuid = assetAliases.get(reportedUuid) ?? reportedUuid;
    return {
      key: findingKey({ ...identity, asset_uuid }),
      digest: prepared.digest,
      raw: prepared.json,
      read() {
        const finding = readAll(prepared);
        return finding && { ...finding, asset_uuid };
      },
    };
  };
}

/** Compliance results are facts, like findings: loaded in bulk, and identified by asset, audit file and check. */
export async function openComplianceSink(
  tx: Tx,
  source: Source,
  mapperOf: MapperOf,
  assetAliases: ReadonlyMap<string, string>,
): Promise<Sink> {
  const map = mapperOf('compliance', complianceRecord);
  const load = await beginComplianceLoad(tx, source);
  const held: HeldRecord[] = [];
  let read = 0;
  return {
    async add(external) {
      read += 1;
      const mapped = map(external.raw);
      if (!mapped.ok) {
        held.push(heldFor('compliance_results', external, mapped.faults));
        return;
      }
      const own = mapped.record.asset_uuid.toLowerCase();
      await load.add({ ...mapped.record, asset_uuid: assetAliases.get(own) ?? own });
    },
    async finish() {
      return { counts: { ...noCounts, ...(await load.finish()), read, failed: held.length }, held };
    },
    abort: (cause) => load.abort(cause),
  };
}

/**
 * A sink of findings with audit results among them: those are loaded after the findings, for each load keeps the connection busy.
 * @param openResults opens the sink of the audit results, if there are any.
 */
export function withResultsAmong(findings: Sink, openResults: () => Promise<Sink>): Sink {
  const results: ExternalRecord[] = [];
  return {
    async add(external) {
      if (external.entity === 'compliance') results.push(external);
      else await findings.add(external);
    },
    seen: () => findings.seen?.() ?? [],
    async stage() {
      await findings.stage?.();
    },
    async finish() {
      const ofFindings = await findings.finish();
      if (results.length === 0) return ofFindings;
      const sink = await openResults();
      try {
        for (const result of results) await sink.add(result);
        const { counts, held } = await sink.finish();
        return { counts: addCounts(ofFindings.counts, counts), held: [...ofFindings.held, ...held] };
      } catch (error) {
        await sink.abort(error instanceof Error ? error : new Error(messageOf(error)));
        throw error;
      }
    },
    abort: (cause) => findings.abort(cause),
  };
}
