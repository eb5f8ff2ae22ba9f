/** `tieline serve --worker` is killed in the middle of what a person asked for: the next one goes on with it, and does nothing twice. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant, makeToken } from '../../src/operate/accounts/index.ts';
import { composeApp } from '../support/compose-app.ts';
import type { ClonedDatabase } from '../support/database.ts';
import { machine } from '../support/http-world.ts';
import { databaseWithConnection } from '../support/one-connection.ts';
import { startServe } from '../support/served.ts';
import type { ServeProcess } from '../support/serve-process.ts';

const poams = 20_000;
const hosts = 400;
const itemsOfHost = 50;

let database: ClonedDatabase;
let served: ServeProcess;
let env: Record<string, string>;
let token: string;

beforeAll(async () => {
  ({ database } = await databaseWithConnection());
  const masterKey = randomBytes(32).toString('base64');
  env = { DATABASE_URL: String(database.url), TIELINE_MASTER_KEY: masterKey };
  await database.pool.query(
    `insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'one', gen_random_uuid())`,
  );
  await database.pool.query(
    `insert into ingestion_poams (poam_id, system_id, weakness_description, status, poc)
     select 'P-' || n, 'SYS-1', 'Weakness ' || n, 'Open', 'somebody' from generate_series(1, ${poams}) n`,
  );
  const app = composeApp(database, masterKey);
  await addAccount(app, { kind: 'service', name: 'program' }, machine);
  for (const role of ['issm', 'operator'] as const)
    await giveGrant(app, 'program', { gives: { role }, scope: everywhere }, machine);
  ({ token } = await makeToken(app, 'program', { name: 'program', scope: everywhere }, machine));
  served = await startServe(env);
}, 120_000);
afterAll(async () => {
  await served?.stop();
  await database?.[Symbol.asyncDispose]();
});

async function ask<T>(method: string, path: string, body?: string, type = 'application/json'): Promise<T> {
  const answer = await fetch(`${served.address}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID(), 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
const numberOf = async (query: string): Promise<number> =>
  Number((await database.pool.query<{ n: string }>(query)).rows[0]?.n ?? 0);

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 90_000; waited += 20) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`did not come: ${what}`);
}
async function killAndStartAgain(): Promise<void> {
  await served.stop('SIGKILL');
  served = await startServe(env);
}

describe('a server that is killed while it works', () => {
  it('an edit of 20,000 POA&Ms goes on with the next server, and edits each of them once', async () => {
    const edit = { filter: {}, changes: { poc: 'Platform team' }, reason: 'handed over' };
    const tried = await ask<{ willChange: number; token: string }>(
      'POST',
      '/poams/bulk/try',
      JSON.stringify(edit),
    );
    expect(tried.willChange).toBe(poams);
    const { id } = await ask<{ id: string }>(
      'POST',
      '/poams/bulk/edit',
      JSON.stringify({ ...edit, token: tried.token }),
    );
    const edited = () => numberOf(`select count(*) as n from ingestion_poams where poc = 'Platform team'`);
    await until('the first of them', async () => (await edited()) > 0);
    await killAndStartAgain();
    const atRestart = await edited();
    expect(atRestart).toBeLessThan(poams);
    await until('the end of the job', async () => {
      const { state } = await ask<{ state: string }>('GET', `/jobs/${id}`);
      return state === 'succeeded';
    });
    expect(await edited()).toBe(poams);
    expect(
      await numberOf(
        `select count(*) as n from (select entity_id from sync_changes where field_name = 'poc' group by entity_id having count(*) = 1) once`,
      ),
    ).toBe(poams);
    expect(
      await numberOf(`select count(distinct operation_id) as n from sync_changes where field_name = 'poc'`),
    ).toBe(1);
  }, 180_000);

  it('a scan file that is being imported is imported by the next server, once', async () => {
    const items = Array.from(
      { length: itemsOfHost },
      (_, n) =>
        `<ReportItem port="${n + 1}" svc_name="x" protocol="tcp" severity="3" pluginID="${70_000 + n}" pluginName="Flaw ${n}" pluginFamily="General"><solution>Patch.</solution><risk_factor>High</risk_factor><plugin_output>${'x'.repeat(400)}</plugin_output></ReportItem>`,
    ).join('');
    const file = `<NessusClientData_v2><Report name="large">${Array.from(
      { length: hosts },
      (_, n) =>
        `<ReportHost name="198.51.${Math.floor(n / 200)}.${(n % 200) + 1}"><HostProperties><tag name="HOST_START_TIMESTAMP">1764100000</tag><tag name="HOST_END_TIMESTAMP">1764100600</tag><tag name="host-ip">198.51.${Math.floor(n / 200)}.${(n % 200) + 1}</tag><tag name="host-fqdn">h${n}.plant.example</tag></HostProperties>${items}</ReportHost>`,
    ).join('')}</Report></NessusClientData_v2>`;
    const { id } = await ask<{ id: string }>(
      'POST',
      '/imports?file=large.nessus',
      file,
      'application/octet-stream',
    );
    await until('the import to run', async () => {
      const { state } = await ask<{ state: string }>('GET', `/imports/${id}`);
      return state === 'running';
    });
    await killAndStartAgain();
    await until('the end of the import', async () => {
      const { state } = await ask<{ state: string }>('GET', `/imports/${id}`);
      return state === 'imported';
    });
    expect(await numberOf(`select count(*) as n from ingestion_vulnerabilities`)).toBe(hosts * itemsOfHost);
    expect(
      await numberOf(
        `select count(*) as n from ingestion_batches where operation_type = 'import' and status like 'completed%'`,
      ),
    ).toBe(1);
  }, 180_000);
});
