/**
 * CSV exports, for those who have no API: of Tenable VM, of Nessus, and of Security Center, told apart by their header row. They
 * say neither what was scanned nor with which rights, so nothing is concluded from what they leave out.
 */
import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { TielineError } from '../../errors/tieline-error.ts';
import { decodeText } from './decode-text.ts';
import { instantOf } from './file-values.ts';
import { hostRecord } from './host-shape.ts';
import { findingRaw, type ItemFacts } from './item-shape.ts';
import type { ScanFileEvent } from '../kit/scan-file.ts';
import { scanFileFault, type ScanFileLimits } from './scan-file-fault.ts';

type Row = Readonly<Record<string, string>>;

/** Columns of a dialect: ours to theirs; where releases differ in a name, all of them with bars between. */
interface Dialect {
  readonly title: string;
  /** Columns that tell this dialect from the others. */
  readonly marks: readonly string[];
  readonly plugin: string;
  readonly pluginName: string;
  readonly family: string;
  readonly severity: string;
  readonly host: string;
  readonly ip: string;
  readonly fqdn: string;
  readonly netbios: string;
  readonly mac: string;
  readonly os: string;
  readonly port: string;
  readonly protocol: string;
  readonly service: string;
  readonly state: string;
  readonly endedAt: string;
  /** Children of an item as .nessus names them, to columns. */
  readonly children: Readonly<Record<string, string>>;
}

const shared = {
  synopsis: 'Synopsis',
  description: 'Description',
  solution: 'Solution',
  see_also: 'See Also',
  risk_factor: 'Risk Factor',
  cve: 'CVE',
};

const dialects: readonly Dialect[] = [
  {
    title: 'Tenable Vulnerability Management',
    marks: ['Plugin ID', 'Vulnerability State', 'IP Address', 'FQDN'],
    plugin: 'Plugin ID',
    pluginName: 'Name',
    family: 'Plugin Family',
    severity: 'Severity',
    host: 'Host',
    ip: 'IP Address',
    fqdn: 'FQDN',
    netbios: 'NetBios',
    mac: '',
    os: 'OS',
    port: 'Port',
    protocol: 'Protocol',
    service: 'Service',
    state: 'Vulnerability State',
    endedAt: 'Host End',
    children: {
      ...shared,
      plugin_output: 'Plugin Output',
      first_found: 'First Found',
      last_found: 'Last Found',
      last_fixed: 'Last Fixed',
      cvss_base_score: 'CVSS Base Score',
      cvss_vector: 'CVSS Vector',
      cvss3_base_score: 'CVSS3 Base Score',
      cvss3_vector: 'CVSS3 Vector',
      vpr_score: 'Vulnerability Priority Rating (VPR)',
      exploit_available: 'Exploit Available',
      plugin_publication_date: 'Plugin Publication Date',
      plugin_modification_date: 'Plugin Modification Date',
    },
  },
  {
    title: 'Tenable Security Center',
    marks: ['Plugin', 'Plugin Name', 'IP Address', 'Severity'],
    plugin: 'Plugin',
    pluginName: 'Plugin Name',
    family: 'Family',
    severity: 'Severity',
    host: 'DNS Name',
    ip: 'IP Address',
    fqdn: 'DNS Name',
    netbios: 'NetBIOS Name',
    mac: 'MAC Address',
    os: '',
    port: 'Port',
    protocol: 'Protocol',
    service: '',
    state: '',
    endedAt: 'Last Observed',
    children: {
      ...shared,
      plugin_output: 'Plugin Text | Plugin Output',
      first_found: 'First Discovered',
      last_found: 'Last Observed',
      cvss_base_score: 'CVSS V2 Base Score',
      cvss_vector: 'CVSS V2 Vector',
      cvss3_base_score: 'CVSS V3 Base Score',
      cvss3_vector: 'CVSS V3 Vector',
      vpr_score: 'Vulnerability Priority Rating',
      exploit_available: 'Exploit?',
      vuln_publication_date: 'Vuln Publication Date',
      patch_publication_date: 'Patch Publication Date',
      plugin_publication_date: 'Plugin Publication Date',
      plugin_modification_date: 'Plugin Modification Date',
      xref: 'Cross References',
    },
  },
  {
    title: 'Nessus',
    marks: ['Plugin ID', 'Risk', 'Host', 'Name', 'Plugin Output'],
    plugin: 'Plugin ID',
    pluginName: 'Name',
    family: 'Plugin Family',
    severity: 'Risk',
    host: 'Host',
    ip: '',
    fqdn: '',
    netbios: '',
    mac: '',
    os: '',
    port: 'Port',
    protocol: 'Protocol',
    service: '',
    state: '',
    endedAt: '',
    children: {
      ...shared,
      plugin_output: 'Plugin Output',
      cvss_base_score: 'CVSS v2.0 Base Score',
      cvss3_base_score: 'CVSS v3.0 Base Score',
      vpr_score: 'VPR Score',
      epss_score: 'EPSS Score',
    },
  },
];

/** Columns with several values in one cell. */
const separated = new Set(['cve', 'xref']);
const yesNo: Readonly<Record<string, string>> = { yes: 'true', no: 'false' };

/** @throws TielineError SCAN_FILE_INVALID with line and byte; what came before was told. */
export async function* readScanCsv(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  limits: ScanFileLimits,
): AsyncGenerator<ScanFileEvent, void, undefined> {
  let dialect: Dialect | undefined;
  let present: { readonly key: string; items: number } | undefined;
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: limits.textBytes,
    columns(header: string[]) {
      const columns = header.map((column) => column.trim());
      // Also of a table without rows: a text of one line is no export of nothing.
      dialect = dialectOf(name, columns);
      return columns;
    },
    // Spreadsheets leave rows of commas behind.
    skip_records_with_empty_values: true,
  });
  const text = Readable.from(textOf(name, bytes), { objectMode: false, encoding: 'utf8' });
  text.once('error', (error) => parser.destroy(error));
  text.pipe(parser);
  const place = (): { line: number; byte: number } => ({ line: parser.info.lines, byte: parser.info.bytes });
  try {
    yield { type: 'scan', name, scope: { pluginIds: undefined, families: new Map(), plugins: new Map() } };
    for await (const { record } of parser as AsyncIterable<{ record: Row }>) {
      dialect ??= dialectOf(name, Object.keys(record));
      const host = hostOf(dialect, record);
      if (present?.key !== host.key) {
        if (present) yield { type: 'host-end', items: present.items };
        present = { key: host.key, items: 0 };
        yield { type: 'host', ...host, credentialed: undefined };
      }
      present.items += 1;
      yield {
        type: 'item',
        kind: 'finding',
        raw: findingRaw(itemOf(dialect, record), { key: host.key, seenAt: host.endedAt }),
      };
    }
    if (present) yield { type: 'host-end', items: present.items };
  } catch (error) {
    if (error instanceof TielineError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw scanFileFault(name, place(), `this is no row of the table: ${message}`, error);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

async function* textOf(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const { text } of decodeText(name, bytes)) yield text;
}

function dialectOf(name: string, columns: readonly string[]): Dialect {
  const found = dialects.find((dialect) => dialect.marks.every((mark) => columns.includes(mark)));
  if (found) return found;
  const nearest = dialects.toSorted(
    (a, b) =>
      b.marks.filter((mark) => columns.includes(mark)).length -
      a.marks.filter((mark) => columns.includes(mark)).length,
  )[0];
  const missing = nearest?.marks.filter((mark) => !columns.includes(mark)) ?? [];
  throw scanFileFault(
    name,
    { line: 1, byte: 0 },
    `the header is that of no known export; of ${nearest?.title ?? ''} it lacks the columns ${missing.join(', ')}`,
  );
}

const cell = (record: Row, column: string): string | undefined => {
  for (const name of column.includes(' | ') ? column.split(' | ') : [column]) {
    const value = name === '' ? undefined : record[name]?.trim();
    if (value !== '' && value !== undefined) return value;
  }
  return undefined;
};

function hostOf(dialect: Dialect, record: Row) {
  const endedAt =
    instantOf(cell(record, dialect.endedAt)) ?? instantOf(cell(record, dialect.children['last_found'] ?? ''));
  const { key, raw } = hostRecord({
    name: cell(record, dialect.host) ?? '',
    netbios: cell(record, dialect.netbios),
    fqdns: [cell(record, dialect.fqdn) ?? ''],
    ips: (cell(record, dialect.ip) ?? '').split(/[\s,]+/),
    macs: (cell(record, dialect.mac) ?? '').split(/[\s,]+/),
    operatingSystems: [cell(record, dialect.os) ?? ''],
    systemTypes: [],
    endedAt,
    kept: {},
  });
  return { key, raw, endedAt };
}

function itemOf(dialect: Dialect, record: Row): ItemFacts {
  const children = new Map<string, string[]>();
  for (const [child, column] of Object.entries(dialect.children)) {
    const value = cell(record, column);
    if (value === undefined) continue;
    if (separated.has(child))
      children.set(
        child,
        value.split(/[,\s]*[,\n][,\s]*/).filter((each) => each !== ''),
      );
    else if (child === 'plugin_output') children.set(child, [value.replace(/^Plugin Output:\s*/, '')]);
    else children.set(child, [yesNo[value.toLowerCase()] ?? value]);
  }
  const state = cell(record, dialect.state);
  if (state !== undefined) children.set('vulnerability_state', [state]);
  return {
    attributes: {
      pluginID: cell(record, dialect.plugin) ?? '',
      pluginName: cell(record, dialect.pluginName) ?? '',
      ...(cell(record, dialect.family) === undefined
        ? {}
        : { pluginFamily: cell(record, dialect.family) ?? '' }),
      severity: cell(record, dialect.severity) ?? '',
      port: cell(record, dialect.port) ?? '0',
      protocol: cell(record, dialect.protocol) ?? 'tcp',
      ...(cell(record, dialect.service) === undefined
        ? {}
        : { svc_name: cell(record, dialect.service) ?? '' }),
    },
    children,
  };
}
