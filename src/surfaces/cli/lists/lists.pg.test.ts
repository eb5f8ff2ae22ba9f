import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiWorld } from '../../../../bench/api-world.ts';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';

let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await cloneDatabase();
  const client = await database.pool.connect();
  await makeApiWorld(client, { findings: 300, assets: 110, systems: 6, plugins: 40, poams: 60 });
  await client.query(
    `update ingestion_assets set hostname = '=cmd|' || chr(27) || '[31mred' where hostname like 'host-000010%'`,
  );
  client.release(true);
  app = composeApp(database, Buffer.alloc(32, 7).toString('base64'));
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

interface Listed {
  readonly items: readonly Record<string, unknown>[];
  readonly total: { readonly count: number; readonly exact: boolean };
}
const list = async (...args: string[]): Promise<Listed> => {
  const { code, json, err } = await commandOver(app, args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return json as Listed;
};

describe('findings and assets on the command line', () => {
  it('lists what the filter asks for, with how many there are in all', async () => {
    const { items, total } = await list(
      'findings',
      'list',
      '--filter',
      'severity=critical,high state=open,reopened',
      '--sort',
      'first',
      '--limit',
      '5',
    );
    expect(items).toHaveLength(5);
    expect(total.exact).toBe(true);
    expect(total.count).toBeGreaterThan(5);
    expect(items.map((item) => item['firstFound'])).toEqual(
      items.map((item) => item['firstFound']).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    );
    const { out } = await commandText(app, [
      'findings',
      'list',
      '--filter',
      'severity=critical,high',
      '--filter',
      'state=open,reopened',
      '--limit',
      '5',
    ]);
    expect(out).toContain(`… ${total.count - 5} more: --limit ${total.count}, or --csv for all`);
    expect(out).toMatch(/^KEY +SEVERITY +PLUGIN +NAME/);
  });

  it('a wrong filter is refused by its name, with what is possible', async () => {
    const { code, err } = await commandText(app, ['findings', 'list', '--filter', 'severty=high']);
    expect(code).toBe(2);
    expect(err).toContain('Did you mean severity?');
  });

  it('an export has a line for each row and each column, and no formula', async () => {
    const { total } = await list('assets', 'list');
    const { out } = await commandText(app, ['assets', 'list', '--csv', '--limit', '1']);
    expect(out.charCodeAt(0)).toBe(0xfe_ff);
    const rows: Record<string, string>[] = parse(out, { bom: true, columns: true });
    expect(rows).toHaveLength(total.count);
    expect(rows.filter((row) => row['name']?.startsWith('=')).length).toBe(0);
    expect(rows.filter((row) => row['name']?.startsWith("'=cmd|")).length).toBe(1);
    const findings: Record<string, string>[] = parse(
      (await commandText(app, ['findings', 'list', '--csv', '--filter', 'poam=any'])).out,
      { bom: true, columns: true },
    );
    expect(findings).toHaveLength((await list('findings', 'list', '--filter', 'poam=any')).total.count);
    expect(findings.every((row) => row['poamId']?.startsWith('POAM-'))).toBe(true);
    const { rows: events } = await app.pool.query(
      `select object_id, outcome, source_way from security_events_extended where event_type = 'export' order by id`,
    );
    expect(events).toEqual([
      { object_id: 'assets list', outcome: 'success', source_way: 'local' },
      { object_id: 'findings list', outcome: 'success', source_way: 'local' },
    ]);
  });

  it('a finding is shown by its key or the beginning of it', async () => {
    const [item] = (await list('findings', 'list', '--filter', 'due=any state=reopened')).items;
    const key = String(item?.['key']);
    const { json } = await commandOver(app, ['findings', 'show', key.slice(0, 8)]);
    expect(json).toMatchObject({
      key,
      weaknesses: [{ dueOn: item?.['dueOn'] }],
      history: [{ event: 'found' }, { event: 'fixed' }, { event: 'came back' }],
    });
    const { out } = await commandText(app, ['findings', 'show', key]);
    for (const text of ['State        came back', 'Installed version', 'Output', 'Life', 'High: 90 days'])
      expect(out).toContain(text);
    const { code, err } = await commandText(app, ['findings', 'show', 'ffffffffffff']);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('No finding has the key') });
  });

  it('groups count the findings of each, the worst first', async () => {
    const { json } = await commandOver(app, ['findings', 'groups', '--by', 'system', '--limit', '3']);
    const { items, hasMore } = json as { items: { key: string; critical: number }[]; hasMore: boolean };
    expect(items).toHaveLength(3);
    expect(hasMore).toBe(true);
    expect(items.map(({ critical }) => critical)).toEqual(
      items.map(({ critical }) => critical).toSorted((a, b) => b - a),
    );
    const { out } = await commandText(app, ['findings', 'groups', '--filter', 'q=openssl']);
    expect(out).toMatch(/^PLUGIN +NAME/);
    expect(out).toContain('OpenSSL');
  });

  it('an asset is shown by its name, and its escape codes are no colours', async () => {
    const { json } = await commandOver(app, ['assets', 'show', 'host-000017']);
    expect(json).toMatchObject({
      fqdns: ['host-000017.site17.example'],
      state: 'reported',
      openCritical: expect.any(Number),
    });
    const { out } = await commandText(app, ['assets', 'list', '--filter', 'q=cmd']);
    expect(out).toContain(String.raw`=cmd|\u001b[31mred`);
    expect(out).not.toContain('\u001B');
  });

  it('a plugin is shown with where it is open', async () => {
    const [item] = (await list('findings', 'list', '--filter', 'state=open')).items;
    const id = String(item?.['pluginId']);
    const { json } = await commandOver(app, ['plugins', 'show', id]);
    const { total } = await list('findings', 'list', '--filter', `plugin=${id} state=open,reopened`);
    expect(json).toMatchObject({ pluginId: id, open: total.count });
    expect((await commandText(app, ['plugins', 'show', id])).out).toContain('The version that is installed');
    expect((await commandText(app, ['plugins', 'show', '7'])).code).toBe(2);
  });
});
