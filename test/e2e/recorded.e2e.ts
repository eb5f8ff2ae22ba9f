/**
 * Real recorded exports of Tenable VM, over HTTP and into the database. What must be there is counted by PostgreSQL from the text of the
 * files: nothing of the product's own reading is in that count.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTwoSystems } from '../support/two-systems.ts';

const folder = join(import.meta.dirname, '../../../shared/data');

const told = `select jsonb_build_object(
    'hosts', (select count(distinct a ->> 'id') from json_array_elements($1::json) a),
    'findings', (select count(distinct (f -> 'asset' ->> 'uuid', f -> 'plugin' ->> 'id', f -> 'port' ->> 'port', lower(f -> 'port' ->> 'protocol'))) from json_array_elements($2::json) f),
    'severities', (select jsonb_object_agg(severity, n) from (select f ->> 'severity_id' as severity, count(*) as n from json_array_elements($2::json) f group by 1) s),
    'states', (select jsonb_object_agg(state, n) from (select lower(f ->> 'state') as state, count(*) as n from json_array_elements($2::json) f group by 1) s),
    'plugins', (select count(distinct f -> 'plugin' ->> 'id') from json_array_elements($2::json) f),
    'cves', (select count(distinct cve) from json_array_elements($2::json) f cross join json_array_elements_text(f -> 'plugin' -> 'cve') cve),
    'findingsWithCves', (select count(*) from json_array_elements($2::json) f cross join json_array_elements_text(f -> 'plugin' -> 'cve') cve)) as counts`;
const stored = `select jsonb_build_object(
    'hosts', (select count(*) from ingestion_assets where tenable_asset_uuid is not null),
    'findings', (select count(*) from ingestion_vulnerabilities),
    'severities', (select jsonb_object_agg(severity_rank, n) from (select severity_rank, count(*) as n from ingestion_vulnerabilities group by 1) s),
    'states', (select jsonb_object_agg(lifecycle_state, n) from (select lifecycle_state, count(*) as n from ingestion_vulnerabilities group by 1) s),
    'plugins', (select count(*) from scan_plugins),
    'cves', (select count(distinct cve_id) from ingestion_vulnerability_cves),
    'findingsWithCves', (select count(*) from ingestion_vulnerability_cves)) as counts`;
/** Every row with the transaction that wrote it last. */
const rows = ['ingestion_assets', 'ingestion_vulnerabilities', 'ingestion_vulnerability_cves', 'scan_plugins']
  .map((table) => `(select md5(string_agg(t.xmin::text || t::text, '|' order by t::text)) from ${table} t)`)
  .join(' || ');

describe.skipIf(!existsSync(folder))('recorded exports (skipped without ../shared/data)', () => {
  it.each(['tenable-vm', 'tenable-vm-2022'])(
    'the recorded export %s: hosts, findings by severity and state, plugins and CVEs are as many as the files have; a second time rewrites no row',
    async (name) => {
      const text = (file: string): string => readFileSync(join(folder, name, file), 'utf8');
      const world = await startTwoSystems([], {
        tenable: ['--recorded', join(folder, name)],
        xacta: ['--systems', '1', '--records', '1'],
      });
      try {
        const only = { systems: ['tenable'], full: true };
        expect(await world.sync(only)).toMatchObject({ recordsFailed: 0, recordsHeld: 0 });
        const [expected] = await world.rows(told, text('assets-chunk.json'), text('vulns-chunk.json'));
        expect(await world.rows(stored)).toEqual([expected]);
        const before = await world.rows(`select ${rows} as digest`);
        expect(await world.sync(only)).toMatchObject({ recordsFailed: 0, recordsHeld: 0, written: 0 });
        expect(await world.rows(`select ${rows} as digest`)).toEqual(before);
      } finally {
        await world.stop();
      }
    },
  );
});
