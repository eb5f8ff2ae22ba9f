import { keepAllAssetTags } from '../assets/index.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiWorld } from '../../../bench/api-world.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { assetList, findingList } from '../../canonical/lists/index.ts';
import { type After, parseFilter, parseSort } from '../../platform/lists/index.ts';
import { listFindings } from '../finding-lists/index.ts';
import {
  assetExposureOverTime,
  type AssetFilter,
  assetFixTimes,
  type AssetRow,
  type AssetSort,
  countAssets,
  facetAssets,
  fetchAssetDetail,
  fetchAssetComponents,
  fetchAssetCompliance,
  fetchAssetContext,
  fetchAssetHistory,
  fetchAssetIdentity,
  fetchAssetSources,
  listAssets,
  streamAssets,
} from './index.ts';

const now = new Date('2026-11-25T12:00:00Z');
let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
  const client = await database.pool.connect();
  await makeApiWorld(client, { findings: 600, assets: 110, systems: 6, plugins: 40, poams: 60 });
  await client.query(
    `update ingestion_assets set merged_into = (select asset_uuid from ingestion_assets where hostname like 'host-000002%') where hostname like 'host-000001%'`,
  );
  const { rows: said } = await client.query<{ uuid: string }>(
    `insert into assets_extended (asset_uuid, cost_center, data_classification, compliance_scope, network_zone)
     select asset_uuid, 'CC-7', 'CUI', '{FISMA,PCI DSS}', 'DMZ' from ingestion_assets where hostname like 'host-000003%'
     on conflict (asset_uuid) do update set cost_center = excluded.cost_center, data_classification = excluded.data_classification, compliance_scope = excluded.compliance_scope,
       network_zone = excluded.network_zone
     returning asset_uuid::text as uuid`,
  );
  await client.query(`update assets_extended set risk_score = id % 10 * 10 + 5 where id % 4 > 0`);
  for (const { uuid } of said) third.add(uuid);
  await client.query(
    `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
     select asset_uuid, 'Owner', value from ingestion_assets cross join (values ('Web'), ('Shop')) v(value) where hostname like 'host-000003%'`,
  );
  await keepAllAssetTags(database.db);
  await client.query(`update ingestion_assets set hostname = null where hostname like 'host-000009%'`);
  client.release(true);
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const filterOf = (line: readonly (readonly [string, string])[]): AssetFilter =>
  parseFilter(
    assetList.filters,
    line.map(([name, text]) => [name, text] as const),
    now,
  );
const byName = parseSort('name', assetList.sorts);
async function allOf(scope: Scope, filter: AssetFilter, sort: AssetSort, limit = 500): Promise<AssetRow[]> {
  const rows: AssetRow[] = [];
  let after: After | undefined;
  do {
    const page = await listAssets(database.db, scope, { filter, sort, limit, ...(after ? { after } : {}) });
    rows.push(...page.items);
    after = page.next;
  } while (after);
  return rows;
}

/** Of whom the world of this test says what the business says. */
const third = new Set<string>();
const isOfThird = ({ assetUuid }: AssetRow): boolean => third.has(assetUuid);

const cases: Readonly<
  Record<
    keyof typeof assetList.filters,
    readonly (readonly [text: string, says: (row: AssetRow) => boolean])[]
  >
> = {
  system: [
    ['SYS-002', (row) => row.systemIds.includes('SYS-002')],
    ['!System 2', (row) => !row.systemIds.includes('SYS-002')],
    ['none', (row) => row.systemIds.length === 0],
  ],
  ip: [
    ['10.3.0.0/16', (row) => row.ips.some((ip) => ip.startsWith('10.3.'))],
    ['10.0.0.0/7', () => true],
  ],
  os: [['windows 2022', (row) => row.operatingSystem?.includes('Windows') ?? false]],
  source: [
    ['!tenable', (row) => !row.sources.includes('tenable')],
    ['securitycenter', (row) => row.sources.includes('securitycenter')],
  ],
  component: [
    ['none', (row) => row.componentId === null],
    ['CMP-000002', (row) => row.componentId === 'CMP-000002'],
  ],
  tag: [
    ['environment:test', (row) => row.tags.includes('Environment:Test')],
    ['owner:shop', (row) => isOfThird(row)],
    ['!owner:web', (row) => !isOfThird(row)],
  ],
  seen: [['10d..', (row) => row.lastSeen !== null && Number(row.lastSeen) >= Number(now) - 10 * 86_400_000]],
  first: [
    ['..500d', (row) => row.firstSeen !== null && Number(row.firstSeen) < Number(now) - 500 * 86_400_000],
  ],
  critical: [['1..', (row) => row.openCritical >= 1]],
  high: [['..1', (row) => row.openHigh <= 1]],
  risk: [
    ['50..', (row) => (row.risk ?? -1) >= 50],
    ['none', (row) => row.risk === null],
  ],
  acr: [['5..', (row) => (row.acr ?? 0) >= 5]],
  agent: [
    ['yes', (row) => row.hasAgent === true],
    ['no', (row) => row.hasAgent !== true],
  ],
  state: [
    ['unreported', (row) => row.state === 'unreported'],
    ['!unreported', (row) => row.state !== 'unreported'],
  ],
  criticality: [
    ['none', (row) => row.criticality === null],
    ['High,Low', (row) => ['High', 'Low'].includes(row.criticality ?? '')],
  ],
  environment: [['!test', (row) => row.environment !== 'test']],
  compliance: [
    ['PCI DSS', (row) => isOfThird(row)],
    ['!FISMA', (row) => !isOfThird(row)],
    ['none', (row) => !isOfThird(row)],
  ],
  classification: [['CUI', (row) => isOfThird(row)]],
  zone: [
    ['DMZ', (row) => isOfThird(row)],
    ['none', (row) => !isOfThird(row)],
  ],
  costcenter: [
    ['CC-7', (row) => isOfThird(row)],
    ['any', (row) => isOfThird(row)],
  ],
  q: [['host-00001 site', (row) => row.name?.startsWith('host-00001') ?? false]],
};
const filters = fc.uniqueArray(
  fc
    .constantFrom(...Object.entries(cases))
    .chain(([name, texts]) => fc.tuple(fc.constant(name), fc.constantFrom(...texts))),
  { maxLength: 3, selector: ([name]) => name },
);
const scopes: readonly Scope[] = [
  everywhere,
  { kind: 'boundaries', systemIds: ['SYS-002', 'SYS-004'], unassigned: false },
  { kind: 'boundaries', systemIds: ['SYS-003'], unassigned: true },
];

describe('the list of assets', () => {
  it('has the rows that its filters ask for and no others, as many as its count and facets say, in any scope', async () => {
    const whole = await Promise.all(scopes.map((scope) => allOf(scope, {}, byName)));
    expect(whole.map((rows) => rows.length)).toEqual([109, expect.any(Number), expect.any(Number)]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1, 2),
        filters,
        fc.constantFrom(...assetList.sorts),
        fc.boolean(),
        async (at, given, by, descending) => {
          const scope = scopes[at] ?? everywhere;
          const filter = filterOf(given.map(([name, [text]]) => [name, text] as const));
          const rows = await allOf(scope, filter, { by, descending }, 30);
          const wanted = (whole[at] ?? []).filter((row) => given.every(([, [, says]]) => says(row)));
          expect(rows.map((row) => row.assetUuid).toSorted()).toEqual(
            wanted.map((row) => row.assetUuid).toSorted(),
          );
          expect(await countAssets(database.db, scope, filter)).toEqual({ count: rows.length, exact: true });
          const { tally } = await facetAssets(database.db, scope, filter, 'state');
          expect(tally.reduce((sum, each) => sum + each.count, 0)).toBe(rows.length);
          for (const row of rows)
            for (const system of row.systemIds)
              expect(scope.kind === 'everywhere' ? [system] : scope.systemIds).toContain(system);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('an export has the rows of the list, in its order', async () => {
    const exported: AssetRow[] = [];
    for await (const rows of streamAssets(database.store, everywhere, { filter: {}, sort: byName }))
      exported.push(...rows);
    expect(exported).toEqual(await allOf(everywhere, {}, byName));
    expect(exported.at(-1)?.name).toBeNull();
  });

  it('an asset that turned out to be another one leads there, and one outside of the scope does not exist', async () => {
    const { rows } = await database.pool.query<{ uuid: string; into: string; system: string }>(
      `select a.asset_uuid as uuid, a.merged_into as into, b.system_id as system from ingestion_assets a join ingestion_assets b on b.asset_uuid = a.merged_into`,
    );
    const [merged] = rows;
    const uuid = merged?.into ?? '';
    expect(await fetchAssetDetail(database.db, everywhere, merged?.uuid ?? '')).toEqual({
      is: 'merged',
      into: uuid,
    });
    const own: Scope = { kind: 'boundaries', systemIds: [merged?.system ?? ''], unassigned: false };
    expect(await fetchAssetDetail(database.db, own, uuid)).toMatchObject({
      is: 'asset',
      asset: { assetUuid: uuid, absorbed: [merged?.uuid] },
    });
    expect(await fetchAssetSources(database.db, own, uuid)).toMatchObject([{ source: 'tenable' }]);
    expect((await fetchAssetIdentity(database.db, own, uuid))?.identifiers).toMatchObject([
      { kind: 'fqdn', sharedBy: [] },
      { kind: 'hostname' },
      { kind: 'ip' },
    ]);
    const stranger: Scope = { kind: 'boundaries', systemIds: ['SYS-999'], unassigned: true };
    const all = [
      fetchAssetDetail,
      fetchAssetSources,
      fetchAssetIdentity,
      fetchAssetComponents,
      fetchAssetContext,
    ] as const;
    for (const fetch of all) expect(await fetch(database.db, stranger, uuid)).toBeUndefined();
    for (const fetch of all) expect(await fetch(database.db, own, uuid)).toBeDefined();
    for (const fetch of [fetchAssetCompliance, fetchAssetHistory]) {
      expect(await fetch(database.db, stranger, uuid, 10)).toBeUndefined();
      expect(await fetch(database.db, own, uuid, 10)).toEqual([]);
    }
    expect(
      await assetExposureOverTime(database.db, stranger, uuid, { from: '2026-11-01', to: '2026-11-25' }),
    ).toEqual([]);
  });

  it('exposure over time ends with what is open now, and begins before the first finding with nothing', async () => {
    const [row] = await allOf(everywhere, {}, parseSort('-critical', assetList.sorts));
    const uuid = row?.assetUuid ?? '';
    const open = await listFindings(database.db, everywhere, {
      now,
      filter: parseFilter(
        findingList.filters,
        [
          ['asset', uuid],
          ['state', 'open,reopened'],
        ],
        now,
      ),
      sort: parseSort('first', findingList.sorts),
      limit: 500,
    });
    const days = await assetExposureOverTime(database.db, everywhere, uuid, {
      from: '2020-01-01',
      to: '2026-11-26',
    });
    const last = days.filter(({ day }) => day === '2026-11-26');
    expect(last.reduce((sum, each) => sum + each.open, 0)).toBe(open.items.length);
    expect(days[0]?.day).toBe(days.map(({ day }) => day).toSorted()[0]);
    expect(Number(days[0]?.day.slice(0, 4))).toBeGreaterThan(2022);
    expect(
      (await assetFixTimes(database.db, everywhere, uuid)).every(({ medianDays }) => medianDays >= 0),
    ).toBe(true);
  });
});
