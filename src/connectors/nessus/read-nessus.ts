/**
 * Reads .nessus version 2 as a stream: one item, and one host's properties, are in memory. Nothing is expanded but the five
 * predefined entities and character references; a document type is refused.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { HostsOfFile } from './host-shape.ts';
import { listOf } from './file-values.ts';
import {
  auditResultsOf,
  childName,
  complianceRaw,
  findingRaw,
  isOpenPort,
  type HostOfItem,
} from './item-shape.ts';
import { RepeatedPlugins } from './repeated-plugins.ts';
import { ScanTimes } from './scan-times.ts';
import { heldTimes } from './held-times.ts';
import type { ScanFileEvent } from '../kit/index.ts';
import { scanFileFault, type FilePlace, type ScanFileLimits } from './scan-file-fault.ts';
import { decodeText } from './decode-text.ts';

interface OpenHost {
  readonly name: string;
  readonly tags: Map<string, string>;
  told: HostOfItem | 'nameless' | undefined;
  items: number;
}

interface OpenItem {
  readonly attributes: Record<string, string>;
  readonly children: Map<string, string[]>;
}

/** @throws TielineError SCAN_FILE_INVALID where the file is not a .nessus file, is broken, or over a limit; what came before was reported. */
export async function* readNessus(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  limits: ScanFileLimits,
  timeZone?: string,
): AsyncGenerator<ScanFileEvent, void, undefined> {
  const reading = new NessusReading(name, limits, timeZone);
  for await (const piece of decodeText(name, bytes)) {
    reading.write(piece.text, piece.byte);
    yield* reading.take();
  }
  reading.end();
  yield* reading.take();
}

class NessusReading {
  readonly #name: string;
  readonly #limits: ScanFileLimits;
  readonly #parser = new SaxesParser();
  #events: ScanFileEvent[] = [];
  readonly #repeated = new RepeatedPlugins();
  readonly #path: string[] = [];
  #text = '';
  #host: OpenHost | undefined;
  #item: OpenItem | undefined;
  #tagName = '';
  #preference = '';
  #choice: { name: string; state: string } = { name: '', state: '' };
  #pluginIds: Set<string> | undefined;
  readonly #families = new Map<string, 'enabled' | 'disabled' | 'mixed'>();
  readonly #plugins = new Map<string, boolean>();
  readonly #hosts = new HostsOfFile();
  readonly #times: ScanTimes;
  /** The piece that is being parsed: its first byte, and how many characters came before it. */
  #pieceByte = 0;
  #piecePosition = 0;
  #piece = '';
  /** The piece before: a tag may begin there. */
  #earlier = { text: '', byte: 0 };
  #lastEventAt = 0;

  constructor(name: string, limits: ScanFileLimits, timeZone: string | undefined) {
    this.#name = name;
    this.#limits = limits;
    this.#times = new ScanTimes(timeZone);
    this.#parser.on('error', (error) => {
      throw this.#fault(error.message.replace(/^\d+:\d+: /, ''));
    });
    this.#parser.on('doctype', () => {
      throw this.#fault('a document type is declared; scan files have none, and entities are not expanded');
    });
    this.#parser.on('opentag', (tag) => this.#open(tag));
    this.#parser.on('text', (text) => {
      this.#lastEventAt = this.#parser.position;
      this.#text += text;
      if (this.#text.length > this.#limits.textBytes) throw this.#tooLong();
    });
    this.#parser.on('cdata', (text) => {
      this.#lastEventAt = this.#parser.position;
      this.#text += text;
      if (this.#text.length > this.#limits.textBytes) throw this.#tooLong();
    });
    this.#parser.on('closetag', () => this.#close());
  }

  write(text: string, byte: number): void {
    // Between two pieces the parser's own position counts the one before twice.
    this.#piecePosition += this.#piece.length;
    this.#earlier = { text: this.#piece, byte: this.#pieceByte };
    this.#piece = text;
    this.#pieceByte = byte;
    this.#parser.write(text);
    if (this.#piecePosition + text.length - this.#lastEventAt > this.#limits.textBytes) throw this.#tooLong();
  }

  end(): void {
    const ended = { line: this.#parser.line, byte: this.#pieceByte + Buffer.byteLength(this.#piece) };
    const open = this.#path.at(-1);
    if (open !== undefined)
      throw scanFileFault(this.#name, ended, `the file ends within <${open}>: it was cut off`);
    this.#parser.close();
    this.#events.push(...heldTimes(this.#times));
  }

  take(): ScanFileEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** For a fault within a tag, where the tag begins; else where the parser is. */
  #place(): FilePlace {
    const text = this.#earlier.text + this.#piece;
    const at = Math.max(0, this.#earlier.text.length + this.#parser.position - this.#piecePosition - 1);
    const tag = text.lastIndexOf('<', at - 1);
    const place = tag >= 0 && !text.slice(tag, at).includes('>') ? tag : at;
    return {
      line: this.#parser.line,
      byte: this.#earlier.byte + Buffer.byteLength(text.slice(0, place)),
    };
  }

  #fault(message: string): Error {
    return scanFileFault(this.#name, this.#place(), message);
  }

  #tooLong(): Error {
    return this.#fault(`a text or tag is longer than ${this.#limits.textBytes} bytes`);
  }

  #open(tag: SaxesTagPlain): void {
    this.#lastEventAt = this.#parser.position;
    this.#text = '';
    const depth = this.#path.push(tag.name);
    if (depth > this.#limits.depth)
      throw this.#fault(`elements are nested more than ${this.#limits.depth} deep`);
    if (depth === 1 && tag.name === 'NessusClientData')
      throw this.#fault(
        'the root element is <NessusClientData>, version 1 of the format, which is not read: expected <NessusClientData_v2>; export the scan again as .nessus of today',
      );
    if (depth === 1 && tag.name !== 'NessusClientData_v2')
      throw this.#fault(`the root element is <${tag.name}>, expected <NessusClientData_v2>`);
    const within = this.#path.at(-2);
    if (tag.name === 'Report' && depth === 2) {
      const scope = { pluginIds: this.#pluginIds, families: this.#families, plugins: this.#plugins };
      this.#events.push({ type: 'scan', name: tag.attributes['name'] ?? '', scope });
    } else if (tag.name === 'ReportHost' && within === 'Report')
      this.#host = { name: tag.attributes['name'] ?? '', tags: new Map(), told: undefined, items: 0 };
    else if (tag.name === 'ReportItem' && within === 'ReportHost')
      this.#item = { attributes: { ...tag.attributes }, children: new Map() };
    else if (tag.name === 'tag' && within === 'HostProperties') this.#tagName = tag.attributes['name'] ?? '';
    else if (tag.name === 'preference') this.#preference = '';
    else if (tag.name === 'FamilyItem' || tag.name === 'PluginItem') this.#choice = { name: '', state: '' };
  }

  #close(): void {
    this.#lastEventAt = this.#parser.position;
    const name = this.#path.pop() ?? '';
    const within = this.#path.at(-1);
    const text = this.#text;
    this.#text = '';
    if (this.#item && within === 'ReportItem') {
      const child = childName(name);
      const texts = this.#item.children.get(child);
      if (texts) texts.push(text);
      else this.#item.children.set(child, [text]);
    } else if (this.#item && name === 'ReportItem') this.#endItem(this.#item);
    else if (this.#host && name === 'tag' && within === 'HostProperties')
      this.#host.tags.set(this.#tagName, text);
    else if (this.#host && name === 'HostProperties') this.#tell(this.#host);
    else if (this.#host && name === 'ReportHost') {
      this.#endHost(this.#host);
      this.#host = undefined;
    } else this.#closePolicy(name, within, text);
  }

  #endHost(host: OpenHost): void {
    const { items } = host;
    if (this.#tell(host) !== 'nameless') this.#events.push({ type: 'host-end', items });
    else
      this.#events.push({
        type: 'held',
        what: 'host',
        identifier: `line ${this.#parser.line}`,
        reason: `a host with no name, address or uuid of its own (the report calls it "${host.name.slice(0, 100)}"); its ${items} items are nobody's`,
        raw: { report_host: host.name, items, tags: Object.fromEntries(host.tags) },
      });
  }

  #closePolicy(name: string, within: string | undefined, text: string): void {
    if (within === 'preference' && name === 'name') this.#preference = text.trim();
    else if (within === 'preference' && name === 'value' && this.#preference === 'plugin_set')
      this.#pluginIds = new Set(text.split(/[;,\s]+/).filter((id) => id !== ''));
    else if (name === 'FamilyName' || name === 'PluginId') this.#choice.name = text.trim();
    else if (name === 'Status') this.#choice.state = text.trim().toLowerCase();
    else if (name === 'FamilyItem') {
      const { state } = this.#choice;
      if (state === 'enabled' || state === 'disabled' || state === 'mixed')
        this.#families.set(this.#choice.name, state);
    } else if (name === 'PluginItem') this.#plugins.set(this.#choice.name, this.#choice.state === 'enabled');
  }

  #endItem(item: OpenItem): void {
    this.#item = undefined;
    const host = this.#host;
    if (!host) return;
    const of = this.#tell(host);
    host.items += 1;
    if (of === 'nameless') return;
    const take = this.#times.take;
    const results = auditResultsOf(item);
    if (isOpenPort(item)) this.#events.push({ type: 'open-port' });
    else if (results.length > 0)
      for (const said of results)
        this.#events.push({ type: 'item', kind: 'compliance', raw: complianceRaw(said, item, of, take) });
    else {
      const raw = findingRaw(item, of, take, () => this.#repeated.of(item, take));
      this.#events.push({ type: 'item', kind: 'finding', raw });
    }
  }

  /** Reports a host once: when its properties end, or, if it has none, with its first item. */
  #tell(host: OpenHost): HostOfItem | 'nameless' {
    if (host.told) return host.told;
    const tag = (name: string): string | undefined => host.tags.get(name);
    const list = (name: string): string[] => listOf(tag(name) ?? '');
    const take = this.#times.take;
    const startedAt =
      take(tag('HOST_START_TIMESTAMP')) ??
      // Written for people, in the scanner's own language: no fault is reported where the other end is given in machine-readable form.
      (tag('HOST_END_TIMESTAMP') === undefined ? take : this.#times.look)(tag('HOST_START'));
    const endedAt = take(tag('HOST_END_TIMESTAMP')) ?? take(tag('HOST_END')) ?? startedAt;
    const credentialed = tag('Credentialed_Scan')?.trim().toLowerCase();
    const named = this.#hosts.nameOf({
      name: host.name,
      tenableUuid: tag('host-uuid'),
      agentUuid: tag('TAG'),
      biosUuid: tag('bios-uuid'),
      hostname: tag('hostname'),
      netbios: tag('netbios-name'),
      fqdns: [...list('host-fqdn'), ...list('host-fqdns'), ...list('host-rdns')],
      ips: [...list('host-ip')],
      macs: list('mac-address').flatMap((each) => each.split(/[\s,]+/)),
      operatingSystems: list('operating-system'),
      systemTypes: list('system-type'),
      startedAt,
      endedAt,
      kept: { report_host: host.name, ...(tag('policy-used') ? { policy: tag('policy-used') ?? null } : {}) },
    });
    if (!named) {
      host.told = 'nameless';
      return host.told;
    }
    const { key, raw } = named;
    host.told = { key, seenAt: endedAt };
    this.#events.push({
      type: 'host',
      key,
      raw,
      credentialed: credentialed === 'true' ? true : credentialed === 'false' ? false : undefined,
      endedAt,
    });
    return host.told;
  }
}
