import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { epssText, kevText } from '../../modules/intelligence/feed-files.test-support.ts';
import { listFeedSources } from '../../record/intelligence/index.ts';
import { addressOn, loadBySource, setFeedSource } from './feed-sources.ts';

let database: ClonedDatabase;
let app: TestApp;
let server: Server;
let folder: string;
let base = '';
const asked: string[] = [];
beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 7).toString('base64'));
  folder = await mkdtemp(join(tmpdir(), 'feeds-'));
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: '/kev.json' }).end();
    else if (request.url === '/kev.json') response.end(kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }]));
    else if (request.url?.startsWith('/epss-'))
      response.end(epssText('2026-11-20', { 'CVE-2026-0001': '0.5' }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
const { signal } = new AbortController();
const outcomes = async () =>
  (await listFeedSources(database.db)).map(({ feed, lastOutcome }) => [feed, lastOutcome]);

it('a worker loads feeds from their addresses, and keeps what came of each', async () => {
  await setFeedSource(app, 'tester', {
    feed: 'kev',
    address: `${base}/moved`,
    cron: '0 5 * * *',
    enabled: true,
  });
  await setFeedSource(app, 'tester', {
    feed: 'epss',
    address: `${base}/epss-{date}.csv`,
    cron: '0 5 * * *',
    enabled: true,
  });
  await setFeedSource(app, 'tester', {
    feed: 'nvd',
    address: `${base}/absent`,
    cron: '0 5 * * *',
    enabled: true,
  });
  for (const feed of ['kev', 'epss', 'nvd']) await loadBySource(app, { feed }, signal);
  expect(await outcomes()).toEqual([
    ['epss', 'loaded, 1 of 1 changed'],
    ['kev', 'loaded, 1 of 1 changed'],
    ['nvd', expect.stringMatching(/^failed: .*answers 404/) as string],
  ]);
  expect(asked).toContain(`/epss-${addressOn('{date}', app.now())}.csv`);
  await loadBySource(app, { feed: 'kev' }, signal);
  expect(await outcomes()).toContainEqual(['kev', 'nothing new']);
});
