// POA&Ms of another maker's GRC system, through a connector that nothing outside of its folder knows.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectorModule } from '../../src/connectors/kit/contract.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import type { SyncSummary } from '../../src/runs/sync/summary.ts';
import { governorConnector } from '../invented/second-connector.ts';
import { startInventedServer, type InventedServer } from '../invented/start-server.ts';
import { commandOver } from '../support/command-over.ts';
import { composeApp, type TestApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';

let server: InventedServer;
let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  server = await startInventedServer('governor');
  database = await cloneDatabase();
  app = composeApp(database, randomBytes(32).toString('base64'), {
    modules: new Map([...connectorModules, ['governor', governorConnector as ConnectorModule]]),
  });
  await addSystem(app, {
    type: 'governor',
    name: 'governor',
    url: server.url,
    settings: { requests_per_second: 1000, concurrency: 4 },
    secrets: { token: new Secret(server.token) },
  });
});
afterAll(async () => {
  await server?.stop();
  await database?.[Symbol.asyncDispose]();
});

async function sync(): Promise<SyncSummary> {
  const { code, json, err } = await commandOver(app, ['sync', 'run']);
  if (code !== 0) throw new Error(err);
  return json as SyncSummary;
}

describe('a second GRC system', () => {
  it('a second GRC system has its POA&Ms and milestones read, and edits of them sent in its own words', async () => {
    expect(await sync()).toMatchObject({ systems: 5, poams: 9, milestones: 9, written: 0 });
    expect(await sync()).toMatchObject({ read: 0, written: 0 });
    await app.pool.query(
      `update ingestion_poams set scheduled_completion = '2031-12-24', status = 'In Progress' where xacta_poam_id = 'I-02'`,
    );
    await app.pool.query(
      `update ingestion_poam_milestones set status = 'Completed' where milestone_id = 'S-03'`,
    );
    expect(await sync()).toMatchObject({ written: 2, conflictsPending: 0 });
    expect((await server.items('items')).find(({ id }) => id === 'I-02')).toMatchObject({
      due: '24/12/2031',
      state: 'WORKING',
    });
    expect((await server.items('steps')).find(({ id }) => id === 'S-03')).toMatchObject({ state: 'DONE' });
    expect(await sync()).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('a second GRC system is named as the source of its rows', async () => {
    const { rows } = await app.pool.query(`select distinct ingestion_source as source from ingestion_poams`);
    expect(rows).toEqual([{ source: 'governor' }]);
  });
});
