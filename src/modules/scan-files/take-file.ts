/**
 * What is in a scan file becomes part of the record, batch by batch and in one transaction. A host of thousands of items is stored in parts,
 * behind a savepoint: if the file is cut off within it, it is rolled back.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ExternalRecord, ScanFile, ScanFileEvent } from '../../connectors/kit/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { assetRecord, type ScanScope } from '../../canonical/record-fields/index.ts';
import { findAssetAliases } from '../../record/assets/index.ts';
import type { ExternalSystemRow } from '../../ledger/external-systems/index.ts';
import {
  addCounts,
  type Counts,
  type HeldRecord,
  insertHeldRecords,
  noCounts,
} from '../../ledger/operations/index.ts';
import { saveCoverage, saveScope, settleCovered } from '../../record/findings/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { openAssetSink, openComplianceSink, openFindingSink, SeenPlugins } from '../scanner-records/index.ts';
import { readAhead } from './read-ahead.ts';
import type { MapperOf, Sink } from '../../record/entities/index.ts';

export interface FileCounts {
  /** Each once, however often the file turns to it. */
  readonly hosts: number;
  readonly items: number;
  /** Items that only list an open port (plugin 0), which are not findings. */
  readonly openPorts: number;
  /** Why hosts or times were held; for items see the list of held records. */
  readonly heldBecause: readonly string[];
  /** Findings that a scan with credentials no longer shows. */
  readonly fixed: number;
  readonly counts: Counts;
}

export const nothingTaken: FileCounts = {
  hosts: 0,
  items: 0,
  openPorts: 0,
  heldBecause: [],
  fixed: 0,
  counts: noCounts,
};
/** Reasons that an outcome lists; a file without names would have thousands. */
const reasonsTold = 20;
/**
 * How much is gathered before it is stored: many small hosts, or a part of a large one. Hosts are stored together as soon as there are
 * `whole` items, so that the next one seldom has to be stored in parts.
 */
const batch = { items: 6_000, whole: 5_000, characters: 16 * 1024 * 1024 };
/** How much, in characters, is read of the file while what was gathered is stored. */
const ahead = 4 * 1024 * 1024;

export interface FileReading {
  readonly source: ExternalSystemRow;
  readonly mapperOf: MapperOf;
  readonly file: ScanFile;
  readonly operationId: string;
  readonly options: {
    /** The whole hosts of a broken file are kept. */
    readonly keepPartial: boolean;
    readonly signal: AbortSignal;
    readonly report: (file: string, counts: FileCounts) => void;
  };
}

interface GatheredHost {
  readonly key: string;
  /** Undefined where it says nothing that the file has not reported about the host before. */
  readonly record: ExternalRecord | undefined;
  readonly isNew: boolean;
  /** What the file had said before. */
  readonly before: JsonObject | undefined;
  readonly coverage:
    | { readonly raw: JsonObject; readonly scope: ScanScope; readonly endedAt: string }
    | undefined;
}

/**
 * Stores a file as it is read, in the caller's transaction.
 * @returns what was stored, and where the file is cut off if that does not matter to the caller.
 * @throws SCAN_FILE_INVALID where it is cut off.
 */
export async function takeFile(
  tx: Tx,
  reading: FileReading,
): Promise<{ taken: FileCounts; problem: string | undefined; lacksTimes: boolean }> {
  const storing = new Storing(tx, reading);
  try {
    for await (const event of readAhead(reading.file.events(), ahead, charactersOf)) {
      reading.options.signal.throwIfAborted();
      await storing.take(event);
    }
  } catch (error) {
    const isBroken = error instanceof TielineError && error.code === 'SCAN_FILE_INVALID';
    if (!isBroken || !reading.options.keepPartial) throw error;
    await storing.dropOpenHost();
    await storing.flush();
    return { taken: storing.taken, problem: error.message, lacksTimes: storing.lacksTimes };
  }
  await storing.flush();
  return { taken: storing.taken, problem: undefined, lacksTimes: storing.lacksTimes };
}

class Storing {
  readonly #tx: Tx;
  readonly #reading: FileReading;
  readonly #seenPlugins = new SeenPlugins();
  #scope: ScanScope | undefined;
  readonly #scopeIds = new Map<ScanScope, number>();
  #hosts: GatheredHost[] = [];
  #items: { readonly kind: 'finding' | 'compliance'; readonly record: ExternalRecord }[] = [];
  #characters = 0;
  /** Where the open host begins in what is gathered; undefined between hosts. */
  #openHost: { readonly hosts: number; readonly items: number } | undefined;
  #hasSavepoint = false;
  #beforeHost: FileCounts = nothingTaken;
  #coveredBefore = 0;
  /** What the file has reported about each host until now; lists in full. */
  readonly #told = new Map<string, JsonObject>();
  #held: HeldRecord[] = [];
  /** Whether times were left out that could be taken if more were known. */
  lacksTimes = false;
  taken: FileCounts = nothingTaken;

  constructor(tx: Tx, reading: FileReading) {
    this.#tx = tx;
    this.#reading = reading;
  }

  async take(event: ScanFileEvent): Promise<void> {
    switch (event.type) {
      case 'scan':
        this.#scope = event.scope;
        return;
      case 'host': {
        if (this.#openHost) await this.#endHost();
        this.#openHost = { hosts: this.#hosts.length, items: this.#items.length };
        this.#addHost(event);
        return;
      }
      case 'item':
        // A file that says itself when a finding was last found is not a record of one scan.
        if (event.kind === 'finding' && event.raw['last_found'] !== event.raw['seen_at'])
          this.#unsure.add(scalarText(event.raw['host_key']));
        this.#items.push({ kind: event.kind, record: { externalId: identify(event), raw: event.raw } });
        this.#characters += sizeOf(event.raw);
        if (this.#items.length >= batch.items || this.#characters >= batch.characters)
          await this.#flushWithin();
        return;
      case 'open-port':
        this.taken = { ...this.taken, openPorts: this.taken.openPorts + 1 };
        return;
      case 'held':
        this.#hold(event);
        return;
      case 'host-end':
        await this.#endHost();
    }
  }

  #addHost(event: Extract<ScanFileEvent, { type: 'host' }>): void {
    const before = this.#told.get(event.key);
    const raw = before === undefined ? event.raw : joinHosts(before, event.raw);
    const isTold = before !== undefined && isDeepStrictEqual(raw, before);
    if (!isTold) this.#told.set(event.key, raw);
    const covers = event.credentialed === true && event.endedAt !== undefined && this.#scope !== undefined;
    this.#hosts.push({
      key: event.key,
      record: isTold ? undefined : { externalId: event.key, raw },
      isNew: before === undefined,
      before,
      coverage:
        covers && this.#scope && event.endedAt !== undefined
          ? { raw: event.raw, scope: this.#scope, endedAt: event.endedAt }
          : undefined,
    });
  }

  #hold(event: Extract<ScanFileEvent, { type: 'held' }>): void {
    this.#held.push({
      table: event.what === 'host' ? 'ingestion_assets' : 'ingestion_vulnerabilities',
      identifier: `${this.#reading.file.name}: ${event.identifier}`,
      type: event.what === 'host' ? 'nameless' : 'time',
      message: event.reason,
      raw: event.raw,
    });
    if (event.what === 'time') this.lacksTimes = true;
  }

  async #endHost(): Promise<void> {
    this.#openHost = undefined;
    if (this.#hasSavepoint) {
      await this.flush();
      await this.#tx.client.query('release savepoint host');
      this.#hasSavepoint = false;
    } else if (this.#items.length >= batch.whole || this.#hosts.length >= batch.whole) await this.flush();
  }

  /** The gathered hosts before the open one are stored permanently; the open one as far as it is there, so that it can be rolled back. */
  async #flushWithin(): Promise<void> {
    const open = this.#openHost;
    if (open && !this.#hasSavepoint) {
      const [hosts, items] = [this.#hosts.slice(open.hosts), this.#items.slice(open.items)];
      this.#hosts = this.#hosts.slice(0, open.hosts);
      this.#items = this.#items.slice(0, open.items);
      await this.flush();
      await this.#tx.client.query('savepoint host');
      this.#hasSavepoint = true;
      this.#beforeHost = this.taken;
      this.#coveredBefore = this.#covered.length;
      this.#hosts = hosts;
      this.#items = items;
      this.#openHost = { hosts: 0, items: 0 };
    }
    await this.flush();
    if (open) this.#openHost = { hosts: 0, items: 0 };
  }

  /** Rolls back a host that the file shows only in part. */
  async dropOpenHost(): Promise<void> {
    const open = this.#openHost;
    if (!open) return;
    for (const { key, before } of this.#hosts.slice(open.hosts))
      if (before === undefined) this.#told.delete(key);
      else this.#told.set(key, before);
    this.#hosts = this.#hosts.slice(0, open.hosts);
    this.#items = this.#items.slice(0, open.items);
    this.#openHost = undefined;
    if (!this.#hasSavepoint) return;
    await this.#tx.client.query('rollback to savepoint host; release savepoint host');
    this.#hasSavepoint = false;
    this.#seenPlugins.forget();
    this.taken = this.#beforeHost;
    this.#covered = this.#covered.slice(0, this.#coveredBefore);
  }

  async flush(): Promise<void> {
    const from = { systemId: this.#reading.source.id, operationId: this.#reading.operationId };
    if (this.#hosts.length > 0 || this.#items.length > 0) await this.#store(from);
    if (this.#held.length > 0 && !this.#openHost) await this.#storeHeld();
    // Not before the last item of a host is stored: what is still to come would look fixed.
    if (!this.#openHost) await this.#settle(from);
  }

  /** What could not be taken is counted as read and failed: it is on the list of held records. */
  async #storeHeld(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await insertHeldRecords(this.#tx.db, this.#reading.operationId, held);
    const counts = { ...noCounts, read: held.length, failed: held.length };
    const reasons = held.map(({ message }) => message);
    this.taken = {
      ...this.taken,
      counts: addCounts(this.taken.counts, counts),
      heldBecause: [...this.taken.heldBecause, ...reasons].slice(0, reasonsTold),
    };
  }

  async #store(from: { readonly systemId: number; readonly operationId: string }): Promise<void> {
    const { source, operationId, mapperOf, file, options } = this.#reading;
    const [hosts, items] = [this.#hosts, this.#items];
    this.#hosts = [];
    this.#items = [];
    this.#characters = 0;
    const tx = this.#tx;
    const assets = await openAssetSink(
      tx,
      { ...from, policies: [], echo: undefined, systemType: source.system_type, ownsIdentity: false },
      mapperOf,
    );
    let { counts } = await fill(
      tx,
      operationId,
      assets,
      // For a host that the file returns to several times, what it said last, which is all of it.
      [...new Map(hosts.flatMap(({ key, record }) => (record ? [[key, record] as const] : []))).values()],
    );
    const keys = new Set([
      ...hosts.map((each) => each.key),
      ...items.map(({ record }) => scalarText(record.raw['host_key'])),
    ]);
    const aliases = await findAssetAliases(tx.db, source.id, [...keys]);
    const known = { seenPlugins: this.#seenPlugins, assetAliases: aliases };
    const findings = items.filter((each) => each.kind === 'finding').map((each) => each.record);
    if (findings.length > 0) {
      const sink = await openFindingSink(tx, { ...from, verifies: false, unites: true }, mapperOf, known);
      const filled = await fill(tx, operationId, sink, findings);
      counts = addCounts(counts, filled.counts);
      this.#noteHeld(filled.held, [...keys]);
    }
    const results = items.filter((each) => each.kind === 'compliance').map((each) => each.record);
    if (results.length > 0) {
      const sink = await openComplianceSink(tx, from, mapperOf, aliases);
      counts = addCounts(counts, (await fill(tx, operationId, sink, results)).counts);
    }
    this.taken = {
      ...this.taken,
      hosts: this.taken.hosts + hosts.filter((each) => each.isNew).length,
      items: this.taken.items + items.length,
      counts: addCounts(this.taken.counts, counts),
    };
    this.#noteCoverage(hosts, aliases);
    options.report(file.name, this.taken);
  }

  #covered: {
    readonly host: string;
    readonly assetUuid: string;
    readonly endedAt: string;
    readonly scope: ScanScope;
  }[] = [];
  /** Hosts with something that is not stored as the scan showed it: what is not there is not fixed. */
  readonly #unsure = new Set<string>();

  #noteHeld(held: readonly HeldRecord[], hosts: readonly string[]): void {
    for (const { identifier } of held) {
      const named = hosts.filter((host) => identifier.startsWith(`${host}:`));
      for (const host of named.length > 0 ? named : hosts) this.#unsure.add(host);
    }
  }

  #noteCoverage(hosts: readonly GatheredHost[], aliases: ReadonlyMap<string, string>): void {
    const map = this.#reading.mapperOf('asset', assetRecord);
    for (const { key: host, coverage } of hosts) {
      const mapped = coverage ? map(coverage.raw) : undefined;
      if (!coverage || !mapped?.ok) continue;
      const own = mapped.record.asset_uuid.toLowerCase();
      this.#covered.push({ host, assetUuid: aliases.get(own) ?? own, ...coverage });
    }
  }

  /** Keeps what the scans covered, and says fixed what they no longer show. */
  async #settle(from: { readonly systemId: number; readonly operationId: string }): Promise<void> {
    const covered = this.#covered.filter(({ host }) => !this.#unsure.has(host));
    this.#covered = [];
    this.#unsure.clear();
    if (covered.length === 0) return;
    for (const [scope, scans] of Map.groupBy(covered, (scan) => scan.scope)) {
      const id = this.#scopeIds.get(scope) ?? (await saveScope(this.#tx, scope));
      this.#scopeIds.set(scope, id);
      await saveCoverage(this.#tx, from, id, scans);
    }
    const fixed = await settleCovered(this.#tx, from, [...new Set(covered.map((scan) => scan.assetUuid))]);
    this.taken = { ...this.taken, fixed: this.taken.fixed + fixed };
  }
}

/** What two hosts of a file with one key are together: all addresses and names; of single values those of the later scan. */
function joinHosts(before: JsonObject, now: JsonObject): JsonObject {
  const isEarlier = scalarText(now['seen_at'] ?? '') < scalarText(before['seen_at'] ?? '');
  const joined: JsonObject = isEarlier ? { ...now, ...before } : { ...before, ...now };
  for (const [field, value] of Object.entries(joined)) {
    const [known, told] = [before[field], now[field]];
    if (Array.isArray(known) && Array.isArray(told)) joined[field] = [...new Set([...known, ...told])];
    else if (field === 'started_at' && known !== undefined && told !== undefined)
      joined[field] = scalarText(known) < scalarText(told) ? known : told;
    else if (value === undefined) delete joined[field];
  }
  return joined;
}

async function fill(
  tx: Tx,
  operationId: string,
  sink: Sink,
  records: readonly ExternalRecord[],
): ReturnType<Sink['finish']> {
  try {
    for (const record of records) await sink.add(record);
    const { counts, held } = await sink.finish();
    await insertHeldRecords(tx.db, operationId, held);
    return { counts, held };
  } catch (error) {
    await sink.abort(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
}

function identify({ raw }: Extract<ScanFileEvent, { type: 'item' }>): string {
  const plugin = raw['plugin'];
  const id =
    typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin) ? plugin['id'] : raw['check_id'];
  return [raw['host_key'], id, raw['port'], raw['protocol']].map((part) => scalarText(part ?? '')).join(':');
}

const charactersOf = (event: ScanFileEvent): number =>
  event.type === 'item' ? sizeOf(event.raw) : event.type === 'host' ? 2_000 : 100;

/** Roughly, in characters: what counts is that a few large outputs are not gathered by the thousand. */
function sizeOf(raw: ExternalRecord['raw']): number {
  const output = raw['plugin_output'] ?? raw['actual_value'];
  return (typeof output === 'string' ? output.length : 0) + 2_000;
}
