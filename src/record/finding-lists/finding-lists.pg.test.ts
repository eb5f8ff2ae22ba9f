import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiWorld } from '../../../bench/api-world.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere, nowhere, type Scope } from '../../canonical/access/index.ts';
import { findingGroups, findingList } from '../../canonical/lists/index.ts';
import { type After, parseFilter, parseSort } from '../../platform/lists/index.ts';
import {
  countFindings,
  facetFindings,
  fetchFinding,
  fetchPlugin,
  type FindingGroupRow,
  findingHistory,
  groupFindings,
  streamFindings,
  type FindingFilter,
  type FindingRow,
  type FindingSort,
  listFindings,
} from './index.ts';

let database: ClonedDatabase;
const now = new Date('2026-11-25T12:00:00Z');
/** The boundaries of each asset, looked up by other SQL than that of the lists. */
const systemsOf = new Map<string, Set<string>>();

beforeAll(async () => {
  database = await cloneDatabase();
  const client = await database.pool.connect();
  await makeApiWorld(client, { findings: 900, assets: 110, systems: 6, plugins: 40, poams: 60 });
  await client.query(
    `insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000a1', 'person', 'jdoe', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'person', 'mray', 'test');
     insert into teams (id, name, created_by) values ('00000000-0000-0000-0000-0000000000b1', 'Web team', 'test');
     insert into team_members (team_id, principal_id) values ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1');
     insert into vulnerability_remediation (vulnerability_id, remediation_status, assigned_principal_id, assigned_team_id, due_date, updated_at)
     select v.id, (array['open', 'in_progress', 'blocked', 'fix_reported'])[1 + v.id % 4],
            (array['00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-0000000000a2', null, null])[1 + (v.id / 4) % 4]::uuid,
            case when (v.id / 4) % 4 = 2 then '00000000-0000-0000-0000-0000000000b1'::uuid end,
            case when v.id % 5 > 0 then date '2026-11-01' + (v.id % 90)::int end, '2026-11-01Z'
       from ingestion_vulnerabilities v where v.id % 3 = 0;
     insert into group_risks (system_id, plugin_id, risk_score, findings, assets, worst_asset, assessed_at)
     select s.system_id, p.plugin_id, (p.plugin_id::int * 7 + s.id) % 100, 1, 1, (select asset_uuid from ingestion_assets limit 1), now()
       from scan_plugins p cross join ingestion_systems s where p.plugin_id::int % 4 > 0`,
  );
  client.release(true);
  const { rows } = await database.pool.query<{ asset: string; systems: string[] }>(`
    select a.asset_uuid::text as asset, array_remove(array_agg(distinct s.system_id) || a.system_id, null) as systems
      from ingestion_assets a left join ingestion_system_assets s using (asset_uuid) group by a.asset_uuid, a.system_id`);
  for (const { asset, systems } of rows) systemsOf.set(asset, new Set(systems));
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const filterOf = (pairs: readonly (readonly [string, string])[]): FindingFilter =>
  parseFilter(
    findingList.filters,
    pairs.map(([name, text]) => [name, text] as const),
    now,
  );

async function allOf(
  scope: Scope,
  filter: FindingFilter,
  sort: FindingSort,
  limit = 500,
): Promise<FindingRow[]> {
  const rows: FindingRow[] = [];
  let after: After | undefined;
  do {
    const page = await listFindings(database.db, scope, {
      filter,
      sort,
      limit,
      now,
      ...(after ? { after } : {}),
    });
    rows.push(...page.items);
    after = page.next;
  } while (after);
  return rows;
}

const values: Readonly<Record<keyof typeof findingList.filters, readonly string[]>> = {
  severity: ['critical,high', '!info', 'low'],
  state: ['open', 'open,reopened', '!open', 'fixed'],
  system: ['SYS-002', 'System 3,SYS-004', '!SYS-002', 'none', 'any'],
  asset: ['host-000017', 'host-000004.site4.example,10.5.0.5', '!host-000017'],
  ip: ['10.3.0.0/16', '!10.3.0.0/16,10.4.0.4'],
  plugin: ['10001', '!10001,10002'],
  family: ['Windows,Databases', '!General'],
  cve: ['any', 'none', 'CVE-2017-1005,cve-2018-1007', '!CVE-2017-1005'],
  risk: ['50..', '..20', 'none', 'any'],
  vpr: ['5..', '..3', 'none', 'any'],
  epss: ['0.1..0.6', 'none'],
  cvss: ['7..', 'none'],
  exploit: ['yes', 'no'],
  first: ['..200d', '200d..', '2025-06-01..2026-01-31'],
  age: ['..90', '100..400'],
  seen: ['..200d', '10d..'],
  fixed: ['none', 'any', '400d..'],
  due: ['..0d', '..30d', '30d..', 'none', 'any'],
  poam: ['none', 'any', 'overdue', 'POAM-2026-00003,completed', '!open'],
  control: ['none', 'any', 'SI-2'],
  criticality: ['High,Low', '!High', 'none', 'any'],
  tag: ['environment:production', 'Environment', '!Environment:Test'],
  solution: ['9f86d081', '!9f86d081'],
  assigned: ['jdoe', 'web team,mray', '!jdoe', 'none', 'any'],
  remediation: ['open,blocked', '!fix_reported', 'none', 'any'],
  planned: ['..0d', '30d..', 'none', 'any'],
  accepted: ['yes', 'no'],
  port: ['443', '100..', '..22'],
  source: ['tenable', 'securitycenter,tenable', '!securitycenter'],
  operation: ['00000000-0000-0000-0000-000000000009', '!00000000-0000-0000-0000-000000000009', 'none such'],
  q: ['OpenSSL', 'multiple 4', '10003'],
};
const pairs = fc.uniqueArray(
  fc
    .constantFrom(...Object.entries(values))
    .chain(([name, texts]) => fc.tuple(fc.constant(name), fc.constantFrom(...texts))),
  { maxLength: 3, selector: ([name]) => name },
);
const scopes = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Scope>(everywhere) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('boundaries' as const),
      systemIds: fc.uniqueArray(
        fc.constantFrom('SYS-001', 'SYS-002', 'SYS-003', 'SYS-004', 'SYS-006', 'SYS-999'),
        { maxLength: 3 },
      ),
      unassigned: fc.boolean(),
    }),
  },
);
const sorts = fc
  .tuple(fc.constantFrom(...findingList.sorts), fc.boolean())
  .map(([by, descending]) => parseSort(`${descending ? '-' : ''}${by}`, findingList.sorts));

const isIn = (scope: Scope, asset: string): boolean => {
  if (scope.kind === 'everywhere') return true;
  const systems = systemsOf.get(asset) ?? new Set();
  return systems.size === 0 ? scope.unassigned : scope.systemIds.some((each) => systems.has(each));
};

describe('the list of findings', () => {
  it('has as many rows as its count and its facets say, each once, whatever filter, sort and scope', async () => {
    await fc.assert(
      fc.asyncProperty(
        scopes,
        pairs,
        sorts,
        fc.integer({ min: 20, max: 400 }),
        async (scope, given, sort, limit) => {
          const filter = filterOf(given);
          const rows = await allOf(scope, filter, sort, limit);
          expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
          expect(await countFindings(database.db, scope, filter, { now })).toEqual({
            count: rows.length,
            exact: true,
          });
          for (const by of ['severity', 'state', 'family', 'poam'] as const) {
            const facet = await facetFindings(database.db, scope, { filter, by, now });
            expect(facet.tally.reduce((sum, each) => sum + each.count, 0)).toBe(rows.length);
          }
        },
      ),
      { numRuns: 30 },
    );
  }, 120_000);

  it('shows nothing of what is outside of the scope, neither rows nor systems and POA&Ms of them', async () => {
    const owner = new Map(
      (
        await database.pool.query<{ poam: string; system: string }>(
          'select poam_id as poam, system_id as system from ingestion_poams',
        )
      ).rows.map((row) => [row.poam, row.system]),
    );
    await fc.assert(
      fc.asyncProperty(scopes, pairs, sorts, async (scope, given, sort) => {
        for (const row of await allOf(scope, filterOf(given), sort)) {
          expect(isIn(scope, row.assetUuid)).toBe(true);
          if (scope.kind === 'everywhere') continue;
          for (const system of row.systemIds) expect(scope.systemIds).toContain(system);
          expect([null, ...scope.systemIds]).toContain(row.poamId === null ? null : owner.get(row.poamId));
        }
      }),
      { numRuns: 20 },
    );
    const all = await allOf(everywhere, {}, parseSort('first', findingList.sorts));
    expect(all).toHaveLength(900);
    const own: Scope = { kind: 'boundaries', systemIds: ['SYS-002'], unassigned: true };
    const seen = await allOf(own, {}, parseSort('first', findingList.sorts));
    expect(seen.map((row) => row.key)).toEqual(
      all.filter((row) => isIn(own, row.assetUuid)).map((row) => row.key),
    );
    expect(await allOf(nowhere, {}, parseSort('first', findingList.sorts))).toEqual([]);
  }, 120_000);

  it('a group of a plugin bears the worst risk score of it that one sees, and the filter goes by the same', async () => {
    const one: Scope = { kind: 'boundaries', systemIds: ['SYS-002'], unassigned: false };
    for (const scope of [everywhere, one]) {
      const { rows } = await database.pool.query<{ plugin: string; risk: number }>(
        `select plugin_id as plugin, max(risk_score)::float8 as risk from group_risks ${scope === one ? `where system_id = 'SYS-002'` : ''} group by 1`,
      );
      const risks = new Map(rows.map(({ plugin, risk }) => [plugin, risk]));
      const groups = await groupFindings(database.db, scope, { filter: {}, by: 'plugin', limit: 100, now });
      expect(groups.items.length).toBeGreaterThan(10);
      for (const { key, risk } of groups.items)
        expect([key, risk]).toEqual([key, risks.get(key ?? '') ?? null]);
      const sort = parseSort('-severity', findingList.sorts);
      const found = await allOf(scope, filterOf([['risk', '50..']]), sort);
      const wanted = (await allOf(scope, {}, sort)).filter((row) => (risks.get(row.pluginId) ?? -1) >= 50);
      expect(found.map(({ key }) => key).toSorted()).toEqual(wanted.map(({ key }) => key).toSorted());
    }
  });

  it.each([
    ['severity=critical', [['severity', 'critical']], (row: FindingRow) => row.severity === 'Critical'],
    ['state=fixed', [['state', 'fixed']], (row: FindingRow) => row.state === 'fixed'],
    ['poam=none', [['poam', 'none']], (row: FindingRow) => row.poamId === null],
    ['poam=overdue', [['poam', 'overdue']], (row: FindingRow) => row.poamState === 'overdue'],
    ['due=any', [['due', 'any']], (row: FindingRow) => row.dueOn !== null],
    ['due=..0d', [['due', '..0d']], (row: FindingRow) => row.dueOn !== null && row.dueOn < '2026-11-25'],
    ['vpr=5..', [['vpr', '5..']], (row: FindingRow) => (row.vpr ?? -1) >= 5],
    ['vpr=none', [['vpr', 'none']], (row: FindingRow) => row.vpr === null],
    ['exploit=no', [['exploit', 'no']], (row: FindingRow) => row.hasExploit !== true],
    ['accepted=yes', [['accepted', 'yes']], (row: FindingRow) => row.isAccepted],
    ['criticality=none', [['criticality', 'none']], (row: FindingRow) => row.criticality === null],
    [
      'source=!securitycenter',
      [['source', '!securitycenter']],
      (row: FindingRow) => !row.sources.includes('securitycenter'),
    ],
    ['ip=10.3.0.0/16', [['ip', '10.3.0.0/16']], (row: FindingRow) => row.ip?.startsWith('10.3.') ?? false],
    ['system=none', [['system', 'none']], (row: FindingRow) => row.systemIds.length === 0],
    ['cve=any', [['cve', 'any']], (row: FindingRow) => row.cves.length > 0],
    [
      'asset=host-000017',
      [['asset', 'host-000017']],
      (row: FindingRow) => row.assetName?.startsWith('host-000017') ?? false,
    ],
  ] as const)('%s finds those whose row says so, and no others', async (_line, given, says) => {
    const sort = parseSort('-severity', findingList.sorts);
    const [all, found] = [await allOf(everywhere, {}, sort), await allOf(everywhere, filterOf(given), sort)];
    expect(found.map((row) => row.key)).toEqual(all.filter(says).map((row) => row.key));
    expect(found.length).toBeGreaterThan(0);
  });

  it.each(findingList.sorts)(
    'sorted by %s, the other way round is the reverse, but for what has no value',
    async (by) => {
      const up = await allOf(everywhere, {}, { by, descending: false }, 70);
      const down = await allOf(everywhere, {}, { by, descending: true }, 70);
      const has = (row: FindingRow): boolean => by !== 'vpr' || row.vpr !== null;
      expect(down.filter(has)).toEqual(up.filter(has).toReversed());
      expect(up.findIndex((row) => !has(row))).toBe(up.every(has) ? -1 : up.filter(has).length);
    },
  );

  it.each(findingGroups)('grouped by %s, the groups have what the list has', async (by) => {
    const filter = filterOf([['state', 'open,reopened']]);
    const rows = await allOf(everywhere, filter, parseSort('-severity', findingList.sorts));
    const groups: FindingGroupRow[] = [];
    let after: After | undefined;
    do {
      const page = await groupFindings(database.db, everywhere, {
        filter,
        by,
        limit: 9,
        now,
        ...(after ? { after } : {}),
      });
      groups.push(...page.items);
      after = page.next;
    } while (after);
    expect(new Set(groups.map((group) => group.key)).size).toBe(groups.length);
    const keysOf: Readonly<Record<typeof by, (row: FindingRow) => readonly (string | null)[]>> = {
      plugin: (row) => [row.pluginId],
      asset: (row) => [row.assetUuid],
      system: (row) => (row.systemIds.length > 0 ? row.systemIds : [null]),
      cve: (row) => (row.cves.length > 0 ? row.cves : [null]),
      solution: (row) => [
        row.solution === null ? null : createHash('md5').update(row.solution).digest('hex'),
      ],
    };
    for (const group of groups) {
      const own = rows.filter((row) => keysOf[by](row).includes(group.key));
      const states = own.map((row) => row.poamState ?? 'none');
      expect(group).toMatchObject({
        findings: own.length,
        critical: own.filter((row) => row.severity === 'Critical').length,
        info: own.filter((row) => row.severity === 'Info').length,
        assets: new Set(own.map((row) => row.assetUuid)).size,
        systems: new Set(own.flatMap((row) => row.systemIds)).size,
        firstFound: new Date(Math.min(...own.map((row) => Number(row.firstFound)))),
        poamState: ['overdue', 'none', 'open', 'completed'].find((state) =>
          states.some((each) => each === state),
        ),
      });
    }
    expect(groups.map((group) => group.critical)).toEqual(
      groups.map((group) => group.critical).toSorted((a, b) => b - a),
    );
    expect(new Set(groups.map((group) => group.key))).toEqual(new Set(rows.flatMap(keysOf[by])));
  });

  it('an export has the rows of the list, in its order', async () => {
    const query = {
      filter: filterOf([['severity', '!info']]),
      sort: parseSort('first', findingList.sorts),
      now,
    };
    const exported: FindingRow[] = [];
    for await (const rows of streamFindings(database.store, everywhere, query)) exported.push(...rows);
    expect(exported).toEqual(await allOf(everywhere, query.filter, query.sort));
    expect(exported.length).toBeGreaterThan(200);
  });

  it('a finding shows what stands around it, and does not exist for who does not see its asset', async () => {
    const [row] = await allOf(
      everywhere,
      filterOf([
        ['due', 'any'],
        ['state', 'reopened'],
      ]),
      parseSort('-severity', findingList.sorts),
    );
    const [key = '', system = ''] = [row?.key, row?.systemIds[0]];
    const own: Scope = { kind: 'boundaries', systemIds: [system], unassigned: false };
    const detail = await fetchFinding(database.db, own, { key, now });
    expect(detail).toMatchObject({
      key,
      output: expect.stringContaining('Installed version'),
      plugin: { pluginId: row?.pluginId, description: expect.stringContaining('affected by a flaw') },
      views: [{ source: row?.sources[0], isLatest: true }],
      weaknesses: [
        {
          systemId: system,
          poamId: row?.poamId,
          dueOn: row?.dueOn,
          dueReason: 'High: 90 days',
          controls: ['SI-2', 'RA-5'],
        },
      ],
    });
    const others = new Set(
      (
        await allOf(
          own,
          filterOf([
            ['plugin', row?.pluginId ?? ''],
            ['state', 'open,reopened'],
          ]),
          parseSort('first', findingList.sorts),
        )
      ).map((each) => each.assetUuid),
    );
    expect(detail?.otherAssets).toBe(others.size - 1);
    const history = await findingHistory(database.db, own, key);
    expect(history?.map(({ event }) => event)).toEqual(['found', 'fixed', 'came back']);
    const stranger: Scope = { kind: 'boundaries', systemIds: ['SYS-999'], unassigned: true };
    expect(await fetchFinding(database.db, stranger, { key, now })).toBeUndefined();
    expect(await findingHistory(database.db, stranger, key)).toBeUndefined();
    expect(await fetchFinding(database.db, everywhere, { key: "x' or true", now })).toBeUndefined();
    expect(await fetchPlugin(database.db, everywhere, row?.pluginId ?? '')).toMatchObject({
      pluginId: row?.pluginId,
      cves: row?.cves,
    });
    expect(await fetchPlugin(database.db, nowhere, row?.pluginId ?? '')).toBeUndefined();
  });
});
