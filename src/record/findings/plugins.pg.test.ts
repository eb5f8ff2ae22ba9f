/** What several reports say about one plugin, in any order and in chunks of any size: one plugin, where dates decide. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import type { PluginRecord } from '../../canonical/record-fields/index.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { fetchFindingColumns } from './finding-columns.sql.ts';
import { mergePlugins } from './plugins.sql.ts';

let database: ClonedDatabase;
const systems: number[] = [];
beforeAll(async () => {
  database = await cloneDatabase();
  for (const name of ['one', 'two']) {
    const system = await insertSystem(database.db, { name, type: 'scan_files', url: 'file:', config: {} });
    systems.push(system?.id ?? 0);
  }
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

type Report = Omit<PluginRecord, 'plugin_id' | 'name'> & { readonly name?: string };

async function store(pluginId: string, system: number, reports: readonly Report[]): Promise<void> {
  await database.store.transaction(async (tx) => {
    const staged = reports.map((report) => ({
      record: { name: '', ...report, plugin_id: pluginId },
      raw: { id: pluginId, ...report },
    }));
    await mergePlugins(tx, systems[system] ?? 0, staged, await fetchFindingColumns(tx));
  });
}
async function stored(pluginId: string): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select name, description, solution, vpr_score::float8 as vpr, exploit_available as exploit, modified_at,
            (select array_agg(id order by id) from unnest(cves) id) as cves from scan_plugins where plugin_id = $1`,
    [pluginId],
  );
  return rows[0] ?? {};
}

const year = (n: number): string => `20${String(10 + n)}-01-01T00:00:00.000Z`;

describe('what is known of a plugin', () => {
  it('the stored plugin is not emptied by a report with fewer fields, dated or not', async () => {
    const full = {
      name: 'Widget',
      description: 'Full.',
      solution: 'Update.',
      vpr_score: 5,
      exploit_available: true,
      cves: ['CVE-1', 'CVE-2'],
      modified_at: year(1),
    };
    await store('1', 0, [full]);
    const before = await stored('1');
    await store('1', 0, [{}, { name: 'Widget', cves: [] }, { description: 'Undated.', cves: ['CVE-9'] }]);
    expect(await stored('1')).toEqual(before);
    await store('1', 1, [{ solution: 'Update to 2.', modified_at: year(2), description: '' }]);
    expect(await stored('1')).toEqual({
      ...before,
      solution: 'Update to 2.',
      modified_at: new Date(year(2)),
    });
    await store('1', 0, [{ description: 'Between.', solution: 'Between.', modified_at: year(1) }]);
    expect(await stored('1')).toMatchObject({ description: 'Between.', solution: 'Update to 2.' });
  });

  it('the stored plugin lists the CVEs of all rows of one date, and only those of a newer report that lists some', async () => {
    for (const cve of ['CVE-1', 'CVE-2', 'CVE-3']) await store('2', 0, [{ name: 'P', cves: [cve] }]);
    expect(await stored('2')).toMatchObject({ cves: ['CVE-1', 'CVE-2', 'CVE-3'] });
    await store('2', 0, [{ cves: ['CVE-3'], modified_at: year(1) }]);
    await store('2', 0, [{ modified_at: year(2) }, { cves: ['CVE-4'] }]);
    expect(await stored('2')).toMatchObject({ cves: ['CVE-3'] });
  });

  it('the stored plugin follows the later scan among reports of one modification date', async () => {
    const scan = (hour: number, vpr_score: number) => ({
      name: 'P',
      vpr_score,
      modified_at: year(1),
      observed_at: `2026-01-01T0${hour}:00:00.000Z`,
    });
    await store('3', 0, [scan(2, 6)]);
    await store('3', 0, [scan(1, 5)]);
    expect(await stored('3')).toMatchObject({ vpr: 6 });
    await store('3', 0, [scan(3, 6)]);
    await store('3', 0, [scan(2, 7)]);
    expect(await stored('3')).toMatchObject({ vpr: 6 });
  });

  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  /** No two reports of one date differ in a field but in their lists; those without a date are all alike. */
  const reports = fc.uniqueArray(
    fc.record({
      system: fc.nat(1),
      date: fc.option(fc.nat(5), { nil: undefined }),
      says: fc.record({
        name: fc.constantFrom('', 'a', 'b'),
        description: maybe(fc.constantFrom('', 'x', 'y')),
        vpr_score: maybe(fc.nat(10)),
        exploit_available: maybe(fc.boolean()),
        cves: maybe(fc.subarray(['CVE-1', 'CVE-2', 'CVE-3'])),
      }),
    }),
    { minLength: 2, maxLength: 6, selector: (each) => each.date },
  );

  it('the stored plugin does not depend on the order of reports, nor on what is stored at once', async () => {
    let plugin = 1000;
    await fc.assert(
      fc.asyncProperty(reports, fc.infiniteStream(fc.nat(1000)), async (all, choices) => {
        const ids = [String((plugin += 1)), String((plugin += 1))];
        const ends = [];
        for (const id of ids) {
          const order = all.map((report) => [choices.next().value ?? 0, report] as const);
          for (const [, { system, date, says }] of order.toSorted(([a], [b]) => a - b)) {
            const dated = date === undefined ? {} : { modified_at: year(date) };
            const told: Report = Object.fromEntries(
              Object.entries({ ...says, ...dated }).filter(([, value]) => value !== undefined),
            );
            await store(id, system, (choices.next().value ?? 0) % 2 === 0 ? [told] : [told, told]);
          }
          ends.push(await stored(id));
        }
        expect(ends[1]).toEqual(ends[0]);
      }),
      { numRuns: 15 },
    );
  });
});
