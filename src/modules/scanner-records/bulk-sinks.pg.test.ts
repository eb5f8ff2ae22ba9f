import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase } from '../../../test/support/database.ts';
import { tenableConnector } from '../../connectors/tenable/connector.ts';
import type { JsonObject } from '../../platform/values/json.ts';
import { countFindingsByState } from '../../record/findings/findings.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { SeenPlugins, openAssetSink, openFindingSink } from './bulk-sinks.ts';
import { mapperFrom } from '../../engine/inbound/mapper.ts';
import type { Sink } from '../../record/entities/sink.ts';
import type { Tx } from '../../platform/postgres/store.ts';

const recordings = join(import.meta.dirname, '../../../../shared/data');
const absent = !existsSync(recordings);
const mapperOf = mapperFrom(tenableConnector.declaration.mappings);

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let source: { systemId: number; operationId: string };

beforeAll(async () => {
  database = await cloneDatabase();
  const system = await insertSystem(database.db, {
    name: 'tenable',
    type: 'tenable',
    url: 'https://tenable.example',
    config: {},
  });
  source = {
    systemId: system?.id ?? 0,
    operationId: await beginOperation(database.db, { type: 'import', system: 'tenable', step: 'finding' }),
  };
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

function store(open: (tx: Tx) => Promise<Sink>, records: readonly JsonObject[]) {
  return database.store.transaction(async (tx) => {
    const sink = await open(tx);
    for (const raw of records) await sink.add({ externalId: 'x', raw });
    return sink.finish();
  });
}
const storeAssets = (records: readonly JsonObject[]) =>
  store(
    (tx) =>
      openAssetSink(
        tx,
        { ...source, policies: [], echo: undefined, systemType: 'tenable', ownsIdentity: true },
        mapperOf,
      ),
    records,
  );
const storeFindings = (records: readonly JsonObject[], verifies = true) =>
  store(
    (tx) =>
      openFindingSink(tx, { ...source, verifies }, mapperOf, {
        seenPlugins: new SeenPlugins(),
        assetAliases: new Map(),
      }),
    records,
  );

async function rowsOf(query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(query, values)).rows as Record<string, unknown>[];
}

const chunk = (path: string): JsonObject[] =>
  JSON.parse(readFileSync(join(recordings, path), 'utf8')) as JsonObject[];

describe.skipIf(absent)('recorded Tenable exports (skipped without ../shared/data)', () => {
  it.each([
    ['tenable-vm', 100, 344, { open: 337, reopened: 7, fixed: 0 }],
    ['tenable-vm-2022', 6, 103, { open: 103, reopened: 0, fixed: 0 }],
  ])(
    'recorded Tenable exports in %s are each stored once, and a second time changes nothing',
    async (folder, assets, findings, byState) => {
      const before = await countFindingsByState(database.db);
      const first = await storeAssets(chunk(`${folder}/assets-chunk.json`));
      expect(first.held).toEqual([]);
      expect(first.counts).toMatchObject({ read: assets, created: assets });
      expect((await storeAssets(chunk(`${folder}/assets-chunk.json`))).counts).toMatchObject({
        unchanged: assets,
        created: 0,
        updated: 0,
      });

      const loaded = await storeFindings(chunk(`${folder}/vulns-chunk.json`));
      expect(loaded.held).toEqual([]);
      expect(loaded.counts).toMatchObject({ read: findings, created: findings });
      expect((await storeFindings(chunk(`${folder}/vulns-chunk.json`))).counts).toMatchObject({
        unchanged: findings,
        created: 0,
        updated: 0,
      });
      const after = await countFindingsByState(database.db);
      expect({
        open: after.open - before.open,
        reopened: after.reopened - before.reopened,
        fixed: after.fixed - before.fixed,
      }).toEqual(byState);
    },
  );
});

const assetUuid = '11111111-2222-4333-8444-555555555555';
const plugin = {
  id: 4711,
  name: 'Widget Server < 2.0 RCE',
  family: 'Web Servers',
  cve: ['CVE-2026-0001'],
  solution: 'Upgrade.',
  risk_factor: 'Critical',
  modification_date: '2026-01-01T00:00:00Z',
};
const finding = (more: JsonObject = {}): JsonObject => ({
  asset: { uuid: assetUuid },
  plugin,
  port: { port: 8443, protocol: 'TCP', service: 'www' },
  severity: 'critical',
  severity_id: 4,
  severity_modification_type: 'NONE',
  first_found: '2026-02-01T10:00:00Z',
  last_found: '2026-03-01T10:00:00Z',
  state: 'OPEN',
  output: 'banner 1.9',
  ...more,
});

describe('findings', () => {
  it('findings keep the plugin text once, and repeat what existing readers of the table expect', async () => {
    await storeFindings([finding()]);
    const [row] = await rowsOf(`select * from ingestion_vulnerabilities where plugin_id = '4711'`);
    expect(row).toMatchObject({
      vulnerability_name: plugin.name,
      severity: 'Critical',
      state: 'Open',
      solution: 'Upgrade.',
      port: 8443,
      protocol: 'tcp',
    });
    expect(row?.['raw_data']).not.toHaveProperty('plugin');
    expect(await rowsOf(`select cves from scan_plugins where plugin_id = '4711'`)).toEqual([
      { cves: ['CVE-2026-0001'] },
    ]);
    expect(
      await rowsOf(
        'select cve_id from ingestion_vulnerability_cves where vulnerability_id = $1',
        row?.['id'],
      ),
    ).toEqual([{ cve_id: 'CVE-2026-0001' }]);
  });

  it('findings that reopen stay Open for existing readers, are reopened in our column, and leave a journal row', async () => {
    const { counts } = await storeFindings([
      finding({ state: 'REOPENED', last_fixed: '2026-02-10T10:00:00Z' }),
    ]);
    expect(counts).toMatchObject({ updated: 1 });
    expect(
      await rowsOf(`select state, lifecycle_state from ingestion_vulnerabilities where plugin_id = '4711'`),
    ).toEqual([{ state: 'Open', lifecycle_state: 'reopened' }]);
    expect(
      await rowsOf(
        `select before_value, after_value from sync_changes where entity_type = 'finding' and field_name = 'lifecycle_state'`,
      ),
    ).toEqual([{ before_value: 'open', after_value: 'reopened' }]);
  });

  it('findings that are twice in one chunk on one port are one finding with both outputs', async () => {
    const { counts } = await storeFindings([
      finding({ plugin: { ...plugin, id: 4712 }, output: 'second' }),
      finding({ plugin: { ...plugin, id: 4712 }, output: 'first' }),
    ]);
    expect(counts).toMatchObject({ read: 2, created: 1, unchanged: 1 });
    const [row] = await rowsOf(
      `select raw_data -> 'outputs' as outputs from ingestion_vulnerabilities where plugin_id = '4712'`,
    );
    expect(row).toEqual({ outputs: ['first', 'second'] });
  });

  it('findings that are reported as before are recognized as such; a full read repairs what was altered here meanwhile', async () => {
    const same = [finding({ plugin: { ...plugin, id: 4715 } })];
    await storeFindings(same);
    await database.pool.query(
      `update ingestion_vulnerabilities set severity = 'Low' where plugin_id = '4715'`,
    );
    expect((await storeFindings(same, false)).counts).toMatchObject({ unchanged: 1, updated: 0 });
    expect((await storeFindings(same, true)).counts).toMatchObject({ unchanged: 0, updated: 1 });
    expect(await rowsOf(`select severity from ingestion_vulnerabilities where plugin_id = '4715'`)).toEqual([
      { severity: 'Critical' },
    ]);
  });

  it('a finding with one unchanged item and one new item stays one finding with both outputs', async () => {
    const item = (output: string): JsonObject => finding({ plugin: { ...plugin, id: 4716 }, output });
    await storeFindings([item('first')], false);
    const { counts } = await storeFindings([item('first'), item('second')], false);
    expect(counts).toMatchObject({ read: 2, created: 0, updated: 1, unchanged: 1 });
    const outputs = `select raw_data -> 'outputs' as outputs from ingestion_vulnerabilities where plugin_id = '4716'`;
    expect(await rowsOf(outputs)).toEqual([{ outputs: ['first', 'second'] }]);
    const again = await storeFindings([item('second'), item('first')], false);
    expect(again.counts).toMatchObject({ updated: 0, unchanged: 2 });
    expect(await rowsOf(outputs)).toEqual([{ outputs: ['first', 'second'] }]);
  });

  it('findings that another import stores after they were staged become one row, with what both report', async () => {
    const staging = Promise.withResolvers<undefined>();
    const other = Promise.withResolvers<undefined>();
    const of = (port: number, day: string): JsonObject =>
      finding({
        port: { port, protocol: 'TCP' },
        last_found: `2026-10-${day}T00:00:00Z`,
        indexed: `2026-10-${day}T01:00:00Z`,
      });
    const late = database.store.transaction(async (tx) => {
      const sink = await openFindingSink(tx, { ...source, verifies: false }, mapperOf, {
        seenPlugins: new SeenPlugins(),
        assetAliases: new Map(),
      });
      // Each is as large as what is looked up at once, so the first one is staged as new when the second one is.
      for (const port of [901, 902])
        await sink.add({ externalId: 'x', raw: { ...of(port, '05'), output: 'x'.repeat(4_100_000) } });
      staging.resolve(undefined);
      await other.promise;
      return sink.finish();
    });
    await staging.promise;
    expect((await storeFindings([of(901, '07')], false)).counts).toMatchObject({ created: 1 });
    other.resolve(undefined);
    expect((await late).counts).toMatchObject({ read: 2, created: 1, failed: 0 });
    const rows = await rowsOf(
      'select port, last_found, cardinality(seen_at) as seen from ingestion_vulnerabilities where port in (901, 902) order by port',
    );
    expect(rows).toMatchObject([
      { port: 901, last_found: new Date('2026-10-07T00:00:00Z') },
      { port: 902, last_found: new Date('2026-10-05T00:00:00Z') },
    ]);
    await rowsOf('delete from ingestion_vulnerabilities where port in (901, 902)');
  });

  it('findings that another import sees later in the same moment keep that sighting', async () => {
    const of = (day: string): JsonObject =>
      finding({
        port: { port: 903, protocol: 'TCP' },
        last_found: `2026-10-${day}T00:00:00Z`,
        indexed: `2026-10-${day}T01:00:00Z`,
      });
    await storeFindings([of('01')], false);
    const other = await database.pool.connect();
    await other.query(
      `begin; update ingestion_vulnerabilities set last_found = '2026-10-09' where port = 903`,
    );
    const storing = storeFindings([of('05')], false);
    for (let looks = 0; looks < 1_000; looks += 1) {
      const [row] = await rowsOf(
        `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
      );
      if (row?.['waits'] === true) break;
      await delay(5);
    }
    await other.query('commit');
    other.release();
    await storing;
    expect(await rowsOf('select last_found from ingestion_vulnerabilities where port = 903')).toEqual([
      { last_found: new Date('2026-10-09T00:00:00Z') },
    ]);
    await rowsOf('delete from ingestion_vulnerabilities where port = 903');
  });

  it('findings renew what they repeat when the plugin changes, CVEs included', async () => {
    const changed = {
      ...plugin,
      name: 'Widget Server < 2.1 RCE',
      cve: ['CVE-2026-0002'],
      modification_date: '2026-05-01T00:00:00Z',
    };
    await storeFindings([
      finding({ state: 'REOPENED', last_fixed: '2026-02-10T10:00:00Z', plugin: changed }),
    ]);
    expect(
      await rowsOf(
        `select v.vulnerability_name, c.cve_id from ingestion_vulnerabilities v join ingestion_vulnerability_cves c on c.vulnerability_id = v.id where v.plugin_id = '4711'`,
      ),
    ).toEqual([{ vulnerability_name: changed.name, cve_id: 'CVE-2026-0002' }]);
  });

  it('findings with a value of the wrong kind are held with the reason, and the others stored', async () => {
    const { counts, held } = await storeFindings([
      finding({ plugin: { ...plugin, id: 4713 }, port: { port: 'many', protocol: 'TCP' } }),
      finding({ plugin: { ...plugin, id: 4713 }, port: { port: 22, protocol: 'TCP' } }),
    ]);
    expect(counts).toMatchObject({ read: 2, created: 1, failed: 1 });
    expect(held[0]?.message).toContain('port.port');
  });

  it('findings are stored whatever characters a scanner reports', async () => {
    const { counts, held } = await storeFindings([
      finding({
        plugin: { ...plugin, id: 4714 },
        output: 'tab\tnewline\nback\\slash nul\0 half \ud800 pair',
      }),
    ]);
    expect(held).toEqual([]);
    expect(counts.created).toBe(1);
    const [row] = await rowsOf(
      `select raw_data ->> 'output' as output from ingestion_vulnerabilities where plugin_id = '4714'`,
    );
    expect(row).toEqual({ output: 'tab\tnewline\nback\\slash nul half \ufffd pair' });
  });
});

describe('assets', () => {
  const asset = (more: JsonObject = {}): JsonObject => ({
    id: assetUuid,
    has_agent: true,
    hostnames: ['web01'],
    fqdns: ['web01.enterprise.example'],
    ipv4s: ['10.0.0.1', '10.0.0.2'],
    mac_addresses: ['00:50:56:AA:BB:CC'],
    netbios_names: ['WEB01'],
    operating_systems: ['Linux Kernel 5.14'],
    system_types: ['general-purpose'],
    tags: [{ key: 'Site', value: 'HQ' }],
    first_seen: '2026-01-01T00:00:00.000Z',
    last_seen: '2026-02-01T00:00:00.000Z',
    deleted_at: null,
    terminated_at: null,
    ...more,
  });

  it('assets keep addresses, tags and identifiers in step with what Tenable reports', async () => {
    await storeAssets([asset()]);
    await storeAssets([asset({ ipv4s: ['10.0.0.2', '10.0.0.9'], tags: [{ key: 'Site', value: 'DR' }] })]);
    expect(
      await rowsOf(
        `select ipv4_address from ingestion_asset_network where asset_uuid = $1 and ipv4_address is not null order by 1`,
        assetUuid,
      ),
    ).toEqual([{ ipv4_address: '10.0.0.2' }, { ipv4_address: '10.0.0.9' }]);
    expect(
      await rowsOf('select tag_key, tag_value from ingestion_asset_tags where asset_uuid = $1', assetUuid),
    ).toEqual([{ tag_key: 'Site', tag_value: 'DR' }]);
    expect(await rowsOf('select asset_tags from assets_extended where asset_uuid = $1', assetUuid)).toEqual([
      { asset_tags: { Site: ['DR'] } },
    ]);
    const identifiers = await rowsOf(
      `select value from asset_identifiers where asset_uuid = $1 and kind in ('mac', 'ip') order by 1`,
      assetUuid,
    );
    expect(identifiers.map((row) => row['value'])).toEqual(['00:50:56:aa:bb:cc', '10.0.0.2', '10.0.0.9']);
  });

  it('assets keep a value that a later record does not name', async () => {
    const { netbios_names: _left, ...rest } = asset();
    await storeAssets([rest]);
    expect(
      await rowsOf('select netbios_name from ingestion_assets where asset_uuid = $1', assetUuid),
    ).toEqual([{ netbios_name: 'WEB01' }]);
  });

  it('assets that were deleted in Tenable are retired with their links, and kept', async () => {
    await storeAssets([asset({ deleted_at: '2026-04-01T00:00:00.000Z' })]);
    const [row] = await rowsOf(
      `select a.deleted_at, l.retired_at from ingestion_assets a join sync_links l on l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text where a.asset_uuid = $1`,
      assetUuid,
    );
    expect(row?.['deleted_at']).toEqual(new Date('2026-04-01T00:00:00Z'));
    expect(row?.['retired_at']).not.toBeNull();
  });
});
