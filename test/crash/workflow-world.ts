/** A database with POA&Ms, their findings, and people who own, approve and decide workflows; a mail server and a web server that take what runs send. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Actor } from '../../src/canonical/access/index.ts';
import { addChannel } from '../../src/modules/alerts/index.ts';
import {
  mailServer,
  makeCertificate,
  webServer,
} from '../../src/modules/alerts/delivery/receivers.test-support.ts';
import { decideWorkflow, saveWorkflow, setWorkflowMode } from '../../src/modules/workflows/index.ts';
import { actorOf } from '../../src/operate/accounts/index.ts';
import { workflowPartsOf } from '../../src/operate/workflows/index.ts';
import { installQueue } from '../../src/platform/queue/index.ts';
import { Secret } from '../../src/platform/values/index.ts';
import { composeApp, type TestApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';

const people = { olga: 'a1', ivan: 'a2', amy: 'a3' } as const;
type Name = keyof typeof people;
const idOf = (name: Name): string => `00000000-0000-0000-0000-0000000000${people[name]}`;

/** `count` POA&Ms P-1, P-2, …, each with an open finding on a machine of its own. */
const records = (count: number): string => `
  insert into principals (id, kind, name, email, created_by) values
    ${(Object.keys(people) as Name[]).map((name) => `('${idOf(name)}', 'person', '${name}', '${name}@agency.example', 'test')`).join(', ')};
  insert into grants (principal_id, role, reach, system_ids, granted_by) values
    ('${idOf('olga')}', 'issm', 'everywhere', '{}', 'test'), ('${idOf('olga')}', 'operator', 'everywhere', '{}', 'test'),
    ('${idOf('ivan')}', 'issm', 'everywhere', '{}', 'test'), ('${idOf('amy')}', 'isso', 'everywhere', '{}', 'test');
  insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'Payroll', gen_random_uuid());
  insert into ingestion_assets (asset_uuid, hostname, system_id)
    select ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'web' || n, 'SYS-1' from generate_series(1, ${count}) n;
  insert into ingestion_poams (poam_id, system_id, status, weakness_description)
    select 'P-' || n, 'SYS-1', 'Open', 'flaw ' || n from generate_series(1, ${count}) n;
  insert into scan_plugins (plugin_id, name, raw_json) values ('100', 'flaw', '{}');
  insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol,
                                         lifecycle_state, severity_rank, first_found, last_found, poam_id)
    select ('00000000-0000-0000-0002-' || lpad(n::text, 12, '0'))::uuid, 'Open', '100', 'flaw', 'High', a.asset_uuid, a.asset_uuid, 443, 'tcp',
           'open', 3, '2026-11-01', '2026-11-26', p.id
      from generate_series(1, ${count}) n join ingestion_poams p on p.poam_id = 'P-' || n join ingestion_assets a on a.hostname = 'web' || n;
  insert into weaknesses (system_id, identifier, plugin_id, title, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id)
    select 'SYS-1', 'flaw ' || p.id, '100', 'flaw', 'High', 'High', '2026-11-01', '2026-12-20', 'test', 'test', p.id from ingestion_poams p;
  insert into weakness_findings select w.id, v.id from weaknesses w join ingestion_vulnerabilities v on v.poam_id = w.poam_id`;

export interface WorkflowWorld {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** What a worker's process is started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly web: Awaited<ReturnType<typeof webServer>>;
  readonly mail: Awaited<ReturnType<typeof mailServer>>;
  person(name: Name): Promise<Actor>;
  /** Saves a workflow of olga, lets ivan approve it, and switches it on. */
  makeWorkflow(source: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param count so many POA&Ms. */
export async function workflowWorld(count: number): Promise<WorkflowWorld> {
  const database = await cloneDatabase();
  await database.pool.query(records(count));
  const tls = makeCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'tieline-workflows-'));
  await writeFile(join(folder, 'ca.pem'), tls.cert);
  const masterKey = randomBytes(32).toString('base64');
  const composed = composeApp(database, masterKey);
  const app: TestApp = {
    ...composed,
    http: { ...composed.http, ca: tls.cert },
    alerting: { receivers: ['127.0.0.1'], marking: '' },
  };
  await installQueue(app.queue);
  const [mail, web] = [await mailServer(tls), await webServer()];
  const always = { names_records: true };
  await addChannel(
    app,
    {
      name: 'digests',
      kind: 'email',
      settings: {
        ...always,
        host: '127.0.0.1',
        port: mail.port,
        user: 'tieline',
        from: 't@agency.example',
        to: 'x@agency.example',
      },
      secret: new Secret('correct horse'),
    },
    'test',
  );
  await addChannel(
    app,
    {
      name: 'soc',
      kind: 'webhook',
      settings: { ...always, url: `http://127.0.0.1:${web.port}/hook` },
      secret: new Secret('a secret of the receiver'),
    },
    'test',
  );
  const person = async (name: Name): Promise<Actor> => {
    const actor = await actorOf(app, idOf(name));
    if (!actor) throw new Error(`${name} may not act`);
    return actor;
  };
  return {
    app,
    database,
    environment: {
      DATABASE_URL: database.url,
      TIELINE_MASTER_KEY: masterKey,
      TIELINE_ALERT_RECEIVERS: '127.0.0.1',
      TIELINE_CA_FILE: join(folder, 'ca.pem'),
    },
    web,
    mail,
    person,
    async makeWorkflow(source) {
      const parts = workflowPartsOf(app);
      const { name, version } = await saveWorkflow(app, parts, await person('olga'), { source });
      await decideWorkflow(app, parts, await person('ivan'), { name, version, approved: true });
      await setWorkflowMode(app, await person('ivan'), { name, mode: 'live' });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([mail.close(), web.close()]);
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
