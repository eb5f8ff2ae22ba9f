import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startSimulatorProcess,
  type SimulatorProcess,
} from '../../simulators/kit/simulator-process.test-support.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const machines = ['--machines', '6'];
let world: TwoSystems;
let securityCenter: SimulatorProcess;
let folder = '';
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: machines, xacta: ['--systems', '1', '--records', '2'] });
  securityCenter = await startSimulatorProcess(
    'tenable-sc',
    ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', ...machines],
    { SIMULATOR_USERNAME: 'tieline', SIMULATOR_PASSWORD: 'of the test' },
  );
  await addSystem(world.app, {
    type: 'tenable_sc',
    name: 'acas',
    url: securityCenter.url,
    settings: { requests_per_second: 1000, concurrency: 4, username: 'tieline', page_size: 200 },
    secrets: { password: new Secret('of the test') },
  });
  folder = await mkdtemp(join(tmpdir(), 'tieline-sc-'));
});
afterAll(async () => {
  await world.stop();
  await securityCenter.stop();
  await rm(folder, { recursive: true, force: true });
});

async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${securityCenter.url}/__control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
interface Held {
  readonly ip: string;
  readonly dnsName: string;
  readonly plugin: string;
  readonly port: string;
  readonly protocol: string;
}

// One story in order: each step begins where the one before ended.
describe('a machine that Tenable VM, Security Center and a scan file all know', () => {
  it('a machine known to three sources ends as one asset with three sources', async () => {
    await world.sync();
    const { findings } = await control<{ findings: Held[] }>('GET', '/state');
    const hosts = Map.groupBy(findings, (row) => row.dnsName);
    const reports = [...hosts].map(([name, rows]) => {
      const tags = { 'host-fqdn': name, 'host-ip': rows[0]?.ip, HOST_END_TIMESTAMP: '1793530000' };
      const properties = Object.entries(tags).map(([key, value]) => `<tag name="${key}">${value}</tag>`);
      const items = rows.map(
        (row) =>
          `<ReportItem port="${row.port}" svc_name="x" protocol="${row.protocol.toLowerCase()}" severity="2" pluginID="${row.plugin}" pluginName="p" pluginFamily="f"/>`,
      );
      return `<ReportHost name="${rows[0]?.ip ?? ''}"><HostProperties>${properties.join('')}</HostProperties>${items.join('')}</ReportHost>`;
    });
    const path = join(folder, 'carried.nessus');
    await writeFile(
      path,
      `<NessusClientData_v2><Report name="r">${reports.join('')}</Report></NessusClientData_v2>`,
    );
    expect(await commandOver(world.app, ['import', path, '--system', 'air gap'])).toMatchObject({ code: 0 });

    const assets = await world.rows(
      `select a.hostname, array_agg(distinct s.system_name order by s.system_name) as sources
         from ingestion_assets a join asset_sources o on o.asset_uuid = a.asset_uuid join external_systems s on s.id = o.external_system_id
        where a.merged_into is null group by a.asset_uuid, a.hostname order by 1`,
    );
    expect(assets).toHaveLength(6);
    expect(assets.every((row) => String(row['sources']) === 'acas,air gap,tenable')).toBe(true);
  });

  it('a machine known to three sources has each finding once, with all three as its witnesses', async () => {
    const { findings } = await control<{ findings: Held[] }>('GET', '/state');
    const identity = (row: Held): string =>
      [row.dnsName, row.plugin, row.port, row.protocol.toLowerCase()].join('|');
    const stored = await world.rows(
      `select i.value as name, v.plugin_id::text as plugin, v.port::text, v.protocol, cardinality(v.reported_by) as witnesses
         from ingestion_vulnerabilities v join asset_identifiers i on i.asset_uuid = v.asset_ref and i.kind = 'fqdn'`,
    );
    const held = stored.map((row) =>
      [row['name'], row['plugin'], row['port'], String(row['protocol']).toLowerCase()].join('|'),
    );
    expect(new Set(held).size).toBe(held.length);
    expect(held.toSorted()).toEqual([...new Set(findings.map((row) => identity(row)))].toSorted());
    expect(stored.filter((row) => row['witnesses'] !== 3)).toEqual([]);
  });

  it('a machine known to three sources is unchanged when everything is read a second time', async () => {
    const outline = async (): Promise<unknown> =>
      await world.rows(
        `select count(*), count(*) filter (where lifecycle_state = 'open') as open, sum(severity_rank) as severities from ingestion_vulnerabilities`,
      );
    const before = await outline();
    const summary = await world.sync({ full: true });
    expect(await outline()).toEqual(before);
    expect(summary).toMatchObject({ recordsFailed: 0, recordsHeld: 0, written: 0 });
  });

  it('a machine known to three sources has each audit check result once, as the exporting server reports it', async () => {
    const [first] = await world.rows(
      `select count(*)::int as results, count(distinct (asset_uuid, audit_file, check_id))::int as distinct, count(*) filter (where control_references @> '{800-53|IA-5}')::int as of_passwords,
              count(*) filter (where status = 'failed')::int as failed, max(updated_at) as at from compliance_results`,
    );
    expect(first?.['results']).toBeGreaterThan(0);
    expect(first?.['distinct']).toBe(first?.['results']);
    expect(first?.['of_passwords']).toBeGreaterThan(0);
    await world.sync({ full: true, systems: ['tenable'] });
    const [second] = await world.rows(
      'select count(*)::int as results, max(updated_at) as at from compliance_results',
    );
    expect(second).toEqual({ results: first?.['results'], at: first?.['at'] });
  });

  it('a machine known to three sources gets a finding closed in one server only when no other has seen it since', async () => {
    const { findings } = await control<{ findings: (Held & { key: string; source: string })[] }>(
      'GET',
      '/state',
    );
    const [open] = findings.filter((row) => row.source === 'cumulative');
    if (!open) throw new Error('nothing is open');
    await control('POST', '/edit', { finding: open.key, fix: true });
    await world.sync();
    const [row] = await world.rows(
      `select lifecycle_state as state from ingestion_vulnerabilities v join asset_identifiers i on i.asset_uuid = v.asset_ref and i.kind = 'fqdn' and i.value = $1
        where v.plugin_id = $2 and v.port = $3`,
      open.dnsName,
      open.plugin,
      Number(open.port),
    );
    expect(row).toEqual({ state: 'fixed' });
  });
});

describe('an acceptance', () => {
  it('an acceptance becomes a rule in Security Center, holds whatever the other server reports, and ends with the rule', async () => {
    const [finding] = await world.rows(
      `select v.id, v.plugin_id::text as plugin, v.asset_ref::text as asset from ingestion_vulnerabilities v where v.lifecycle_state = 'open' order by v.id limit 1`,
    );
    const [plugin, asset] = [String(finding?.['plugin']), String(finding?.['asset'])];
    const asked = ['--kind', 'accepted', '--plugin', plugin, '--asset', asset, '--comment', 'behind a guard'];
    expect(await commandOver(world.app, ['acceptances', 'add', 'acas', ...asked])).toMatchObject({ code: 0 });
    await world.sync();
    const { rules } = await control<{ rules: { key: string; plugin: string; comments: string }[] }>(
      'GET',
      '/state',
    );
    expect(rules).toEqual([
      expect.objectContaining({
        plugin,
        hostType: expect.stringMatching(/^(ip|uuid)$/) as string,
        comments: expect.stringMatching(/^behind a guard/) as string,
      }),
    ]);
    await world.sync();
    expect(await stateOf(finding?.['id'])).toEqual({ rule: 'accepted', state: 'Accepted' });
    // The other server, which knows of no rule, reports the finding meanwhile.
    await world.sync({ full: true, systems: ['tenable'] });
    expect(await stateOf(finding?.['id'])).toEqual({ rule: 'accepted', state: 'Accepted' });

    await control('POST', '/edit', { rule: String(rules[0]?.key), delete: true });
    await world.sync();
    expect(await stateOf(finding?.['id'])).toEqual({ rule: 'none', state: 'Open' });
  });
});

async function stateOf(id: unknown): Promise<unknown> {
  const [row] = await world.rows(
    `select severity_modification as rule, state from ingestion_vulnerabilities where id = $1`,
    id,
  );
  return row;
}
