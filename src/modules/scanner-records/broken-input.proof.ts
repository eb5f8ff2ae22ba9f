/** Broken files and chunks all the way into the database: what is refused leaves nothing behind, what is imported adds up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import {
  breakBytes,
  breakingJson,
  breakingXml,
  randomFrom,
} from '../../platform/http/broken-bytes.test-support.ts';
import { scanFileReader } from '../../connectors/nessus/reader.ts';
import { tenableConnector } from '../../connectors/tenable/connector.ts';
import {
  startScriptedServer,
  type ScriptedServer,
} from '../../connectors/tenable/scripted-server.test-support.ts';
import { TielineError } from '../../platform/errors/tieline-error.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation, type Counts } from '../../ledger/operations/operations.sql.ts';
import type { App } from '../../engine/run/app.ts';
import type { RunContext } from '../../engine/run/run-context.ts';
import { openFactSink } from './fact-sinks.ts';
import { importEntity } from '../../engine/inbound/import-entity.ts';
import { importFiles } from '../scan-files/import-files.ts';

/** `TIELINE_BROKEN=10000 npm run test:proof -- broken-input` for more. */
const inputs = Number(process.env['TIELINE_BROKEN'] ?? 2000);

let database: ClonedDatabase;
let server: ScriptedServer;
let folder = '';
let systemId = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-broken-'));
  database = await cloneDatabase();
  server = await startScriptedServer();
  const system = await insertSystem(database.db, {
    name: 'tenable',
    type: 'tenable',
    url: 'https://tenable.example',
    config: {},
  });
  systemId = system?.id ?? 0;
});
afterAll(async () => {
  await server.stop();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const host = (name: string, plugins: readonly number[]): string =>
  `<ReportHost name="${name}"><HostProperties><tag name="HOST_END_TIMESTAMP">1790000000</tag><tag name="host-ip">${name}</tag><tag name="bios-uuid">00000000-0000-4000-8000-0000000000${name.slice(-2)}</tag></HostProperties>\n${plugins
    .map(
      (id) =>
        `<ReportItem port="443" svc_name="www" protocol="tcp" severity="2" pluginID="${id}" pluginName="P ${id}" pluginFamily="F"><cve>CVE-2026-${id}</cve><plugin_output>é &amp; ${id}</plugin_output></ReportItem>\n`,
    )
    .join('')}</ReportHost>\n`;
const nessus = `<?xml version="1.0"?>\n<NessusClientData_v2><Report name="r">\n${host('10.0.0.11', [1, 2])}${host('10.0.0.12', [2, 3])}</Report></NessusClientData_v2>\n`;
const csv =
  'Plugin ID,CVE,CVSS,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output\n10107,"CVE-2020-1,CVE-2020-2",5.0,Medium,10.0.0.13,tcp,80,"HTTP ""type""",a,b,c,http://d,"line\nline"\n';
const chunk = JSON.stringify(
  [80, 443, 8443].map((port) => ({
    asset: { uuid: '11111111-2222-4333-8444-555555555555' },
    plugin: { id: port, name: `Plugin ${port}`, cve: [`CVE-2026-${port}`] },
    port: { port, protocol: 'TCP' },
    severity: 'high',
    state: 'OPEN',
    output: 'é\u0000 "quoted"',
    'a\u0000b': { 'c\uD800': 'half \uD800 a pair, a whole one \u{1F600}, and C:\\u0000' },
    indexed: 1_790_000_000,
    first_found: '2026-01-02T00:00:00Z',
    last_found: '2026-10-02T00:00:00Z',
  })),
);

const tables = [
  'ingestion_assets',
  'ingestion_vulnerabilities',
  'ingestion_vulnerability_cves',
  'ingestion_asset_network',
  'asset_sources',
  'asset_identifiers',
  'asset_identity_decisions',
  'asset_exposure',
  'scan_plugins',
  'finding_state_changes',
  'compliance_results',
  'scan_coverage',
  'imported_files',
  'sync_links',
  'sync_changes',
];
/** Everything that an import may write, as one text. */
async function recordAsText(): Promise<string> {
  const each = tables.map(
    (name) => `(select coalesce(md5(string_agg(t::text, '|' order by t::text)), '-') from ${name} t)`,
  );
  const { rows } = await database.pool.query<{ text: string }>(
    `select concat_ws(' ', ${each.join(', ')}) as text`,
  );
  return rows[0]?.text ?? '';
}

async function takeFile(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  // What an import asks of the product: its database, the reader and the clock.
  const app = {
    db: database.db,
    store: database.store,
    scanFiles: scanFileReader,
    now: () => new Date(),
  } as unknown as App;
  return importFiles(app, [path], {
    source: 'files',
    keepPartial: false,
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

async function readChunk(bytes: Buffer): Promise<Counts> {
  server.jobs.set('job', { status: { status: 'FINISHED', chunks_available: [1] }, chunks: { 1: bytes } });
  server.onStart = () => ({ status: 200, body: { export_uuid: 'job' } });
  const operationId = await beginOperation(database.db, { type: 'sync', system: 'tenable', step: 'finding' });
  const signal = new AbortController().signal;
  const context: RunContext = {
    store: database.store,
    db: database.db,
    operationId,
    systems: [],
    modules: new Map(),
    now: () => new Date(),
    sleep: () => Promise.resolve(),
    signal,
    report: () => undefined,
    log: { info: () => undefined, warn: () => undefined },
    absence: { sharePercent: 5, atLeast: 20, accept: false },
  };
  const system = {
    id: systemId,
    name: 'tenable',
    module: tenableConnector,
    connector: server.connect(),
    mappings: tenableConnector.declaration.mappings,
    policies: [],
    setOperation: () => undefined,
    flushCalls: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return importEntity(context, { system, entity: 'finding', operationId, full: true }, openFactSink);
}

const addsUp = ({ read, created, updated, unchanged, held, failed }: Counts): boolean =>
  created + updated + unchanged + held + failed === read;

interface Taken {
  /** Why it was refused; empty: it was not. */
  readonly refusals: readonly string[];
  readonly counts: readonly Counts[];
}

async function takeBrokenFile(n: number, kind: number, next: () => number): Promise<Taken> {
  const bytes = breakBytes(kind < 0.1 ? csv : nessus, breakingXml, next);
  const outcomes = await takeFile(`${n}.nessus`, kind > 0.45 ? gzipSync(bytes) : bytes);
  return {
    refusals: outcomes.flatMap(({ outcome, problem }) => (outcome === 'refused' ? [problem ?? ''] : [])),
    counts: outcomes.map((outcome) => outcome.counts),
  };
}

async function takeBrokenChunk(n: number, next: () => number): Promise<Taken> {
  try {
    return { refusals: [], counts: [await readChunk(breakBytes(chunk, breakingJson, next))] };
  } catch (error) {
    if (error instanceof TielineError && error.code === 'REMOTE_UNEXPECTED')
      return { refusals: [error.message], counts: [] };
    throw new Error(`chunk ${n}`, { cause: error });
  }
}

describe(`${inputs} broken files and chunks`, () => {
  it(
    `${inputs} broken files and chunks leave nothing behind when they are refused, and add up when they are not`,
    async () => {
      const next = randomFrom(20_261_125);
      let refused = 0;
      for (let n = 0; n < inputs; n += 1) {
        const before = await recordAsText();
        const kind = next();
        const { refusals, counts } = await (kind < 0.5
          ? takeBrokenFile(n, kind, next)
          : takeBrokenChunk(n, next));
        refused += refusals.length;
        expect(refusals.filter((each) => !/(line|element) \d+, byte \d+: ./.test(each))).toEqual([]);
        expect(counts.filter((each) => !addsUp(each))).toEqual([]);
        expect(refusals.length === 0 || (await recordAsText()) === before, `input ${n}`).toBe(true);
      }
      expect(refused).toBeGreaterThan(inputs / 2);
    },
    Math.max(60_000, inputs * 1_000),
  );
});
