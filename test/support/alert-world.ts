/** A database with two boundaries, a connection, a person of one boundary and an operator; and a clock that the test moves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from './database.ts';
import { everywhere, localOperator } from '../../src/canonical/access/index.ts';
import { alertList } from '../../src/canonical/lists/index.ts';
import type { RuledAlertKind } from '../../src/canonical/vocabulary/index.ts';
import { parseFilter, parseSort } from '../../src/platform/lists/index.ts';
import { ann, asset } from './alert-cases.ts';
import {
  type AlertReader,
  type AlertRow,
  type Evaluated,
  evaluateAlerts,
  listAlerts,
} from '../../src/modules/alerts/index.ts';

export const start = new Date('2026-11-27T09:00:00Z');
export const hours = (n: number): Date => new Date(start.getTime() + n * 3_600_000);
export const operator: AlertReader = { scope: everywhere, actor: localOperator('op'), now: start };

export interface AlertWorld {
  readonly database: ClonedDatabase;
  readonly app: TestApp;
  readonly folder: string;
  now: Date;
  run(statements: string): Promise<unknown>;
  evaluate(kind: RuledAlertKind): Promise<Evaluated | undefined>;
  openAlerts(reader?: AlertReader): Promise<readonly AlertRow[]>;
}

const people = `
  update alert_rules set is_enabled = true;
  insert into principals (id, kind, name, created_by) values ('${ann}', 'person', 'ann', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'person', 'bob', 'test');
  insert into grants (principal_id, role, reach, system_ids, granted_by) values
    ('${ann}', 'isso', 'boundaries', '{SYS-1}', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'operator', 'everywhere', '{}', 'test');
  insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
  insert into external_systems (system_name, system_type, api_base_url, connection_config, sync_enabled) values ('grc', 'grc', 'http://grc.example', '{}', true);
  insert into ingestion_assets (asset_uuid, hostname, system_id, first_seen, created_at) values ('${asset}', 'web1', 'SYS-1', '2026-01-01', '2026-01-01');
  insert into ingestion_poams (poam_id, system_id, status) values ('P-1', 'SYS-1', 'Open');
  insert into ingestion_batches (batch_id, source_system, batch_type, operation_type, status) values ('${asset}', 'test', 'poam', 'import', 'completed');`;

/** One for the file, emptied before each test. */
export function alertWorld(): AlertWorld {
  const world = { now: start } as { -readonly [K in keyof AlertWorld]: AlertWorld[K] }; // filled in before the first test
  beforeAll(async () => {
    world.database = await cloneDatabase();
    world.folder = mkdtempSync(join(tmpdir(), 'tieline-alerts-'));
    world.app = {
      ...composeApp(world.database, Buffer.alloc(32, 1).toString('base64')),
      now: () => world.now,
    };
  });
  afterAll(async () => {
    rmSync(world.folder, { recursive: true, force: true });
    await world.database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    world.now = start;
    await emptyTables(world.database.pool);
    await world.run(people);
  });
  world.run = (statements) => world.database.pool.query(statements);
  world.evaluate = (kind) => evaluateAlerts(world.app, { heavy: true, kinds: [kind] });
  world.openAlerts = async (reader = operator) =>
    (
      await listAlerts(world.database.db, reader, {
        filter: parseFilter(alertList.filters, [['open', 'yes']], world.now),
        sort: parseSort('-severity', alertList.sorts),
        limit: 100,
      })
    ).items;
  return world;
}
