import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchFolders } from '../../src/modules/scan-files/watch-folders.ts';
import { listWatchedFolders } from '../../src/modules/scan-files/watched-folders.sql.ts';
import { commandOver, type CommandOutcome } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const samples = join(import.meta.dirname, '../../../shared/data/nessus');

let world: TwoSystems;
let folder = '';
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '8'],
    xacta: ['--systems', '1', '--records', '2'],
  });
  await world.sync();
  folder = await mkdtemp(join(tmpdir(), 'tieline-import-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly outcome: string;
  readonly hosts: number;
  readonly items: number;
  readonly fixed: number;
  readonly counts: { readonly created: number; readonly updated: number; readonly failed: number };
  readonly problem?: string;
}
async function take(...args: string[]): Promise<CommandOutcome & { readonly files: Outcome[] }> {
  const outcome = await commandOver(world.app, ['import', ...args]);
  return { ...outcome, files: (outcome.json ?? []) as Outcome[] };
}
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
const count = async (query: string, ...values: unknown[]): Promise<number> =>
  Number((await world.rows(`select count(*)::int as n ${query}`, ...values))[0]?.['n']);
const stored = async () => ({
  assets: await count('from ingestion_assets'),
  findings: await count('from ingestion_vulnerabilities'),
  sources: await count('from asset_sources'),
});

const scan = (hosts: string, plugins = '90001;90002;90003'): string =>
  `<?xml version="1.0"?><NessusClientData_v2><Policy><Preferences><ServerPreferences><preference><name>plugin_set</name><value>${plugins}</value></preference></ServerPreferences></Preferences></Policy><Report name="r">${hosts}</Report></NessusClientData_v2>`;
const host = (name: string, day: number, inside: string, tags = ''): string =>
  `<ReportHost name="${name}"><HostProperties><tag name="HOST_END_TIMESTAMP">${Date.UTC(2026, 0, day) / 1000}</tag>${tags}</HostProperties>${inside}</ReportHost>`;
const item = (plugin: number, port = 0): string =>
  `<ReportItem port="${port}" svc_name="general" protocol="tcp" severity="3" pluginID="${plugin}" pluginName="Plugin ${plugin}" pluginFamily="General"><plugin_output>seen</plugin_output></ReportItem>`;
const tag = (name: string, value: string): string => `<tag name="${name}">${value}</tag>`;
const signedIn = tag('Credentialed_Scan', 'true');
const states = async (bios: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (
      await world.rows(
        `select v.plugin_id::text as plugin, v.lifecycle_state as state from ingestion_vulnerabilities v
           join asset_identifiers i on i.asset_uuid = v.asset_ref and i.kind = 'bios_uuid' and i.value = $1 order by 1`,
        bios.replaceAll('-', ''),
      )
    ).map((row) => [String(row['plugin']), row['state']]),
  );

describe.skipIf(!existsSync(samples))('real scan files (skipped without ../shared/data)', () => {
  it.each(['agent-windows10.nessus', 'seven-hosts.nessus'])(
    'the real scan file %s is stored whole: as many as a count over its text finds, and a second time changes nothing',
    async (name) => {
      const path = join(samples, name);
      const text = await readFile(path, 'utf8');
      const found = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
      const { code, files } = await take(path, '--system', name);
      expect(code).toBe(0);
      expect(files).toMatchObject([
        { outcome: 'imported', hosts: found(/<ReportHost (n)ame/g).length, counts: { failed: 0 } },
      ]);
      const of = `from ingestion_vulnerabilities v join external_systems s on s.id = any (v.reported_by) and s.system_name = $1`;
      // Two items of one host with the same plugin, port and protocol are one finding.
      const identities = new Set<string>();
      const perSeverity = new Map<string, number>();
      for (const block of text.split('<ReportHost ').slice(1)) {
        const hostName = /name="([^"]*)"/.exec(block)?.[1] ?? '';
        for (const [element] of block.matchAll(/<ReportItem [^>]*>/g)) {
          const attribute = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(element)?.[1] ?? '';
          const identity = [hostName, attribute('pluginID'), attribute('port'), attribute('protocol')].join();
          if (identities.has(identity)) continue;
          identities.add(identity);
          const severity = attribute('severity');
          perSeverity.set(severity, (perSeverity.get(severity) ?? 0) + 1);
        }
      }
      expect(await count(of, name)).toBe(identities.size);
      for (const [severity, n] of perSeverity)
        expect(await count(`${of} where v.severity_rank = ${Number(severity)}`, name)).toBe(n);
      expect(await count(`from (select distinct plugin_id ${of}) p`, name)).toBe(
        new Set(found(/pluginID="(\d+)"/g)).size,
      );
      // Of a plugin that the server knows a later version of, that version stands.
      const [own] = await world.rows(
        `select array_agg(plugin_id) as ids from scan_plugins where external_system_id = (select id from external_systems where system_name = $1)`,
        name,
      );
      const ids = new Set(own?.['ids'] as string[]);
      const cves = new Set(
        text
          .split('<ReportItem ')
          .filter((element) => ids.has(/pluginID="(\d+)"/.exec(element)?.[1] ?? ''))
          .flatMap((element) => [...element.matchAll(/<cve>([^<]*)<\/cve>/g)].map((match) => match[1])),
      );
      expect(
        await count(
          `from (select distinct c.cve_id ${of} join ingestion_vulnerability_cves c on c.vulnerability_id = v.id where v.plugin_id = any ($2)) x`,
          name,
          [...ids],
        ),
      ).toBe(cves.size);
      expect(ids.size).toBeGreaterThan(10);

      expect((await take(path, '--system', name)).files).toMatchObject([{ outcome: 'already imported' }]);
      await world.rows('delete from imported_files');
      expect((await take(path, '--system', name)).files).toMatchObject([
        { outcome: 'imported', counts: { created: 0, updated: 0, failed: 0 } },
      ]);
    },
  );

  it('real scan files of the CSV exports are imported too (skipped without ../shared/data)', async () => {
    const { code, files } = await take(
      join(samples, 'tenable-vm-findings.csv'),
      join(samples, 'nessus-findings.csv'),
      '--system',
      'tables',
    );
    expect(code).toBe(0);
    expect(files).toMatchObject([
      { outcome: 'imported', items: 20, counts: { failed: 0 } },
      { outcome: 'imported', items: 4, counts: { failed: 0 } },
    ]);
    // A row for each CVE.
    expect(
      await count(`from (select unnest(cves) from scan_plugins where plugin_id in ('176703', '176705')) c`),
    ).toBe(13);
  });
});

describe('a broken file', () => {
  const whole = scan(host('cut1', 5, item(90_001)) + host('cut2', 5, item(90_001) + item(90_002)));
  const cut = whole.slice(0, whole.lastIndexOf('<ReportItem'));

  it('a broken file leaves nothing behind, and reports where it breaks', async () => {
    const before = await stored();
    const { code, files } = await take(await file('cut.nessus', cut), '--system', 'broken');
    expect(code).toBe(1);
    expect(files[0]).toMatchObject({ outcome: 'refused' });
    expect(files[0]?.problem).toMatch(/cut\.nessus: line 1, byte \d+: .*cut off/);
    expect(await stored()).toEqual(before);
    const [operation] = await world.rows(
      `select status, error_details from ingestion_batches order by started_at desc limit 1`,
    );
    expect(operation).toMatchObject({ status: 'failed' });
  });

  it('a broken file keeps its whole hosts on request, and the rest is imported with the whole file', async () => {
    const before = await stored();
    const { code, files } = await take(join(folder, 'cut.nessus'), '--keep-partial', '--system', 'broken');
    expect(code).toBe(3);
    expect(files[0]).toMatchObject({ outcome: 'partial', hosts: 1, items: 1 });
    expect(await stored()).toMatchObject({ assets: before.assets + 1, findings: before.findings + 1 });
    expect((await take(await file('whole.nessus', whole), '--system', 'broken')).files[0]).toMatchObject({
      outcome: 'imported',
    });
    expect(await stored()).toMatchObject({ assets: before.assets + 2, findings: before.findings + 3 });
  });

  it('a broken file does not keep the other files of a folder from being imported', async () => {
    const { code, files } = await take(folder, '--system', 'folder');
    expect(code).toBe(1);
    expect(files.map((each) => each.outcome)).toEqual(['refused', 'imported']);
  });

  it('a broken file with a host of thousands of items is rolled back to the start of that host as well', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => item(90_002, index)).join('');
    const text = scan(host('large0', 6, item(90_001)) + host('large1', 6, many));
    const before = await stored();
    const path = await file('large.nessus', text.slice(0, text.length - 100));
    expect((await take(path, '--keep-partial', '--system', 'large')).files[0]).toMatchObject({
      outcome: 'partial',
      hosts: 1,
      items: 1,
    });
    expect(await stored()).toMatchObject({ assets: before.assets + 1, findings: before.findings + 1 });
    expect((await take(await file('large2.nessus', text), '--system', 'large')).files[0]).toMatchObject({
      outcome: 'imported',
      items: 5_001,
    });
    expect(await stored()).toMatchObject({ assets: before.assets + 2, findings: before.findings + 5_001 });
  });
});

describe('a host that a server reported already', () => {
  it('a host that a server already reported is the same asset, with two sources, and each finding is there once', async () => {
    const [known] = await world.rows(
      `select v.asset_ref as asset, v.plugin_id::text as plugin, v.port, v.protocol, a.hostname, v.id,
              (select mac_address from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and mac_address is not null limit 1) as mac,
              (select ipv4_address from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and ipv4_address is not null limit 1) as ip
         from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
        where a.tenable_asset_uuid is not null and v.lifecycle_state = 'open' order by v.id limit 1`,
    );
    const before = await stored();
    const element = `<ReportItem port="${String(known?.['port'])}" svc_name="x" protocol="${String(known?.['protocol']).toUpperCase()}" severity="1" pluginID="${String(known?.['plugin'])}" pluginName="from a file" pluginFamily="General"/>`;
    const tags =
      tag('mac-address', String(known?.['mac']).toUpperCase()) +
      tag('host-ip', String(known?.['ip'])) +
      tag('hostname', String(known?.['hostname']));
    const { code, files } = await take(
      await file('known.nessus', scan(host(String(known?.['ip']), 9, element, tags))),
      '--system',
      'carried',
    );
    expect(code).toBe(0);
    expect(files[0]).toMatchObject({ outcome: 'imported', hosts: 1, items: 1 });
    expect(await stored()).toEqual({ ...before, sources: before.sources + 1 });
    expect(
      await world.rows(
        'select array_length(reported_by, 1) as n from ingestion_vulnerabilities where id = $1',
        known?.['id'],
      ),
    ).toEqual([{ n: 2 }]);
    const decisions = await world.rows(
      `select decision, decided_by, candidates from asset_identity_decisions where asset_uuid = $1 and decision = 'linked'`,
      known?.['asset'],
    );
    expect(decisions).toHaveLength(1);
    expect(JSON.stringify(decisions)).toContain('"kind":"mac"');
    // The server's own view of it does not change by that, nor does the file's: nothing goes back and forth.
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
    await world.rows('delete from imported_files');
    expect((await take(join(folder, 'known.nessus'), '--system', 'carried')).files[0]).toMatchObject({
      counts: { created: 0, updated: 0 },
    });
  });
});

describe('a finding that a scan no longer shows', () => {
  const bios = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
  const of = (n: number, day: number, inside: string, more = ''): string =>
    host(`10.9.0.${n}`, day, inside, tag('bios-uuid', bios(n)) + more);

  it('a finding that a scan no longer shows is fixed only if the scan had credentials and ran its plugin', async () => {
    await take(
      await file('d1.nessus', scan(of(1, 10, item(90_001) + item(90_002) + item(91_000)))),
      '--system',
      'days',
    );
    await take(await file('d2.nessus', scan(of(1, 20, item(90_001)))), '--system', 'days');
    expect(await states(bios(1))).toEqual({ '90001': 'open', '90002': 'open', '91000': 'open' });
    const third = await take(
      await file('d3.nessus', scan(of(1, 25, item(90_001), signedIn))),
      '--system',
      'days',
    );
    expect(third.files[0]).toMatchObject({ fixed: 1 });
    // 91000 is no plugin of that policy.
    expect(await states(bios(1))).toEqual({ '90001': 'open', '90002': 'fixed', '91000': 'open' });
    const changes = await world.rows(
      `select c.state, c.occurred_at from finding_state_changes c join ingestion_vulnerabilities v on v.id = c.vulnerability_id where v.plugin_id::text = '90002' and v.asset_ref = (select asset_uuid from asset_identifiers where kind = 'bios_uuid' and value = $1)`,
      bios(1).replaceAll('-', ''),
    );
    expect(changes).toEqual([{ state: 'fixed', occurred_at: new Date(Date.UTC(2026, 0, 25)) }]);
    await take(
      await file('d4.nessus', scan(of(1, 28, item(90_001) + item(90_002), signedIn))),
      '--system',
      'days',
    );
    expect(await states(bios(1))).toMatchObject({ '90002': 'reopened' });
  });

  it('a finding that a scan no longer shows is fixed even where the older file is imported later', async () => {
    await take(await file('e2.nessus', scan(of(2, 25, item(90_001), signedIn))), '--system', 'days');
    await take(await file('e1.nessus', scan(of(2, 10, item(90_001) + item(90_002)))), '--system', 'days');
    expect(await states(bios(2))).toEqual({ '90001': 'open', '90002': 'fixed' });
  });

  it('a finding that a scan no longer shows is not fixed by the part of a host that was not stored yet', async () => {
    const many = Array.from({ length: 4_500 }, (_, index) => item(90_003, index)).join('');
    await take(await file('f1.nessus', scan(of(3, 10, many, signedIn))), '--system', 'days');
    const second = await take(await file('f2.nessus', scan(of(3, 20, many, signedIn))), '--system', 'days');
    expect(second.files[0]).toMatchObject({ fixed: 0 });
    expect(await states(bios(3))).toEqual({ '90003': 'open' });
  });
});

describe('a watched folder', () => {
  it('a watched folder imports each file once it is whole, again when it changed, and continues after a broken one', async () => {
    const inbox = join(folder, 'inbox');
    await mkdir(inbox);
    const stop = new AbortController();
    const outcomes: string[] = [];
    const warnings: string[] = [];
    const watching = (async () => {
      const options = {
        source: 'inbox',
        keepPartial: false,
        signal: stop.signal,
        report: () => undefined,
        everyMs: 20,
        warn: (message: string) => void warnings.push(message),
        by: 'tester',
      };
      for await (const { file: name, outcome, hosts } of watchFolders(world.app, [inbox], options))
        outcomes.push(`${name} ${outcome} ${hosts}`);
    })();
    const seen = async (count: number): Promise<void> => {
      for (let looks = 0; outcomes.length < count && looks < 1_000; looks += 1) await delay(10);
    };
    const whole = scan(host('watched1', 3, item(90_001)));
    await writeFile(join(inbox, 'a.nessus'), whole.slice(0, 60));
    for (let at = 60; at < whole.length; at += 100) {
      await appendFile(join(inbox, 'a.nessus'), whole.slice(at, at + 100));
      await delay(5);
    }
    await seen(1);
    await writeFile(join(inbox, 'b.nessus'), whole.slice(0, -30));
    await seen(2);
    await writeFile(
      join(inbox, 'a.nessus'),
      scan(host('watched1', 4, item(90_001)) + host('watched2', 4, '')),
    );
    await seen(3);
    const folders = () => listWatchedFolders(world.app.db, world.app.now());
    expect(await folders()).toMatchObject([
      { folder: inbox, source: 'inbox', by: 'tester', state: 'watched', files: 2, problem: null },
    ]);
    await rename(inbox, `${inbox} away`);
    for (let looks = 0; warnings.length === 0 && looks < 1_000; looks += 1) await delay(10);
    await expect
      .poll(folders)
      .toMatchObject([{ state: 'unreadable', problem: expect.stringContaining('inbox') as string }]);
    await rename(`${inbox} away`, inbox);
    await writeFile(join(inbox, 'c.csv'), 'not a scan');
    await seen(4);
    stop.abort();
    await watching;
    expect(await folders()).toMatchObject([{ state: 'ended', endedAt: expect.any(Date) as Date }]);
    // One that was killed says nothing more; after some minutes nobody believes that it still looks.
    await world.app.db.updateTable('watched_folders').set({ ended_at: null }).execute();
    expect(await listWatchedFolders(world.app.db, new Date(Date.now() + 600_000))).toMatchObject([
      { state: 'gone', endedAt: null },
    ]);
    expect(outcomes.filter((line) => !line.startsWith('a.nessus refused'))).toEqual([
      'a.nessus imported 1',
      'b.nessus refused 0',
      'a.nessus imported 2',
      'c.csv refused 0',
    ]);
    expect(warnings[0]).toContain('inbox cannot be read');
  });
});

describe('a packed file', () => {
  it('a packed scan file is imported as what it contains', async () => {
    const packed = await file('packed.nessus.gz', gzipSync(scan(host('packed1', 3, item(90_001)))));
    expect((await take(packed, '--system', 'packed')).files[0]).toMatchObject({
      outcome: 'imported',
      hosts: 1,
    });
  });

  it('a packed scan file is not filed under a server', async () => {
    const outcome = await take(join(folder, 'whole.nessus'), '--system', 'tenable');
    expect(outcome).toMatchObject({ code: 2 });
  });
});
