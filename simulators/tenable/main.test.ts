import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSimulatorProcess } from '../kit/simulator-process.test-support.ts';
import { everyAsset, everyFinding, identityOf, startTenable } from './client.test-support.ts';

it('lets in only who has both keys, and says who that is', async () => {
  const tenable = await startTenable();
  const as = (keys: string) => tenable.send('GET', '/session', undefined, { 'x-apikeys': keys });
  expect((await as('accessKey=a1;secretKey=s2;')).body).toMatchObject({ permissions: 64 });
  for (const keys of ['', 'accessKey=a1', 'accessKey=a1;secretKey=wrong', 'accessKey=s2;secretKey=a1'])
    expect(await as(keys)).toMatchObject({ status: 401, body: { statusCode: 401, error: 'Unauthorized' } });
  const open = await tenable.send('GET', '/server/status', undefined, {});
  expect(open).toMatchObject({ status: 200, body: { code: 200, status: 'ready' } });
  expect(open.headers.get('x-request-uuid')).toMatch(/^[0-9a-f-]{36}$/);
  await tenable.stop();
});

it('lets nobody below Basic export', async () => {
  const tenable = await startTenable('--role', '8');
  const answers = await Promise.all([
    tenable.send('POST', '/vulns/export', everyFinding),
    tenable.send('POST', '/assets/export', everyAsset),
    tenable.send('GET', '/vulns/export/status'),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403]);
  await tenable.stop();
});

it('answers too many requests with HTML and Retry-After, as nginx before the real one does', async () => {
  const tenable = await startTenable('--faults', '[{"kind":"rate-limit","retryAfterSeconds":3,"times":1}]');
  const answer = await tenable.send('GET', '/session');
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
    429,
    '3',
    'text/html',
  ]);
  expect(answer.text).toContain('<h1>429 Too Many Requests</h1>');
  expect((await tenable.send('GET', '/session')).status).toBe(200);
  await tenable.stop();
});

it('counts a tag as a write and an export as none', async () => {
  const tenable = await startTenable();
  await tenable.finish('assets', everyAsset);
  await tenable.send('POST', '/tags/values', { category_name: 'System', value: 'SYS-1' });
  const { body } = await tenable.control('GET', '/requests');
  expect(body).toMatchObject({ writes: 1, writesByRoute: { 'POST /tags/values': 1 } });
  await tenable.stop();
});

it('says the same in two processes of one seed and instant', async () => {
  const texts = await Promise.all(
    [1, 2].map(async () => {
      const tenable = await startTenable('--now', '2026-11-23T12:00:00Z');
      const items = await tenable.readAll('vulns', everyFinding);
      await tenable.stop();
      return JSON.stringify(items.toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1)));
    }),
  );
  expect(texts[1]).toBe(texts[0]);
});

it('ends when its standard input closes', async () => {
  const { child } = await startSimulatorProcess('tenable');
  const ended = once(child, 'exit');
  child.stdin?.end();
  expect(await ended).toEqual([0, null]);
});

it.skipIf(process.platform !== 'linux')(
  'streams ten times the world in modest memory (skipped where ps does not tell it)',
  async () => {
    const tenable = await startTenable('--size', '10', '--processing-ms', '0');
    const { uuid, status } = await tenable.finish('vulns', { ...everyFinding, num_assets: 500 });
    let findings = 0;
    for (const id of status['chunks_available'] as number[]) {
      const chunk = await tenable.send('GET', `/vulns/export/${uuid}/chunks/${id}`);
      findings += (chunk.body as unknown as unknown[]).length;
    }
    const kilobytes = Number(
      execFileSync('ps', ['-o', 'rss=', '-p', String(tenable.child.pid)], { encoding: 'utf8' }),
    );
    await tenable.stop();
    expect(findings).toBe(20_002);
    expect(kilobytes).toBeLessThan(300_000);
  },
);

const recorded = join(import.meta.dirname, '../../../shared/data');

it.skipIf(!existsSync(recorded)).each([
  ['tenable-vm', 100, 344, 337],
  ['tenable-vm-2022', 6, 103, undefined],
])(
  'serves the recorded exports of %s (skipped without ../shared/data)',
  async (folder, assets, findings, open) => {
    const tenable = await startTenable('--recorded', join(recorded, folder));
    expect(await tenable.readAll('assets', everyAsset)).toHaveLength(assets);
    const items = await tenable.readAll('vulns', everyFinding);
    expect(items).toHaveLength(findings);
    expect(items.filter((item) => item['state'] === 'OPEN')).toHaveLength(open ?? items.length);
    // They are old: without a time filter only the last thirty days are exported.
    expect(await tenable.readAll('vulns', { num_assets: 60 })).toEqual([]);
    await tenable.stop();
  },
);
