/**
 * Takes scan files in: each file is one transaction, so that a broken one leaves nothing behind (or, if that is asked for, just its
 * whole hosts), and a kill leaves nothing half done. The same file again changes nothing. Some thousand items are in memory.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanFile, ScanFileEvent, ScanFileReader } from '../../connectors/kit/scan-file.ts';
import type { ExternalRecord } from '../../connectors/kit/contract.ts';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import { scalarText } from '../../model/json.ts';
import { assetRecord } from '../../model/records.ts';
import type { ScanScope } from '../../model/scan-scope.ts';
import { findAssetAliases } from '../../store/assets.ts';
import { insertMappings } from '../../store/field-mappings.ts';
import { findSystem, insertSystem, type ExternalSystemRow } from '../../store/external-systems.ts';
import { insertHeldRecords } from '../../store/held-records.ts';
import { findImportedFile, recordImportedFile } from '../../store/imported-files.ts';
import {
  beginOperation,
  finishOperation,
  recordCounts,
  addCounts,
  noCounts,
  type Counts,
} from '../../store/operations.ts';
import { saveCoverage, saveScope, settleCovered } from '../../store/scan-coverage.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { mappingRowOf } from '../../sync/mapping-row.ts';
import type { App } from '../app.ts';
import { fetchMappings } from '../connections/connect.ts';
import { SeenPlugins, openAssetSink, openComplianceSink, openFindingSink } from './bulk-sinks.ts';
import { mapperFrom } from './mapper.ts';
import type { MapperOf, Sink } from './sink.ts';

export interface ImportOptions {
  /** The source that the files are filed under; made if it is not there. */
  readonly source: string;
  /** Of a broken file its whole hosts are kept. */
  readonly keepPartial: boolean;
  readonly signal: AbortSignal;
  readonly report: (file: string, counts: FileCounts) => void;
}

export interface FileCounts {
  readonly hosts: number;
  readonly items: number;
  /** Findings that a scan with credentials no longer shows. */
  readonly fixed: number;
  readonly counts: Counts;
}

export interface FileOutcome extends FileCounts {
  readonly file: string;
  readonly outcome: 'imported' | 'already imported' | 'partial' | 'refused';
  readonly operationId?: string;
  /** Why it was refused, or where it breaks off. */
  readonly problem?: string;
}

const nothing: FileCounts = { hosts: 0, items: 0, fixed: 0, counts: noCounts };
/** How much is gathered before it is stored: many small hosts, or a part of a large one. */
const batch = { items: 6_000, characters: 16 * 1024 * 1024 };

/** The scan files that paths name: files as they are, of folders all that look like scan files, in the order of their names. */
export async function listScanFiles(reader: ScanFileReader, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const what = await stat(path).catch((error: unknown) => {
      throw new TielineError('USAGE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
    });
    if (!what.isDirectory()) {
      found.push(path);
      continue;
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    found.push(
      ...entries
        .filter(
          (entry) =>
            entry.isFile() && reader.endings.some((ending) => entry.name.toLowerCase().endsWith(ending)),
        )
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted(),
    );
  }
  return found;
}

/** @throws INTERNAL where this build reads no scan files. */
export function readerOf(app: App): ScanFileReader {
  if (app.scanFiles) return app.scanFiles;
  throw new TielineError('INTERNAL', 'This build of Tieline reads no scan files.');
}

/** Imports files one after the other; one that is broken does not keep the others from being taken in. */
export async function importFiles(
  app: App,
  paths: readonly string[],
  options: ImportOptions,
): Promise<FileOutcome[]> {
  const reader = readerOf(app);
  const source = await ensureSource(app, reader, options.source);
  const mapperOf = mapperFrom(await fetchMappings(app.db, source.id));
  const outcomes: FileOutcome[] = [];
  for (const path of paths) {
    try {
      for await (const file of reader.open(path)) {
        options.signal.throwIfAborted();
        outcomes.push(await importFile(app, source, mapperOf, file, options));
      }
    } catch (error) {
      if (!isOfFile(error)) throw error;
      outcomes.push({ ...nothing, file: path, outcome: 'refused', problem: messageOf(error) });
    }
  }
  return outcomes;
}

/** Whether it is the file that is at fault, broken or not to be read, and not what it is stored in. */
const isOfFile = (error: unknown): boolean =>
  error instanceof TielineError
    ? error.code === 'SCAN_FILE_INVALID'
    : error instanceof Error && 'syscall' in error && 'path' in error;

/** The external system that stands for the files: nothing is ever asked of it, and no sync includes it. */
async function ensureSource(app: App, reader: ScanFileReader, name: string): Promise<ExternalSystemRow> {
  const known = await findSystem(app.db, name);
  if (known) {
    if (known.system_type === reader.systemType) return known;
    throw new TielineError('USAGE', `${name} is a ${known.system_type}, which files cannot be filed under.`, {
      fields: [{ field: '--system', message: 'name another source; it is made if it is not there' }],
    });
  }
  return inTransaction(app.pool, async (tx) => {
    const config = {};
    const row = await insertSystem(tx.db, {
      name,
      type: reader.systemType,
      url: 'file:',
      config,
      syncEnabled: false,
    });
    if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a system named ${name} already.`);
    await insertMappings(
      tx.db,
      row.id,
      reader.mappings.map((mapping) => mappingRowOf(mapping)),
    );
    return row;
  });
}

async function importFile(
  app: App,
  source: ExternalSystemRow,
  mapperOf: MapperOf,
  file: ScanFile,
  options: ImportOptions,
): Promise<FileOutcome> {
  const sha256 = await file.fingerprint();
  const before = await findImportedFile(app.db, source.id, sha256);
  if (before && !before.isPartial)
    return { ...nothing, file: file.name, outcome: 'already imported', operationId: before.operationId };
  const operationId = await beginOperation(app.db, {
    type: 'import',
    system: source.system_name,
    step: file.name.slice(0, 100),
  });
  const reading: Reading = { app, source, mapperOf, file, operationId, options };
  try {
    const { taken, problem } = await inTransaction(app.pool, async (tx) => {
      const done = await takeFile(tx, reading);
      await recordCounts(tx.db, operationId, done.taken.counts);
      await recordImportedFile(tx.db, {
        systemId: source.id,
        sha256,
        name: file.name,
        hosts: done.taken.hosts,
        findings: done.taken.items,
        isPartial: done.problem !== undefined,
        operationId,
      });
      return done;
    });
    const issues = problem !== undefined || taken.counts.failed > 0;
    await finishOperation(
      app.db,
      operationId,
      issues ? 'completed_with_issues' : 'completed',
      problem === undefined ? {} : { error: problem },
    );
    return {
      ...taken,
      file: file.name,
      operationId,
      ...(problem === undefined
        ? { outcome: 'imported' as const }
        : { outcome: 'partial' as const, problem }),
    };
  } catch (error) {
    await finishOperation(app.db, operationId, 'failed', { error: messageOf(error) });
    if (!(error instanceof TielineError) || error.code !== 'SCAN_FILE_INVALID') throw error;
    return { ...nothing, file: file.name, operationId, outcome: 'refused', problem: error.message };
  }
}

interface Reading {
  readonly app: App;
  readonly source: ExternalSystemRow;
  readonly mapperOf: MapperOf;
  readonly file: ScanFile;
  readonly operationId: string;
  readonly options: ImportOptions;
}

interface GatheredHost {
  readonly record: ExternalRecord;
  readonly coverage: { readonly scope: ScanScope; readonly endedAt: string } | undefined;
}

/** Stores a file as it is read. Within the caller's transaction, whose savepoint `host` marks the begin of a host that is stored in parts. */
async function takeFile(
  tx: Tx,
  reading: Reading,
): Promise<{ taken: FileCounts; problem: string | undefined }> {
  const storing = new Storing(tx, reading);
  try {
    for await (const event of reading.file.events()) {
      reading.options.signal.throwIfAborted();
      await storing.take(event);
    }
  } catch (error) {
    const isBroken = error instanceof TielineError && error.code === 'SCAN_FILE_INVALID';
    if (!isBroken || !reading.options.keepPartial) throw error;
    await storing.dropOpenHost();
    await storing.flush();
    return { taken: storing.taken, problem: error.message };
  }
  await storing.flush();
  return { taken: storing.taken, problem: undefined };
}

class Storing {
  readonly #tx: Tx;
  readonly #reading: Reading;
  readonly #seenPlugins = new SeenPlugins();
  #scope: ScanScope | undefined;
  readonly #scopeIds = new Map<ScanScope, number>();
  #hosts: GatheredHost[] = [];
  #items: { readonly kind: 'finding' | 'compliance'; readonly record: ExternalRecord }[] = [];
  #characters = 0;
  /** Where the open host begins in what is gathered; undefined between hosts. */
  #openHost: { readonly hosts: number; readonly items: number } | undefined;
  #hasSavepoint = false;
  #beforeHost: FileCounts = nothing;
  #coveredBefore = 0;
  taken: FileCounts = nothing;

  constructor(tx: Tx, reading: Reading) {
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
        const covers =
          event.credentialed === true && event.endedAt !== undefined && this.#scope !== undefined;
        this.#hosts.push({
          record: { externalId: event.key, raw: event.raw },
          coverage:
            covers && this.#scope && event.endedAt !== undefined
              ? { scope: this.#scope, endedAt: event.endedAt }
              : undefined,
        });
        return;
      }
      case 'item':
        this.#items.push({ kind: event.kind, record: { externalId: identify(event), raw: event.raw } });
        this.#characters += sizeOf(event.raw);
        if (this.#items.length >= batch.items || this.#characters >= batch.characters)
          await this.#flushWithin();
        return;
      case 'host-end':
        await this.#endHost();
    }
  }

  async #endHost(): Promise<void> {
    this.#openHost = undefined;
    if (this.#hasSavepoint) {
      await this.flush();
      await this.#tx.client.query('release savepoint host');
      this.#hasSavepoint = false;
    } else if (this.#items.length >= batch.items / 2 || this.#hosts.length >= batch.items / 2)
      await this.flush();
  }

  /** The gathered hosts before the open one are stored for good; of the open one what is there, so that it can be taken back. */
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

  /** Takes back a host of which the file shows only a part. */
  async dropOpenHost(): Promise<void> {
    const open = this.#openHost;
    if (!open) return;
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
    // Not before the last item of a host is stored: what is still to come would look fixed.
    if (!this.#openHost) await this.#settle(from);
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
    let counts = await fill(
      tx,
      operationId,
      assets,
      hosts.map((each) => each.record),
    );
    const keys = new Set([
      ...hosts.map((each) => each.record.externalId),
      ...items.map(({ record }) => scalarText(record.raw['host_key'])),
    ]);
    const aliases = await findAssetAliases(tx.db, source.id, [...keys]);
    const known = { seenPlugins: this.#seenPlugins, assetAliases: aliases };
    const findings = items.filter((each) => each.kind === 'finding').map((each) => each.record);
    if (findings.length > 0)
      counts = addCounts(
        counts,
        await fill(
          tx,
          operationId,
          await openFindingSink(tx, { ...from, verifies: false }, mapperOf, known),
          findings,
        ),
      );
    const results = items.filter((each) => each.kind === 'compliance').map((each) => each.record);
    if (results.length > 0)
      counts = addCounts(
        counts,
        await fill(tx, operationId, await openComplianceSink(tx, from, mapperOf, aliases), results),
      );
    this.taken = {
      hosts: this.taken.hosts + hosts.length,
      items: this.taken.items + items.length,
      fixed: this.taken.fixed,
      counts: addCounts(this.taken.counts, counts),
    };
    this.#noteCoverage(hosts, aliases);
    options.report(file.name, this.taken);
  }

  #covered: { readonly assetUuid: string; readonly endedAt: string; readonly scope: ScanScope }[] = [];

  #noteCoverage(hosts: readonly GatheredHost[], aliases: ReadonlyMap<string, string>): void {
    const map = this.#reading.mapperOf('asset', assetRecord);
    for (const { record, coverage } of hosts) {
      const mapped = coverage ? map(record.raw) : undefined;
      if (!coverage || !mapped?.ok) continue;
      const own = mapped.record.asset_uuid.toLowerCase();
      this.#covered.push({ assetUuid: aliases.get(own) ?? own, ...coverage });
    }
  }

  /** Keeps what the scans covered, and says fixed what they no longer show. */
  async #settle(from: { readonly systemId: number; readonly operationId: string }): Promise<void> {
    const covered = this.#covered;
    if (covered.length === 0) return;
    this.#covered = [];
    for (const [scope, scans] of Map.groupBy(covered, (scan) => scan.scope)) {
      const id = this.#scopeIds.get(scope) ?? (await saveScope(this.#tx, scope));
      this.#scopeIds.set(scope, id);
      await saveCoverage(this.#tx, from, id, scans);
    }
    const fixed = await settleCovered(this.#tx, from, [...new Set(covered.map((scan) => scan.assetUuid))]);
    this.taken = { ...this.taken, fixed: this.taken.fixed + fixed };
  }
}

async function fill(
  tx: Tx,
  operationId: string,
  sink: Sink,
  records: readonly ExternalRecord[],
): Promise<Counts> {
  try {
    for (const record of records) await sink.add(record);
    const { counts, held } = await sink.finish();
    await insertHeldRecords(tx.db, operationId, held);
    return counts;
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

/** Roughly, in characters: what counts is that a few large outputs are not gathered by the thousand. */
function sizeOf(raw: ExternalRecord['raw']): number {
  const output = raw['plugin_output'] ?? raw['actual_value'];
  return (typeof output === 'string' ? output.length : 0) + 2_000;
}
