/**
 * What a scan file says, gathered into batches of whole hosts; a host of thousands of items goes in parts. What tells a report from others (its
 * identity, JSON and digest) is made here, while the batch before is stored. Rejected: to map it here too. That made nothing faster, and
 * cost 10 to 30 MB: a record that is mapped and copied at once dies young.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ExternalRecord, ScanFileEvent } from '../../connectors/kit/index.ts';
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import type { ScanScope } from '../../canonical/record-fields/index.ts';
import type { HeldRecord } from '../../ledger/operations/index.ts';
import { findingPreparer, type PreparedFinding } from '../scanner-records/index.ts';
import type { FileReading, FileStoring, GatheredBatch, GatheredHost } from './store-file.ts';

/**
 * How much is gathered before it is stored: many small hosts, or a part of a large one. Hosts are stored together as soon as there are
 * `whole` items, so that the next one seldom has to be stored in parts.
 */
const batch = { items: 4_000, whole: 3_000, characters: 16 * 1024 * 1024 };

export class FileGathering {
  readonly #file: string;
  readonly #storing: FileStoring;
  readonly #prepare: ReturnType<typeof findingPreparer>;
  #scope: ScanScope | undefined;
  #hosts: GatheredHost[] = [];
  #findings: PreparedFinding[] = [];
  #results: ExternalRecord[] = [];
  #characters = 0;
  #openPorts = 0;
  #held: HeldRecord[] = [];
  #unsure = new Set<string>();
  /** Where the open host begins in what is gathered; undefined between hosts. */
  #openHost: { readonly hosts: number; readonly findings: number; readonly results: number } | undefined;
  /** Whether a part of the open host was given away already. */
  #isInParts = false;
  /** What the file has reported about each host until now; lists in full. */
  readonly #told = new Map<string, JsonObject>();
  /** Whether times were left out that could be taken if more were known. */
  lacksTimes = false;

  constructor({ file, mapperOf }: FileReading, storing: FileStoring) {
    this.#file = file.name;
    this.#storing = storing;
    this.#prepare = findingPreparer(mapperOf);
  }

  /** @throws also what storing an earlier batch threw. */
  async take(event: ScanFileEvent): Promise<void> {
    switch (event.type) {
      case 'scan':
        this.#scope = event.scope;
        return;
      case 'host': {
        if (this.#openHost) await this.#endHost();
        this.#openHost = {
          hosts: this.#hosts.length,
          findings: this.#findings.length,
          results: this.#results.length,
        };
        this.#addHost(event);
        return;
      }
      case 'item':
        this.#addItem(event);
        if (this.#itemCount() >= batch.items || this.#characters >= batch.characters)
          await this.#giveWithin();
        return;
      case 'open-port':
        this.#openPorts += 1;
        return;
      case 'held':
        this.#hold(event);
        return;
      case 'host-end':
        await this.#endHost();
    }
  }

  /** Forgets a host that the file shows only in part; to be called when nothing is being stored. */
  async dropOpenHost(): Promise<void> {
    const open = this.#openHost;
    if (!open) return;
    for (const { key, before } of this.#hosts.slice(open.hosts))
      if (before === undefined) this.#told.delete(key);
      else this.#told.set(key, before);
    this.#hosts = this.#hosts.slice(0, open.hosts);
    this.#findings = this.#findings.slice(0, open.findings);
    this.#results = this.#results.slice(0, open.results);
    this.#openHost = undefined;
    if (!this.#isInParts) return;
    this.#isInParts = false;
    this.#openPorts = 0;
    await this.#storing.dropParts();
  }

  /** Gives away what is left. */
  async end(): Promise<void> {
    await (this.#openHost ? this.#storing.storePart(this.#cut()) : this.#storing.store(this.#cut()));
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

  #addItem({ kind, raw }: Extract<ScanFileEvent, { type: 'item' }>): void {
    // A file that says itself when a finding was last found is not a record of one scan.
    if (kind === 'finding' && raw['last_found'] !== raw['seen_at'])
      this.#unsure.add(scalarText(raw['host_key']));
    const record = { externalId: identify(raw), raw };
    this.#characters += sizeOf(raw);
    if (kind === 'compliance') this.#results.push(record);
    else this.#findings.push(this.#prepare(record));
  }

  #hold(event: Extract<ScanFileEvent, { type: 'held' }>): void {
    this.#held.push({
      table: event.what === 'host' ? 'ingestion_assets' : 'ingestion_vulnerabilities',
      identifier: `${this.#file}: ${event.identifier}`,
      type: event.what === 'host' ? 'nameless' : 'time',
      message: event.reason,
      raw: event.raw,
    });
    if (event.what === 'time') this.lacksTimes = true;
  }

  async #endHost(): Promise<void> {
    this.#openHost = undefined;
    if (this.#isInParts) {
      this.#isInParts = false;
      await this.#storing.storeLastPart(this.#cut());
    } else if (this.#itemCount() >= batch.whole || this.#hosts.length >= batch.whole)
      await this.#storing.store(this.#cut());
  }

  /** The gathered hosts before the open one are stored permanently; the open one as far as it is there, so that it can be rolled back. */
  async #giveWithin(): Promise<void> {
    const open = this.#openHost;
    if (!open) {
      await this.#storing.store(this.#cut());
      return;
    }
    if (!this.#isInParts) {
      const hosts = this.#hosts.splice(open.hosts);
      const findings = this.#findings.splice(open.findings);
      const results = this.#results.splice(open.results);
      await this.#storing.storeBeforeParts(this.#cut());
      this.#isInParts = true;
      this.#hosts = hosts;
      this.#findings = findings;
      this.#results = results;
    }
    await this.#storing.storePart(this.#cut());
    this.#openHost = { hosts: 0, findings: 0, results: 0 };
  }

  #itemCount(): number {
    return this.#findings.length + this.#results.length;
  }

  /** All that is gathered; what comes next begins a batch of its own. */
  #cut(): GatheredBatch {
    const cut = {
      hosts: this.#hosts,
      findings: this.#findings,
      results: this.#results,
      openPorts: this.#openPorts,
      held: this.#held,
      unsure: this.#unsure,
    };
    this.#hosts = [];
    this.#findings = [];
    this.#results = [];
    this.#openPorts = 0;
    this.#held = [];
    this.#unsure = new Set();
    this.#characters = 0;
    return cut;
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

function identify(raw: ExternalRecord['raw']): string {
  const plugin = raw['plugin'];
  const id =
    typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin) ? plugin['id'] : raw['check_id'];
  return [raw['host_key'], id, raw['port'], raw['protocol']].map((part) => scalarText(part ?? '')).join(':');
}

/** Roughly, in characters: what counts is that a few large outputs are not gathered by the thousand. */
export function sizeOf(raw: ExternalRecord['raw']): number {
  const output = raw['plugin_output'] ?? raw['actual_value'];
  return (typeof output === 'string' ? output.length : 0) + 2_000;
}
