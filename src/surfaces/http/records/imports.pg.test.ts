/** Files that are sent to the server: what is accepted, what becomes of them, and that what is refused leaves nothing behind. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { requestedJob, runJob } from '../../../operate/jobs/index.ts';
import { forgetOld } from '../../../operate/worker/index.ts';
import { workOnce } from '../../../platform/queue/index.ts';

let world: HttpWorld;
let analyst: Caller;
beforeAll(async () => {
  world = await httpWorld();
  analyst = await world.program([{ gives: { role: 'analyst' }, scope: everywhere }]);
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.database.pool.query('truncate scan_imports, imported_files cascade');
});

const report = (
  host: string,
  plugin: number,
): string => `<?xml version="1.0" ?><NessusClientData_v2><Report name="r">
<ReportHost name="${host}"><HostProperties><tag name="HOST_END_TIMESTAMP">1795600000</tag><tag name="host-fqdn">${host}.example.mil</tag></HostProperties>
<ReportItem port="443" svc_name="www" protocol="tcp" severity="4" pluginID="${plugin}" pluginName="A critical flaw" pluginFamily="Web Servers"><description>d</description></ReportItem>
</ReportHost></Report></NessusClientData_v2>`;

interface Import {
  readonly id: string;
  readonly state: string;
  readonly sha256: string;
  readonly operationId: string;
  readonly newFindings: number;
  readonly hosts: number;
  readonly problem: string | null;
  readonly files: readonly { readonly outcome: string }[];
}
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const send = (
  text: string,
  { query = 'file=weekly.nessus', ...headers }: Readonly<Record<string, string>> = {},
  caller = analyst,
) =>
  world.call(caller, 'POST', `/imports?${query}`, {
    body: text,
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
const fetch = async (id: string): Promise<Import> =>
  (await world.call(analyst, 'GET', `/imports/${id}`)).json();
/** The queue takes one import at a time, and looks again only once the one before has ended. */
async function work(): Promise<void> {
  const tasks = {
    [requestedJob]: (payload: unknown, signal: AbortSignal) => runJob(world.app, payload, signal),
  };
  const { signal } = new AbortController();
  do await workOnce(world.app.queue, tasks, { signal, log: world.app.log, concurrency: 1 });
  while ((await countOpen()) > 0);
}
const countOpen = async (): Promise<number> => {
  const { rows } = await world.database.pool.query(
    `select from requested_jobs where state in ('queued', 'running')`,
  );
  return rows.length;
};
const onDisk = (): Promise<string[]> => readdir(world.app.uploads?.directory ?? '');

describe('a scan file that is sent', () => {
  it('of one person a hundred files wait at most; another one sends all the same', async () => {
    await send(report('web-81', 90_081));
    await world.database.pool.query(
      `with job as (select * from requested_jobs where state = 'queued' order by requested_at desc limit 1)
       insert into scan_imports (import_id, file_name, source_name, way, imported_by, imported_by_principal, job_id, requested_at)
       select gen_random_uuid(), 'scan-' || n, source_name, way, imported_by, imported_by_principal, job_id, requested_at
         from scan_imports cross join generate_series(2, 100) n`,
    );
    const refused = await send(report('web-82', 90_082));
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'IMPORTS_WAITING' });
    expect(await onDisk()).toHaveLength(1);
    const other = await world.program([{ gives: { role: 'analyst' }, scope: everywhere }]);
    expect((await send(report('web-82', 90_082), {}, other)).statusCode).toBe(202);
    await work();
  });

  it('a file that is sent waits with its SHA-256, and once a worker took it its critical finding is on the asset', async () => {
    const text = report('web-71', 90_001);
    const sent = await send(text);
    expect(sent.statusCode).toBe(202);
    const { id, ...waiting } = sent.json<Import>();
    expect(waiting).toMatchObject({ state: 'waiting', sha256: sha256(text).toString('hex'), hosts: 0 });
    expect(sent.headers['location']).toBe(`/api/v1/imports/${id}`);
    expect(await onDisk()).toEqual([id]);
    await work();
    expect(await fetch(id)).toMatchObject({
      state: 'imported',
      hosts: 1,
      newFindings: 1,
      files: [{ outcome: 'imported' }],
    });
    expect(await onDisk()).toEqual([]);
    const { operationId } = await fetch(id);
    for (const filter of ['asset=web-71&severity=Critical', `operation=${operationId}`]) {
      const findings = await world.call(analyst, 'GET', `/findings?${filter}`);
      expect(findings.json<{ items: unknown[] }>().items).toHaveLength(1);
    }
  });

  it('the same file again is imported already and changes nothing', async () => {
    const text = report('web-72', 90_002);
    const first = (await send(text)).json<Import>();
    await work();
    const second = (await send(text)).json<Import>();
    await work();
    expect((await fetch(first.id)).state).toBe('imported');
    expect(await fetch(second.id)).toMatchObject({ state: 'already imported', newFindings: 0 });
    const { rows } = await world.database.pool.query(
      `select from ingestion_assets where lower(hostname) like 'web-72%'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('a broken file is refused with its line and byte, and neither it nor anything of it stays', async () => {
    const { id } = (await send(report('web-73', 90_003).slice(0, -60))).json<Import>();
    await work();
    const refused = await fetch(id);
    expect(refused).toMatchObject({ state: 'refused', hosts: 0 });
    expect(refused.problem).toMatch(/line \d+, byte \d+/);
    expect(await onDisk()).toEqual([]);
    const { rows } = await world.database.pool.query(
      `select from ingestion_assets where lower(hostname) like 'web-73%'`,
    );
    expect(rows).toEqual([]);
  });

  it.each<[what: string, more: Readonly<Record<string, string>>, status: number, code: string]>([
    [
      'another digest',
      { 'content-digest': `sha-256=:${sha256('other').toString('base64')}:` },
      400,
      'REQUEST_INVALID',
    ],
    ['a digest of another kind', { 'content-digest': 'md5=:AAAA:' }, 400, 'REQUEST_INVALID'],
    ['a source that is a GRC system', { query: 'file=a.nessus&source=xacta' }, 400, 'REQUEST_INVALID'],
    ['a source that cannot be one', { query: 'file=a.nessus&source=%2Fetc' }, 422, 'SETTING_INVALID'],
    ['a zone that is none', { query: 'file=a.nessus&zone=Mars' }, 422, 'SETTING_INVALID'],
    ['no name', { query: 'source=files' }, 400, 'REQUEST_INVALID'],
    ['another type', { 'content-type': 'application/json' }, 415, 'MEDIA_TYPE_UNKNOWN'],
  ])(
    'a file with %s is refused, and is neither on the list nor on the disk',
    async (_what, more, status, code) => {
      const text = more['content-type'] ? '{}' : report('web-74', 90_004);
      const answer = await send(text, more);
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ code });
      expect(answer.body).not.toContain('--');
      expect(await onDisk()).toEqual([]);
      expect((await world.call(analyst, 'GET', '/imports/count')).json()).toEqual({ count: 0, exact: true });
    },
  );

  it('a file with the digest that it has is accepted', async () => {
    const text = report('web-75', 90_005);
    const digest = `sha-256=:${sha256(text).toString('base64')}:`;
    expect((await send(text, { 'content-digest': digest })).statusCode).toBe(202);
    await work();
  });

  it('a file that is larger than is accepted is refused, whether it says so or not', async () => {
    const large = 'x'.repeat(1_000_001);
    const said = await send(large);
    expect(said.statusCode).toBe(413);
    const unsaid = await world.server.inject({
      method: 'POST',
      url: '/api/v1/imports?file=a.nessus',
      headers: {
        ...analyst.headers,
        'idempotency-key': randomUUID(),
        'content-type': 'application/octet-stream',
      },
      payload: Readable.from([Buffer.from(large)]),
    });
    expect(unsaid.statusCode).toBe(413);
    expect(unsaid.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(await onDisk()).toEqual([]);
  });

  it('the name of a file is never a path', async () => {
    const { id } = (
      await send(report('web-76', 90_006), { query: `file=${encodeURIComponent('../../etc/.x/..')}` })
    ).json<Import>();
    const other = (
      await send(report('web-77', 90_007), { query: `file=${encodeURIComponent('C:\\scans\\w.nessus')}` })
    ).json<Import & { file: string }>();
    expect(other.file).toBe('w.nessus');
    expect((await onDisk()).toSorted()).toEqual([id, other.id].toSorted());
    await work();
    expect((await fetch(id)).state).toBe('imported');
  });

  it('an import that waits can be cancelled: nothing of it is imported, and its file is removed', async () => {
    const { id } = (await send(report('web-78', 90_008))).json<Import>();
    const answer = await world.call(analyst, 'POST', `/imports/${id}/cancel`);
    expect(answer.json()).toMatchObject({ state: 'cancelled' });
    expect(await onDisk()).toEqual([]);
    await work();
    expect((await fetch(id)).state).toBe('cancelled');
  });

  it('the same Idempotency-Key gets the same import again', async () => {
    const key = randomUUID();
    const text = report('web-79', 90_009);
    const first = (await send(text, { 'idempotency-key': key })).json<Import>();
    const again = await send(text, { 'idempotency-key': key });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json<Import>().id).toBe(first.id);
    expect(await onDisk()).toEqual([first.id]);
    await work();
  });

  it('who may only see imports cannot send one, and what he sent is kept nowhere', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const answer = await send(report('web-80', 90_010), {}, viewer);
    expect(answer.json()).toMatchObject({ code: 'NOT_ALLOWED', permission: 'import:write' });
    expect(await onDisk()).toEqual([]);
    expect((await world.call(viewer, 'GET', '/imports')).statusCode).toBe(200);
  });

  it('what a killed server left half received is cleared away, and what still waits is not', async () => {
    const { id } = (await send(report('web-81', 90_011))).json<Import>();
    const directory = world.app.uploads?.directory ?? '';
    const left = join(directory, randomUUID());
    await mkdir(left);
    await writeFile(join(left, 'half.nessus'), '<Nessus');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const path of [join(left, 'half.nessus'), left, join(directory, id)])
      await utimes(path, longAgo, longAgo);
    await forgetOld(world.app);
    expect(await onDisk()).toEqual([id]);
    await work();
    expect((await fetch(id)).state).toBe('imported');
  });

  it('the list is filtered, counted, faceted and exported as every list is', async () => {
    await send(report('web-82', 90_012));
    await send('no scan', { query: 'file=notes.csv' });
    await work();
    const list = await world.call(analyst, 'GET', '/imports?state=refused');
    expect(list.json()).toMatchObject({ items: [{ file: 'notes.csv', state: 'refused' }], next: null });
    expect((await world.call(analyst, 'GET', '/imports/facets?by=state')).json()).toEqual({
      facets: { state: { imported: { count: 1, exact: true }, refused: { count: 1, exact: true } } },
    });
    const file = await world.call(analyst, 'GET', '/imports?q=notes', { headers: { accept: 'text/csv' } });
    expect(file.body).toContain('notes.csv');
    expect(file.body).not.toContain('weekly.nessus');
  });
});
