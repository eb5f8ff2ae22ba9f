/**
 * A year of a small fleet as three sources report it: export chunks of Tenable VM, pages of a Security Center, and .nessus files, with and
 * without credentials. Addresses are handed on from machine to machine. Reported in any order, and some of it twice, it ends in one state.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import type { ExternalRecord } from '../../connectors/kit/contract.ts';
import { scanFileReader } from '../../connectors/nessus/reader.ts';
import { tenableScConnector } from '../../connectors/tenable-sc/connector.ts';
import { findingRecord, hostRecord } from '../../connectors/tenable-sc/rows.ts';
import { tenableConnector } from '../../connectors/tenable/connector.ts';
import { listAssetAliases } from '../../record/assets/assets.sql.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import type { App } from '../../engine/run/app.ts';
import { SeenPlugins, openAssetSink, openFindingSink } from '../scanner-records/bulk-sinks.ts';
import { importFiles } from './import-files.ts';
import { mapperFrom } from '../../engine/inbound/mapper.ts';
import type { Sink } from '../../record/entities/sink.ts';
import type { Tx } from '../../platform/postgres/store.ts';

const machines = [0, 1, 2];
const plugins = [90_001, 90_002, 90_003];
/** `npm run soak:years` plays hundreds. */
const runs = Number(process.env['TIELINE_YEARS'] ?? 80);

const at = (day: number): Date => new Date(Date.UTC(2026, 0, 1 + day));
const iso = (day: number): string => at(day).toISOString();
const epoch = (day: number): number => at(day).getTime() / 1000;
const bios = (machine: number): string => `00000000-0000-4000-8000-00000000000${machine}`;
const vmUuid = (machine: number): string => `11111111-0000-4000-8000-00000000000${machine}`;
const name = (machine: number): string => `web${machine}.example.org`;
/** Every month each machine gets the address of the next one. */
const address = (machine: number, day: number): string =>
  `10.0.0.${1 + ((machine + Math.floor(day / 30)) % machines.length)}`;

/** The days on which a weakness is there: from each first to each second one. */
type Presence = readonly (readonly [from: number, to: number])[];
interface Telling {
  readonly source: 'vm' | 'sc' | 'file';
  readonly day: number;
  readonly credentialed: boolean;
}
interface Year {
  readonly presences: readonly (readonly Presence[])[];
  readonly tellings: readonly Telling[];
}

const presence: fc.Arbitrary<Presence> = fc
  .uniqueArray(fc.integer({ min: 1, max: 360 }), { minLength: 2, maxLength: 4 })
  .map((days) => {
    const sorted = days.toSorted((a, b) => a - b);
    const spans: [number, number][] = [];
    for (let n = 0; n + 1 < sorted.length; n += 2) spans.push([sorted[n] ?? 0, sorted[n + 1] ?? 0]);
    return spans;
  });
const tuple = <T>(count: number, each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(each, { minLength: count, maxLength: count });
const years: fc.Arbitrary<Year> = fc.record({
  presences: tuple(machines.length, tuple(plugins.length, presence)),
  tellings: fc.uniqueArray(
    fc.record({
      source: fc.constantFrom('vm', 'sc', 'file'),
      day: fc.integer({ min: 1, max: 364 }),
      credentialed: fc.boolean(),
    }),
    { minLength: 2, maxLength: 9, selector: (telling) => telling.day },
  ),
});

type Deliver = () => Promise<void>;

let database: ClonedDatabase;
let folder = '';
const systems = { vm: 0, sc: 0 };
let operationId: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-year-'));
  database = await cloneDatabase();
  for (const [key, type] of [
    ['vm', 'tenable'],
    ['sc', 'tenable_sc'],
  ] as const) {
    const row = await insertSystem(database.db, {
      name: key,
      type,
      url: 'https://scanner.example',
      config: {},
    });
    systems[key] = row?.id ?? 0;
  }
  operationId = await beginOperation(database.db, { type: 'import', system: 'vm', step: 'finding' });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const mappers = {
  vm: mapperFrom(tenableConnector.declaration.mappings),
  sc: mapperFrom(tenableScConnector.declaration.mappings),
};

async function fill(open: (tx: Tx) => Promise<Sink>, records: readonly ExternalRecord[]): Promise<void> {
  await database.store.transaction(async (tx) => {
    const sink = await open(tx);
    for (const record of records) await sink.add(record);
    const { held } = await sink.finish();
    expect(held).toEqual([]);
  });
}

/** As a sync reads a server: its assets, then its findings. */
async function readServer(
  server: 'vm' | 'sc',
  assets: readonly ExternalRecord[],
  findings: readonly ExternalRecord[],
): Promise<void> {
  const source = { systemId: systems[server], operationId };
  const ownsIdentity = server === 'vm';
  const systemType = server === 'vm' ? 'tenable' : 'tenable_sc';
  await fill(
    (tx) =>
      openAssetSink(
        tx,
        { ...source, policies: [], echo: undefined, systemType, ownsIdentity },
        mappers[server],
      ),
    assets,
  );
  const assetAliases = await listAssetAliases(database.db, systems[server]);
  await fill(
    (tx) =>
      openFindingSink(tx, { ...source, verifies: false }, mappers[server], {
        seenPlugins: new SeenPlugins(),
        assetAliases,
      }),
    findings,
  );
}

/** What a server knows of a weakness after the days on which it looked. */
interface Known {
  first?: number;
  last?: number;
  fixed?: number;
  resurfaced?: number;
  isOpen: boolean;
}

function look(known: Known, isThere: boolean, day: number): void {
  if (isThere) {
    if (known.first !== undefined && !known.isOpen) known.resurfaced = day;
    known.first ??= day;
    known.last = day;
    known.isOpen = true;
  } else if (known.isOpen) {
    known.fixed = day;
    known.isOpen = false;
  }
}

const isThere = (spans: Presence, day: number): boolean =>
  spans.some(([from, to]) => day >= from && day < to);

/** Reports what each source says on each of its days: what a server says depends on what it saw before, not on when it is read. */
function deliveries(year: Year): Deliver[] {
  const known = { vm: new Map<string, Known>(), sc: new Map<string, Known>() };
  return year.tellings
    .toSorted((a, b) => a.day - b.day)
    .map(({ source, day, credentialed }) => {
      if (source === 'file') return fileOf(year, day, credentialed);
      const rows = machines.flatMap((machine) =>
        plugins.flatMap((plugin, index) => {
          const key = `${machine} ${plugin}`;
          const state = known[source].get(key) ?? { isOpen: false };
          look(state, isThere(year.presences[machine]?.[index] ?? [], day), day);
          known[source].set(key, state);
          return state.first === undefined ? [] : [{ machine, plugin, state: { ...state } }];
        }),
      );
      return source === 'vm'
        ? () =>
            readServer(
              'vm',
              machines.map((machine) => vmAsset(machine, day)),
              rows.map((row) => vmFinding(row, day)),
            )
        : () =>
            readServer(
              'sc',
              machines.map((machine) => hostRecord(scHost(machine, day))),
              rows.map((row) => scFinding(row, day)),
            );
    });
}

const vmAsset = (machine: number, day: number): ExternalRecord => ({
  externalId: vmUuid(machine),
  raw: {
    id: vmUuid(machine),
    bios_uuids: [bios(machine)],
    bios_uuid: bios(machine),
    hostnames: [`web${machine}`],
    fqdns: [name(machine)],
    ipv4s: [address(machine, day)],
    first_seen: iso(1),
    last_seen: iso(day),
  },
});

interface Row {
  readonly machine: number;
  readonly plugin: number;
  readonly state: Known;
}

const vmFinding = ({ machine, plugin, state }: Row, day: number): ExternalRecord => ({
  externalId: `${machine} ${plugin}`,
  raw: {
    asset: { uuid: vmUuid(machine) },
    plugin: { id: plugin, name: `Plugin ${plugin}`, family: 'General', modification_date: iso(0) },
    port: { port: 443, protocol: 'TCP' },
    severity: 'high',
    state: state.isOpen ? (state.fixed === undefined ? 'OPEN' : 'REOPENED') : 'FIXED',
    output: `of VM, day ${day}`,
    indexed: iso(day),
    ...(state.first === undefined ? {} : { first_found: iso(state.first) }),
    ...(state.last === undefined ? {} : { last_found: iso(state.last) }),
    ...(state.fixed === undefined ? {} : { last_fixed: iso(state.fixed) }),
    ...(state.resurfaced === undefined ? {} : { resurfaced_date: iso(state.resurfaced) }),
  },
});

const scHost = (machine: number, day: number) => ({
  repository: { id: '1' },
  hostUniqueness: 'repositoryID,ip,dnsName',
  ip: `192.168.0.${machine}`,
  dnsName: name(machine),
  biosGUID: bios(machine),
  lastSeen: String(epoch(day)),
});

function scFinding({ machine, plugin, state }: Row, day: number): ExternalRecord {
  const row = {
    ...scHost(machine, day),
    pluginID: String(plugin),
    pluginName: `Plugin ${plugin}`,
    pluginModDate: String(epoch(0)),
    port: '443',
    protocol: 'TCP',
    severity: { id: '3' },
    hasBeenMitigated: state.fixed === undefined ? '0' : '1',
    firstSeen: String(epoch(state.first ?? day)),
    lastSeen: String(epoch(state.last ?? day)),
  };
  return findingRecord(
    row,
    state.isOpen ? 'cumulative' : 'patched',
    state.isOpen ? undefined : iso(state.fixed ?? day),
  );
}

function fileOf(year: Year, day: number, credentialed: boolean): Deliver {
  const tag = (key: string, value: string): string => `<tag name="${key}">${value}</tag>`;
  const hosts = machines.map((machine) => {
    const items = plugins
      .filter((_, index) => isThere(year.presences[machine]?.[index] ?? [], day))
      .map(
        (plugin) =>
          `<ReportItem port="443" svc_name="www" protocol="tcp" severity="3" pluginID="${plugin}" pluginName="Plugin ${plugin}" pluginFamily="General"><plugin_modification_date>2026/01/01</plugin_modification_date><plugin_output>of a file, day ${day}</plugin_output></ReportItem>`,
      );
    const tags =
      tag('HOST_END_TIMESTAMP', String(epoch(day))) +
      tag('host-ip', address(machine, day)) +
      tag('host-fqdn', name(machine)) +
      tag('bios-uuid', bios(machine)) +
      (credentialed ? tag('Credentialed_Scan', 'true') : '');
    return `<ReportHost name="${address(machine, day)}"><HostProperties>${tags}</HostProperties>${items.join('')}</ReportHost>`;
  });
  const preference = `<preference><name>plugin_set</name><value>${plugins.join(';')}</value></preference>`;
  const text = `<NessusClientData_v2><Policy><Preferences><ServerPreferences>${preference}</ServerPreferences></Preferences></Policy><Report name="day ${day}">${hosts.join('')}</Report></NessusClientData_v2>`;
  return async () => {
    const path = join(folder, `day-${day}.nessus`);
    await writeFile(path, text);
    // What an import asks of the product: its database, the reader and the clock.
    const app = {
      db: database.db,
      store: database.store,
      scanFiles: scanFileReader,
      now: () => new Date(),
    } as unknown as App;
    const outcomes = await importFiles(app, [path], {
      source: 'air gap',
      keepPartial: false,
      signal: new AbortController().signal,
      report: () => undefined,
    });
    expect(outcomes.every(({ outcome }) => outcome !== 'refused')).toBe(true);
  };
}

const rowsOf = async (query: string): Promise<unknown[]> => (await database.pool.query(query)).rows;
const machineOf = (asset: string): string =>
  `(select string_agg(distinct i.value, '+') from asset_identifiers i where i.asset_uuid = ${asset} and i.kind = 'bios_uuid')`;

/** Which asset has which uuid depends on who reported it first; what it is does not. */
async function endState(): Promise<Record<string, unknown>> {
  const state = {
    assets: await rowsOf(
      `select ${machineOf('a.asset_uuid')} as machine, a.hostname, a.last_seen, a.first_seen,
              (select array_agg(distinct n.ipv4_address::text order by n.ipv4_address::text) from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and n.ipv4_address is not null) as addresses,
              (select array_agg(s.system_name || ' ' || x.external_id order by s.system_name) from asset_sources x join external_systems s on s.id = x.external_system_id where x.asset_uuid = a.asset_uuid) as sources
         from ingestion_assets a where a.merged_into is null order by 1`,
    ),
    findings: await rowsOf(
      `select ${machineOf('v.asset_ref')} as machine, v.plugin_id, v.port, v.lifecycle_state, v.state, v.severity_rank, v.severity_modification, v.first_found, v.last_found,
              v.last_fixed, v.resurfaced_at, v.evidence_at, v.raw_data -> 'output' as output,
              (select array_agg(s.system_name order by s.system_name) from external_systems s where s.id = any (v.reported_by)) as reported_by
         from ingestion_vulnerabilities v order by 1, 2`,
    ),
    changes: await rowsOf(
      `select ${machineOf('v.asset_ref')} as machine, v.plugin_id, c.state, c.occurred_at
         from finding_state_changes c join ingestion_vulnerabilities v on v.id = c.vulnerability_id order by 1, 2, 4, 3`,
    ),
    exposure: await rowsOf(
      `select ${machineOf('e.asset_uuid')} as machine, open_high, severe_since from asset_exposure e where open_high + accepted > 0 order by 1`,
    ),
    covered: await rowsOf(
      `select ${machineOf('c.asset_uuid')} as machine, ended_at from scan_coverage c order by 1, 2`,
    ),
    reviews: await rowsOf(
      `select count(*)::int as n from asset_identity_decisions where decision = 'review'`,
    ),
  };
  await database.pool.query(`
    truncate asset_exposure, scan_coverage, scan_scopes, imported_files, asset_identity_decisions, asset_identifiers, asset_sources,
             finding_state_changes, sync_links, sync_changes, sync_reads, scan_plugins cascade;
    delete from ingestion_vulnerabilities; delete from ingestion_assets`);
  return state;
}

describe('a year of chunks, pages and files', () => {
  it(
    'a year of chunks, pages and files ends in one state in whatever order it is reported, and where some is reported twice',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          years.chain((year) => {
            const places = year.tellings.map((_, index) => index);
            return fc.record({
              year: fc.constant(year),
              order: fc.shuffledSubarray([...places, ...places.slice(0, 2)], {
                minLength: places.length + Math.min(2, places.length),
              }),
            });
          }),
          async ({ year, order }) => {
            const all = deliveries(year);
            for (const deliver of all) await deliver();
            const expected = await endState();
            expect(expected['assets']).toHaveLength(machines.length);
            for (const place of order) await all[place]?.();
            expect(await endState()).toEqual(expected);
          },
        ),
        { numRuns: runs, endOnFailure: true },
      );
    },
    runs * 20_000,
  );
});
