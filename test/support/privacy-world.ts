/** A database with one boundary, twenty POA&Ms of which one names Jane Doe, and two accesses, one of them hers; and her request at each stage. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from './database.ts';
import {
  acknowledgePrivacyRequest,
  identifySubject,
  type PrivacyRequest,
  receivePrivacyRequest,
  reviewPrivacyRequest,
  runPrivacySearch,
  startPrivacySearch,
} from '../../src/modules/privacy/index.ts';

export const by = { name: 'officer' };
export const watch = { signal: new AbortController().signal, note: (): undefined => undefined };
export const jane = { subjectId: 'jdoe', name: 'Jane Doe', mail: 'jane.doe@agency.example' };

type Asked = 'access' | 'amendment' | 'erasure';

export interface PrivacyWorld {
  readonly database: ClonedDatabase;
  readonly app: TestApp;
  today: string;
  received(type?: Asked): Promise<PrivacyRequest>;
  /** @returns the number of a request whose person was identified. */
  verified(type?: Asked): Promise<number>;
  /** @returns the number of a request whose search has ended and is in review. */
  reviewed(type?: Asked): Promise<number>;
}

/** To be called once, at the top of a file: it registers what sets the database up and empties it before each test. */
export function privacyWorld(): PrivacyWorld {
  let database: ClonedDatabase;
  let app: TestApp;
  const world: PrivacyWorld = {
    get database() {
      return database;
    },
    get app() {
      return app;
    },
    today: '',
    received: (type = 'access') =>
      receivePrivacyRequest(app, { type, ...jane, asked: 'My name is spelled Doe-Smith.' }, by),
    async verified(type = 'access') {
      const { id } = await world.received(type);
      await acknowledgePrivacyRequest(app, id, { by });
      await identifySubject(app, id, { how: 'smart_card', consent: 'the_person', by });
      return id;
    },
    async reviewed(type = 'access') {
      const id = await world.verified(type);
      const { searchId } = await startPrivacySearch(app, id, { terms: [], by });
      await runPrivacySearch(app, searchId, watch);
      await reviewPrivacyRequest(app, id, { by });
      return id;
    },
  };
  beforeAll(async () => {
    database = await cloneDatabase();
    app = {
      ...composeApp(database, Buffer.alloc(32, 1).toString('base64')),
      now: () => new Date(`${world.today}T09:00:00Z`),
    };
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    world.today = '2026-11-27';
    await emptyTables(database.pool);
    await database.pool.query(`
      insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'System 1', gen_random_uuid());
      insert into ingestion_poams (poam_id, system_id, status, weakness_description, raw_json)
        select 'P-' || n, 'SYS-1', 'Open', 'weakness', jsonb_build_object('poc', jsonb_build_object('name', case n when 7 then 'DOE, Jane' else 'Roe' end))
          from generate_series(1, 20) n;
      insert into data_access_logs (user_name, resource_type, action, access_method, success, accessed_at)
        values ('jdoe', 'poam', 'read', 'ui', true, '2026-11-01'), ('other', 'poam', 'read', 'ui', true, '2026-11-01');`);
  });
  return world;
}
