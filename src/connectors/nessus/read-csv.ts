/**
 * CSV exports, for those who have no API: of Tenable VM, of Nessus, and of Security Center, separated by commas, semicolons or
 * tabs. They say neither what was scanned nor with which rights, so nothing is concluded from what they leave out.
 */
import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { rolesOf, type ColumnRoles, type Role } from './csv-columns.ts';
import { decodeText } from './decode-text.ts';
import { heldTimes } from './held-times.ts';
import { HostsOfFile, type HostRecord } from './host-shape.ts';
import { listOf } from './file-values.ts';
import {
  auditResultsOf,
  complianceRaw,
  findingRaw,
  isOpenPort,
  pluginOf,
  type ItemFacts,
} from './item-shape.ts';
import type { ScanFileEvent } from '../kit/index.ts';
import { scanFileFault, type ScanFileLimits } from './scan-file-fault.ts';
import { ScanTimes } from './scan-times.ts';

type Cells = readonly string[];
interface ParsedRow {
  readonly record: Cells;
  readonly info: { readonly lines: number; readonly bytes: number };
}

/** Columns with several values in one cell. */
const separated = new Set(['child:cve', 'child:xref', 'child:bid']);
const yesNo: Readonly<Record<string, string>> = { yes: 'true', no: 'false' };
/** A row of nothing: of commas, of blanks, or the mark with which some systems end a text. */
const isBlank = (cell: string): boolean => cell.replaceAll('\u001A', '').trim() === '';

/** @param timeZone IANA name, for times that name no zone. @throws TielineError SCAN_FILE_INVALID with line and byte; what came before was reported. */
export async function* readScanCsv(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  limits: ScanFileLimits,
  timeZone?: string,
): AsyncGenerator<ScanFileEvent, void, undefined> {
  const { delimiter, text } = await openTable(name, bytes);
  const parser = parse({
    bom: true,
    info: true,
    delimiter,
    max_record_size: limits.textBytes,
    skip_empty_lines: true,
    // Rows are counted below, where one that is blank can be distinguished from one that was cut off.
    relax_column_count: true,
  });
  const source = Readable.from(text, { objectMode: false, encoding: 'utf8' });
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let rows: RowReading | undefined;
  try {
    yield { type: 'scan', name, scope: { pluginIds: undefined, families: new Map(), plugins: new Map() } };
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>) {
      if (record.every((cell) => isBlank(cell))) continue;
      if (!rows) {
        // A spreadsheet's note of what separates the columns.
        if (record.length <= 2 && /^sep=/i.test(record[0] ?? '')) continue;
        rows = new RowReading(name, record, timeZone, info.bytes);
        continue;
      }
      rows.expectWhole(record, info);
      yield* rows.read(record, info.lines);
    }
    // Also a table without rows needs its header: a text of one line is not an export of nothing.
    rows ??= new RowReading(name, [], timeZone);
    yield* rows.end();
  } catch (error) {
    if (error instanceof TielineError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const place = { line: parser.info.lines, byte: parser.info.bytes };
    throw scanFileFault(name, place, `this is not a row of the table: ${message}`, error);
  } finally {
    source.destroy();
    parser.destroy();
  }
}

/** Reads the first line, to see what separates its columns, and gives the whole text. */
async function openTable(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly delimiter: string; readonly text: AsyncGenerator<string> }> {
  const pieces = decodeText(name, bytes);
  let start = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done) break;
    start += next.value.text;
    if (/\n./.test(start.trimStart()) || start.length > 64 * 1024) break;
  }
  async function* text(): AsyncGenerator<string> {
    yield start;
    for await (const piece of pieces) yield piece.text;
  }
  return { delimiter: delimiterOf(start), text: text() };
}

function delimiterOf(start: string): string {
  const lines = start
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n');
  const header = (/^sep=/i.test(lines[0] ?? '') ? lines[1] : lines[0]) ?? '';
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const count = (sign: string): number => bare.split(sign).length - 1;
  return [',', ';', '\t', '|'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** The rows of one table. */
class RowReading {
  readonly #name: string;
  readonly #columns: number;
  readonly #roles: ColumnRoles;
  /** Columns that nothing is known of; kept as they are. */
  readonly #others: readonly (readonly [place: number, name: string])[];
  readonly #hosts = new HostsOfFile();
  readonly #times: ScanTimes;
  /** Where the row begins that is read now. */
  #rowAt = 0;
  #present: { readonly key: string; items: number } | undefined;
  #nameless: { line: number; rows: number; plugin: string } | undefined;

  /** @param end the byte at which the header ends. */
  constructor(name: string, header: Cells, timeZone: string | undefined, end = 0) {
    const { roles, missing } = rolesOf(header.map((column) => column.trim()));
    if (missing.length > 0) {
      const shown = header
        .slice(0, 8)
        .map((column) =>
          column
            .trim()
            .slice(0, 40)
            .replaceAll(/\p{Cc}/gu, '?'),
        )
        .join(', ');
      throw scanFileFault(
        name,
        { line: 1, byte: 0 },
        `the header is that of no known export: it lacks the columns ${missing.join(', ')}${shown === '' ? '' : ` (it begins with: ${shown})`}`,
      );
    }
    this.#rowAt = end;
    this.#name = name;
    this.#columns = header.length;
    this.#roles = roles;
    const used = new Set([...roles.values()].flat());
    this.#others = header
      .map((column, place) => [place, column.trim()] as const)
      .filter(([place, column]) => column !== '' && !used.has(place));
    this.#times = new ScanTimes(timeZone);
  }

  /** @throws SCAN_FILE_INVALID where a row has another number of columns than the header. */
  expectWhole(record: Cells, info: ParsedRow['info']): void {
    const extra = record.slice(this.#columns);
    const byte = this.#rowAt;
    this.#rowAt = info.bytes;
    if (record.length >= this.#columns && extra.every((cell) => isBlank(cell))) return;
    throw scanFileFault(
      this.#name,
      { line: info.lines, byte },
      `the row has ${record.length} columns, the header ${this.#columns}; a quotation mark or the end of the file is missing`,
    );
  }

  *read(record: Cells, line: number): Generator<ScanFileEvent> {
    const endedAt =
      this.#times.take(this.#cell(record, 'endedAt')) ??
      this.#times.take(this.#cell(record, 'child:last_found'));
    const host = this.#hostOf(record, endedAt);
    const item = this.#itemOf(record);
    if (!host) {
      this.#nameless ??= { line, rows: 0, plugin: item.attributes['pluginID'] ?? '' };
      this.#nameless.rows += 1;
      return;
    }
    if (this.#present?.key !== host.key) {
      if (this.#present) yield { type: 'host-end', items: this.#present.items };
      this.#present = { key: host.key, items: 0 };
    }
    // Each row says about its host what it knows: another address, a later time.
    yield { type: 'host', ...host, credentialed: undefined, endedAt };
    this.#present.items += 1;
    const of = { key: host.key, seenAt: endedAt };
    const results = auditResultsOf(item);
    if (isOpenPort(item)) yield { type: 'open-port' };
    else if (results.length > 0)
      for (const said of results)
        yield { type: 'item', kind: 'compliance', raw: complianceRaw(said, item, of, this.#times.take) };
    else {
      const { take } = this.#times;
      const raw = { ...findingRaw(item, of, take, () => pluginOf(item, take)), ...this.#kept(record) };
      yield { type: 'item', kind: 'finding', raw };
    }
  }

  #kept(record: Cells): JsonObject {
    const kept = this.#others
      .map(([place, name]) => [name, record[place]?.trim() ?? ''] as const)
      .filter(([, value]) => value !== '');
    return kept.length === 0 ? {} : { other_columns: Object.fromEntries(kept) };
  }

  *end(): Generator<ScanFileEvent> {
    if (this.#present) yield { type: 'host-end', items: this.#present.items };
    const nameless = this.#nameless;
    if (nameless)
      yield {
        type: 'held',
        what: 'host',
        identifier: `line ${nameless.line}`,
        reason: `${nameless.rows === 1 ? 'a row names' : `${nameless.rows} rows name`} no host: no name, address or uuid (the first of plugin ${nameless.plugin})`,
        raw: { ...nameless },
      };
    yield* heldTimes(this.#times);
  }

  #cell(record: Cells, role: Role): string | undefined {
    for (const place of this.#roles.get(role) ?? []) {
      const value = record[place]?.trim();
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  }

  /** What all columns for this list. */
  #list(record: Cells, role: Role): string[] {
    return (this.#roles.get(role) ?? []).flatMap((place) =>
      listOf(record[place] ?? '').flatMap((each) => each.split(/[\s,;]+/)),
    );
  }

  #hostOf(record: Cells, endedAt: string | undefined): HostRecord | undefined {
    return this.#hosts.nameOf({
      name: this.#cell(record, 'host') ?? '',
      tenableUuid: this.#cell(record, 'tenableUuid'),
      agentUuid: this.#cell(record, 'agentUuid'),
      biosUuid: this.#cell(record, 'biosUuid'),
      hostId: this.#cell(record, 'hostId'),
      netbios: this.#cell(record, 'netbios'),
      fqdns: this.#list(record, 'fqdn'),
      ips: this.#list(record, 'ip'),
      macs: this.#list(record, 'mac'),
      operatingSystems: listOf(this.#cell(record, 'os') ?? ''),
      systemTypes: listOf(this.#cell(record, 'systemType') ?? ''),
      startedAt: this.#times.take(this.#cell(record, 'startedAt')),
      endedAt,
      kept: {},
    });
  }

  #itemOf(record: Cells): ItemFacts {
    const children = new Map<string, string[]>();
    for (const role of this.#roles.keys()) {
      if (!role.startsWith('child:')) continue;
      const value = this.#cell(record, role);
      if (value !== undefined) children.set(role.slice('child:'.length), valuesOf(role, value));
    }
    sayExploitable(children);
    const service = this.#cell(record, 'service');
    const family = this.#cell(record, 'family');
    return {
      attributes: {
        pluginID: this.#cell(record, 'plugin') ?? '',
        pluginName: this.#cell(record, 'pluginName') ?? '',
        ...(family === undefined ? {} : { pluginFamily: family }),
        severity: this.#cell(record, 'severity')?.replace(/^informational$/i, 'info') ?? '',
        port: this.#cell(record, 'port') ?? '0',
        protocol: this.#cell(record, 'protocol') ?? 'tcp',
        ...(service === undefined ? {} : { svc_name: service }),
      },
      children,
    };
  }
}

function valuesOf(role: Role, value: string): string[] {
  if (separated.has(role))
    return listOf(value)
      .flatMap((line) => line.split(/[,;]\s*/))
      .map((each) => each.trim())
      .filter((each) => each !== '');
  if (role === 'child:plugin_output') return [value.replace(/^Plugin Output:\s*/, '')];
  return [yesNo[value.toLowerCase()] ?? value];
}

/** Nessus names the frameworks that exploit a weakness, and says nothing else of it. */
function sayExploitable(children: Map<string, string[]>): void {
  let some = false;
  for (const framework of ['metasploit', 'core', 'canvas']) {
    const name = `exploit_framework_${framework}`;
    const value = children.get(name)?.[0]?.toLowerCase();
    if (value === undefined) continue;
    children.set(name, [value]);
    some ||= value === 'true';
  }
  const told = children.get('exploit_available')?.[0]?.toLowerCase();
  if (told !== undefined && told !== 'true' && told !== 'false') {
    children.set('exploitability', [told]);
    children.delete('exploit_available');
  }
  if (some && !children.has('exploit_available')) children.set('exploit_available', ['true']);
}
