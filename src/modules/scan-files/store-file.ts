/**
 * Stores what was gathered of a scan file, batch by batch and in one transaction. A host of thousands of items is stored in parts, behind a
 * savepoint: if the file is cut off within it, it is rolled back. One batch is being stored at a time, while the next one is gathered.
 */
import type { ExternalRecord, ScanFile } from '../../connectors/kit/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
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
import {
  openAssetSink,
  openComplianceSink,
  openFindingSink,
  type PreparedFinding,
  SeenPlugins,
} from '../scanner-records/index.ts';
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
  /** Findings that nothing had shown before. */
  readonly newFindings: number;
  /** Findings that were fixed, and are there again. */
  readonly cameBack: number;
  readonly counts: Counts;
}

export const nothingTaken: FileCounts = {
  hosts: 0,
  items: 0,
  openPorts: 0,
  heldBecause: [],
  fixed: 0,
  newFindings: 0,
  cameBack: 0,
  counts: noCounts,
};
/** Reasons that an outcome lists; a file without names would have thousands. */
const reasonsTold = 20;

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

export interface GatheredHost {
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

/** What is stored together. */
export interface GatheredBatch {
  readonly hosts: readonly GatheredHost[];
  /** Emptied as they are stored, for what comes next is gathered meanwhile. */
  readonly findings: PreparedFinding[];
  readonly results: ExternalRecord[];
  /** Since the batch before, as are those that follow. */
  readonly openPorts: number;
  readonly held: readonly HeldRecord[];
  /** Hosts with items that are no record of one scan. */
  readonly unsure: ReadonlySet<string>;
}

export class FileStoring {
  readonly #tx: Tx;
  readonly #reading: FileReading;
  readonly #from: { readonly systemId: number; readonly operationId: string };
  readonly #seenPlugins = new SeenPlugins();
  readonly #scopeIds = new Map<ScanScope, number>();
  #turn: Promise<void> = Promise.resolve();
  #beforeParts: { readonly taken: FileCounts; readonly covered: number } = {
    taken: nothingTaken,
    covered: 0,
  };
  #held: HeldRecord[] = [];
  #covered: {
    readonly host: string;
    readonly assetUuid: string;
    readonly endedAt: string;
    readonly scope: ScanScope;
  }[] = [];
  /** Hosts with something that is not stored as the scan showed it: what is not there is not fixed. */
  readonly #unsure = new Set<string>();
  taken: FileCounts = nothingTaken;

  constructor(tx: Tx, reading: FileReading) {
    this.#tx = tx;
    this.#reading = reading;
    this.#from = { systemId: reading.source.id, operationId: reading.operationId };
  }

  /** Begins to store whole hosts. As all that follow, it returns as soon as what was begun before is stored, or throws what that threw. */
  store(batch: GatheredBatch): Promise<void> {
    return this.#begin(() => this.#storeWhole(batch));
  }

  /** Begins to store the hosts before one that comes in parts. */
  storeBeforeParts(batch: GatheredBatch): Promise<void> {
    return this.#begin(async () => {
      await this.#store(batch);
      await this.#tx.client.query('savepoint host');
      this.#beforeParts = { taken: this.taken, covered: this.#covered.length };
    });
  }

  storePart(batch: GatheredBatch): Promise<void> {
    return this.#begin(() => this.#store(batch));
  }

  storeLastPart(batch: GatheredBatch): Promise<void> {
    return this.#begin(async () => {
      await this.#storeWhole(batch);
      await this.#tx.client.query('release savepoint host');
    });
  }

  /** Rolls back the parts of a host that are stored. */
  async dropParts(): Promise<void> {
    await this.#turn;
    await this.#tx.client.query('rollback to savepoint host; release savepoint host');
    this.#seenPlugins.forget();
    this.taken = this.#beforeParts.taken;
    this.#covered = this.#covered.slice(0, this.#beforeParts.covered);
  }

  /** @returns when nothing is being stored. @throws what storing threw. */
  async settle(): Promise<void> {
    await this.#turn;
  }

  async #begin(work: () => Promise<void>): Promise<void> {
    await this.#turn;
    this.#turn = work();
    // Its failure is met at the next turn.
    this.#turn.catch(() => undefined);
  }

  /** Not before the last item of a host is stored, what its scan covered is settled: what is still to come would look fixed. */
  async #storeWhole(batch: GatheredBatch): Promise<void> {
    await this.#store(batch);
    if (this.#held.length > 0) await this.#storeHeld();
    await this.#settleCovered();
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

  async #store({ hosts, findings, results, openPorts, held, unsure }: GatheredBatch): Promise<void> {
    this.taken = { ...this.taken, openPorts: this.taken.openPorts + openPorts };
    this.#held.push(...held);
    for (const host of unsure) this.#unsure.add(host);
    const items = findings.length + results.length;
    if (hosts.length === 0 && items === 0) return;
    const { source, operationId, mapperOf, file, options } = this.#reading;
    const from = this.#from;
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
      ...findings.map(({ external }) => scalarText(external.raw['host_key'])),
      ...results.map(({ raw }) => scalarText(raw['host_key'])),
    ]);
    const aliases = await findAssetAliases(tx.db, source.id, [...keys]);
    const known = { seenPlugins: this.#seenPlugins, assetAliases: aliases };
    let newFindings = 0;
    if (findings.length > 0) {
      const sink = await openFindingSink(tx, { ...from, verifies: false, unites: true }, mapperOf, known);
      const filled = await fill(
        tx,
        operationId,
        { ...sink, add: (finding) => sink.addPrepared(finding) },
        findings,
      );
      counts = addCounts(counts, filled.counts);
      newFindings = filled.counts.created;
      this.#noteHeld(filled.held, [...keys]);
    }
    if (results.length > 0) {
      const sink = await openComplianceSink(tx, from, mapperOf, aliases);
      counts = addCounts(counts, (await fill(tx, operationId, sink, results)).counts);
    }
    this.taken = {
      ...this.taken,
      hosts: this.taken.hosts + hosts.filter((each) => each.isNew).length,
      items: this.taken.items + items,
      newFindings: this.taken.newFindings + newFindings,
      counts: addCounts(this.taken.counts, counts),
    };
    this.#noteCoverage(hosts, aliases);
    options.report(file.name, this.taken);
  }

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
  async #settleCovered(): Promise<void> {
    const from = this.#from;
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

/** Adds records to a sink, letting go of each, and stores them. */
async function fill<T>(
  tx: Tx,
  operationId: string,
  sink: Pick<Sink, 'finish' | 'abort'> & { readonly add: (record: T) => Promise<void> },
  records: T[],
): ReturnType<Sink['finish']> {
  try {
    for (let next = records.shift(); next !== undefined; next = records.shift()) await sink.add(next);
    const { counts, held } = await sink.finish();
    await insertHeldRecords(tx.db, operationId, held);
    return { counts, held };
  } catch (error) {
    await sink.abort(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
}
