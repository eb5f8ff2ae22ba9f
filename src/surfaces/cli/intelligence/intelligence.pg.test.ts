import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { epssText, fileIn, kevText, nvdText } from '../../../modules/intelligence/feed-files.test-support.ts';

let database: ClonedDatabase;
let app: TestApp;
let folder: string;
beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 7).toString('base64'));
  folder = await mkdtemp(join(tmpdir(), 'feeds-'));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('threat feeds on the command line', () => {
  it('feeds are loaded from files, and the status says how old each is', async () => {
    const day = new Date(app.now().getTime() - 86_400_000).toISOString().slice(0, 10);
    const kev = await fileIn(
      folder,
      'kev.json',
      kevText(day.replaceAll('-', '.'), [{ cve: 'CVE-2026-0001' }]),
    );
    const loaded = await commandOver(app, ['intelligence', 'load', 'kev', kev]);
    expect(loaded).toMatchObject({ code: 0, json: { outcome: 'loaded', read: 1 } });
    const epss = await fileIn(folder, 'epss.csv', epssText('2020-01-01', { 'CVE-2026-0001': '0.4' }));
    expect((await commandText(app, ['intelligence', 'load', 'epss', epss])).out).toContain(
      '1 read, 1 changed',
    );
    const nvd = await fileIn(
      folder,
      'nvd.json',
      nvdText([{ id: 'CVE-2026-0001', vector: 'nonsense', score: 5 }]),
    );
    expect((await commandOver(app, ['intelligence', 'load', 'nvd', nvd])).code).toBe(3);
    const status = await commandText(app, ['intelligence']);
    expect(status).toMatchObject({ code: 3 });
    expect(status.out).toMatch(/kev .*[01] days?[\s\S]*epss .*old/);
    expect((await commandOver(app, ['intelligence', 'status'])).json).toMatchObject([
      { feed: 'kev', isOld: false },
      { feed: 'epss', isOld: true },
      {},
      {},
      {},
    ]);
  });

  it('a CVE is found by the beginning of its number or by words, and shown with where each fact is from', async () => {
    expect((await commandOver(app, ['intelligence', 'search', 'CVE-2026-00'])).json).toMatchObject([
      { cve: 'CVE-2026-0001', epss: 0.4 },
    ]);
    expect((await commandOver(app, ['intelligence', 'search', 'anvil'])).json).toHaveLength(1);
    expect((await commandOver(app, ['intelligence', 'search', 'CVE-2025'])).json).toEqual([]);
    const { out } = await commandText(app, ['intelligence', 'show', 'cve-2026-0001']);
    expect(out).toContain('listed 2026-11-01, due 2026-11-22');
    expect(out).toMatch(/kev: .* from .*kev\.json/);
    expect(await commandText(app, ['intelligence', 'show', 'CVE-1999-0001'])).toMatchObject({ code: 2 });
  });

  it('a feed that there is not is refused with those that there are, and a missing file by its name', async () => {
    const unknown = await commandText(app, ['intelligence', 'load', 'kef', 'x']);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('Did you mean kev?');
    const missing = await commandText(app, ['intelligence', 'load', 'kev', join(folder, 'none.json')]);
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.err).toContain('FEED_INVALID');
  });

  it('a source of a feed is kept with its next times, and removed', async () => {
    const set = await commandOver(app, [
      'intelligence',
      'sources',
      'set',
      'kev',
      'https://example.com/kev.json',
      '--cron',
      '0 5 * * *',
    ]);
    expect(set).toMatchObject({ code: 0, json: { feed: 'kev' } });
    expect(
      (await commandText(app, ['intelligence', 'sources', 'set', 'kev', 'ftp://example.com/'])).code,
    ).toBe(2);
    expect(
      (await commandText(app, ['intelligence', 'sources', 'set', 'kev', 'x', '--cron', '61 5 * * *'])).code,
    ).toBe(2);
    expect((await commandOver(app, ['intelligence'])).json).toMatchObject([
      { source: { address: 'https://example.com/kev.json', cron: '0 5 * * *' } },
      {},
      {},
      {},
      {},
    ]);
    expect((await commandText(app, ['intelligence', 'sources', 'remove', 'kev'])).code).toBe(0);
    expect((await commandText(app, ['intelligence', 'sources', 'remove', 'kev'])).code).toBe(2);
  });
});

describe('risk on the command line', () => {
  it('an asset and a plugin are explained part by part', async () => {
    const uuid = '00000000-0000-4000-8000-000000000001';
    await database.pool.query(`insert into ingestion_assets (asset_uuid, hostname) values ($1, 'web01')`, [
      uuid,
    ]);
    await database.pool.query(
      `insert into scan_plugins (plugin_id, name, raw_json, cves) values ('77', 'Anvil falls', '{}', '{CVE-2026-0001}')`,
    );
    await database.pool.query(
      `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state, state,
         severity_modification, first_found, last_found, finding_key, raw_data)
       values ($1::text, $1::uuid, '77', 'x', 'High', 3, 'open', 'Open', 'none', '2026-11-01', '2026-11-20', gen_random_uuid(), '{}')`,
      [uuid],
    );
    expect(await commandText(app, ['risk', 'explain', 'web01'])).toMatchObject({ code: 0 });
    expect((await commandOver(app, ['risk', 'assess'])).json).toEqual({ findings: 1, assets: 1, changed: 1 });
    const { out } = await commandText(app, ['risk', 'explain', 'web01']);
    expect(out).toContain('publicly exposed: unknown (no network zone is set)');
    expect(out).toContain('known to be exploited since 2026-11-01 (CVE-2026-0001), KEV');
    const { json } = await commandOver(app, ['risk', 'explain', '77']);
    expect(json).toMatchObject({ pluginId: '77', groups: [{ systemId: null, worstAssetName: 'web01' }] });
    expect((await commandText(app, ['risk', 'explain', '77'])).out).toContain('web01');
    expect(await commandText(app, ['risk', 'explain', '78'])).toMatchObject({ code: 2 });
  });
});
