/** Which POA&Ms are about a weakness, and which findings make one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { renewMentions } from './poam-mentions.sql.ts';
import { listWeaknesses, type WeaknessRow } from './list-weaknesses.sql.ts';
import { gatherWeakFindings } from './rules/weak-findings.sql.ts';
import { listRulesInForce } from '../../record/weaknesses/index.ts';

let database: ClonedDatabase;
let systemId = 0;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = (query: string, ...values: unknown[]): Promise<unknown> => database.pool.query(query, values);

beforeAll(async () => {
  database = await cloneDatabase();
  const { rows } = await database.pool.query<{ id: number }>(
    `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('grc', 'xacta', 'http://grc.example', '{}') returning id`,
  );
  systemId = rows[0]?.id ?? 0;
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'grc')`, uuid(1));
  await run(`insert into ingestion_systems (system_id, uuid, name) values ('S1', $1, 'One')`, uuid(2));
  await run(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id) values ($1, 'system', 'S1', 'X1', '{}', $2)`,
    systemId,
    uuid(1),
  );
  for (const n of [11, 12])
    await run(
      `insert into ingestion_assets (asset_uuid, tenable_asset_uuid, hostname, system_id) values ($1, $2, $3, 'S1')`,
      uuid(n),
      uuid(n),
      `web${n}`,
    );
  for (const plugin of ['20001', '20002', '20003'])
    await run(
      `insert into scan_plugins (plugin_id, name, raw_json, cves) values ($1, $2, '{}', array[$3])`,
      plugin,
      `Weak ${plugin}`,
      `CVE-2026-${plugin}`,
    );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function find(asset: number, plugin: string, modification = 'none'): Promise<void> {
  await run(
    `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state,
       external_system_id, first_found, last_found, finding_key, state, severity_modification, raw_data)
     values ($1::text, $1::uuid, $2, 'x', 'High', 3, 'open', $3, '2026-11-01', '2026-11-20', gen_random_uuid(), 'Open', $4, '{}')`,
    uuid(asset),
    plugin,
    systemId,
    modification,
  );
}
async function poam(id: string, given: { source?: string; cve?: string; assets?: number[] }): Promise<void> {
  await run(
    `insert into ingestion_poams (poam_id, system_id, status, source_of_discovery) values ($1, 'S1', 'Open', $2)`,
    id,
    given.source ?? 'Assessment',
  );
  if (given.cve)
    await run(`insert into ingestion_poam_cves (poam_id, cve_id) values ($1, $2)`, id, given.cve);
  for (const asset of given.assets ?? [])
    await run(`insert into ingestion_poam_assets (poam_id, asset_uuid) values ($1, $2)`, id, uuid(asset));
}
/** The weaknesses under the rules in force. */
const listed = (): Promise<WeaknessRow[]> =>
  database.store.transaction(async ({ db }) => {
    await renewMentions(db);
    const now = new Date();
    await gatherWeakFindings(db, systemId, { rules: await listRulesInForce(db), now });
    return listWeaknesses(db, systemId, now);
  });
/** By plugin the POA&Ms about it and on what grounds. */
async function about(): Promise<Record<string, string[]>> {
  const weaknesses = await listed();
  return Object.fromEntries(
    weaknesses.map((each) => [
      each.identifier,
      each.candidates.map(({ poamId, ground }) => `${poamId} ${ground}`),
    ]),
  );
}

describe('the POA&Ms about a weakness', () => {
  it('the POA&Ms about a weakness are those that name its plugin, or a CVE of it alone and the same machines', async () => {
    await find(11, '20001');
    await find(12, '20001');
    await find(11, '20002');
    await poam('NAMED', { source: 'Nessus Plugin IDs: 20001, 30000' });
    await poam('CVE', { cve: 'CVE-2026-20001', assets: [11] });
    await poam('CVE-IN-TEXT', { source: 'Vendor advisory, CVE-2026-20002', assets: [11, 12] });
    await poam('CVE-NO-MACHINE', { cve: 'CVE-2026-20001' });
    await poam('CVE-OTHER-MACHINE', { cve: 'CVE-2026-20002', assets: [12] });
    await poam('CVE-OTHER-PLUGIN', { source: 'plugin 20099', cve: 'CVE-2026-20002', assets: [11] });
    expect(await about()).toEqual({
      '20001': ['NAMED named', 'CVE cve'],
      '20002': ['CVE-IN-TEXT cve'],
    });
  });

  it('the POA&Ms about a weakness follow their text, which is read again only where it changed', async () => {
    expect(await renewMentions(database.db)).toBe(0);
    await run(`update ingestion_poams set source_of_discovery = 'ACAS - 20002' where poam_id = 'NAMED'`);
    expect(await about()).toMatchObject({
      '20001': ['CVE cve'],
      '20002': ['NAMED named', 'CVE-IN-TEXT cve'],
    });
    expect(await renewMentions(database.db)).toBe(0);
  });

  it('no POA&M is due for a finding that the scanner accepts, by its report of the finding or by a rule', async () => {
    await find(11, '20003', 'accepted');
    expect(Object.keys(await about())).toEqual(['20001', '20002']);
    await run(
      `insert into acceptances (external_system_id, acceptance_id, kind, plugin_id, scope) values ($1, 'R1', 'false_positive', '20001', $2)`,
      systemId,
      `asset ${uuid(11)}`,
    );
    const [left] = await listed();
    expect(left).toMatchObject({ pluginId: '20001', findings: 1, assets: [uuid(12)] });
    await run(`update acceptances set expires_at = now() - interval '1 day'`);
    expect((await listed())[0]).toMatchObject({ findings: 2 });
  });
});
