import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type DeviationWorld, deviationWorld } from '../../../../test/support/deviation-world.ts';

let world: DeviationWorld;
beforeAll(async () => {
  world = await deviationWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

/** So many rules at the scanner's server that nobody asked for: each for all assets, by plugin or by CVE. */
async function make(
  count: number,
  about: { readonly plugin?: string; readonly cve?: string },
): Promise<void> {
  await world.database.pool.query(
    `with made as (
       insert into acceptances (external_system_id, acceptance_id, kind, plugin_id, cve_id, scope, port, status)
       -- But for the last two they are for a port on which nothing was found.
       select $1, 'rule-' || n, 'accepted', $2, $3, 'all', case when n <= $4::int - 2 then 9 end, 'active' from generate_series(1, $4::int) n
       returning id, acceptance_id)
     insert into sync_links (external_system_id, entity_type, entity_id, external_id) select $1, 'acceptance', id::text, acceptance_id from made`,
    [world.scanner.id, about.plugin ?? null, about.cve ?? null, count],
  );
  await world.database.pool.query(`update ingestion_vulnerabilities set reported_by = array[$1::int]`, [
    world.scanner.id,
  ]);
}
const states = async (): Promise<unknown[]> =>
  (await world.database.pool.query(`select state, count(*)::int as n from deviations group by 1 order by 1`))
    .rows;

it('rules behind the first page are found, and none lapses when they are looked at again', async () => {
  await make(1_203, { plugin: '1001' });
  await world.follow();
  expect(await states()).toEqual([{ state: 'found', n: 2 }]);
  await world.follow();
  expect(await states()).toEqual([{ state: 'found', n: 2 }]);
});

it('a rule for a CVE is found by the plugins that look for it', async () => {
  await world.database.pool.query(
    `insert into plugin_cves (cve, plugin_id) values ('CVE-2021-44228', '1001')`,
  );
  await make(1, { cve: 'cve-2021-44228' });
  await world.follow();
  expect(await states()).toEqual([{ state: 'found', n: 1 }]);
  await world.database.pool.query(`update acceptances set status = 'withdrawn'`);
  await world.follow();
  expect(await states()).toEqual([{ state: 'lapsed', n: 1 }]);
});
