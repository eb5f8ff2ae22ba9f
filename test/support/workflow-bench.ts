/** Workflows over a database of their own: four people, two systems, six POA&Ms, and a clock that a test moves. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from './database.ts';
import { type Actor, everywhere } from '../../src/canonical/access/index.ts';
import { installQueue, workOnce } from '../../src/platform/queue/index.ts';
import { actorOf } from '../../src/operate/accounts/index.ts';
import { runWorkflowJob, workflowPartsOf, workOnWorkflows } from '../../src/operate/workflows/index.ts';
import {
  decideWorkflow,
  fetchRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  workflowRun,
} from '../../src/modules/workflows/index.ts';

const dayMs = 86_400_000;
const people = { olga: 'a1', ivan: 'a2', amy: 'a3', sam: 'a4' } as const;
type Name = keyof typeof people;
export const idOf = (name: Name): string => `00000000-0000-0000-0000-0000000000${people[name]}`;

export const task = (id: string): string => `  - {id: ${id}, action: task, with: {what: look at it}}`;
/** A workflow named `flow` about POA&Ms that people start by hand. */
export const yamlOf = (steps: string, more = ''): string => `name: flow
title: A flow
record: poam
trigger: {by_hand: true}
${more}
steps:
${steps}
`;

const silent = { info: () => undefined, warn: () => undefined };

/** What a test does with workflows, over the database that the hooks of `setUpWorkflows` make. */
class WorkflowBench {
  database!: ClonedDatabase; // before each test
  app!: TestApp; // before each test
  /** How far the clock is ahead. */
  shiftMs = 0;
  /** What looks at workflows said in the log that they started. */
  counted: unknown[] = [];
  readonly signal = new AbortController().signal;

  /** Moves the clock so many days after the beginning. */
  passDays(days: number): void {
    this.shiftMs = days * dayMs;
  }

  run(text: string) {
    return this.database.pool.query(text);
  }

  async person(name: Name): Promise<Actor> {
    const actor = await actorOf(this.app, idOf(name));
    if (!actor) throw new Error(`${name} may not act`);
    return actor;
  }

  /** Saved by olga, approved and switched on by ivan. */
  async make(source: string, mode: 'simulate' | 'live' = 'live'): Promise<void> {
    const parts = workflowPartsOf(this.app);
    const { name, version } = await saveWorkflow(this.app, parts, await this.person('olga'), { source });
    await decideWorkflow(this.app, parts, await this.person('ivan'), { name, version, approved: true });
    await setWorkflowMode(this.app, await this.person('ivan'), { name, mode });
  }

  /** Does what the queue holds. */
  workOff() {
    const tasks = {
      [workflowRun]: (payload: unknown, until: AbortSignal) => runWorkflowJob(this.app, payload, until),
    };
    return workOnce(this.app.queue, tasks, { signal: this.signal, log: silent, concurrency: 2 });
  }

  /** By sam. */
  async start(...records: string[]) {
    const by = { actor: await this.person('sam'), scope: everywhere };
    const started = await runByHand(this.app, workflowPartsOf(this.app), by, { name: 'flow', records });
    await this.workOff();
    return started;
  }

  look(): Promise<void> {
    return workOnWorkflows(this.app, this.signal);
  }

  async lookAndWork(): Promise<void> {
    await this.look();
    await this.workOff();
  }

  /** Looks until what was there when it was called was read: a page is read a while after it was seen. */
  async catchUp(): Promise<void> {
    await this.look();
    await this.run(`update workflow_cursors set up_to_seen_at = up_to_seen_at - interval '10 seconds'`);
    await this.lookAndWork();
  }

  runOf(id: string | undefined) {
    return fetchRun(this.app, everywhere, id ?? '');
  }

  async outcomes(id: string | undefined): Promise<string[]> {
    return (await this.runOf(id)).trace.map(({ stepId, outcome }) => `${stepId ?? 'run'} ${outcome}`);
  }

  async countOf(from: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: number }>(`select count(*)::int as n from ${from}`);
    return rows[0]?.n ?? 0;
  }

  /** The runs that there are, in their order: what they are about, what started them, and where they are. */
  async runs(): Promise<string[]> {
    const { rows } = await this.database.pool.query<{ run: string }>(
      `select concat_ws(' ', trigger_kind, record_id, status) as run from workflow_executions order by id`,
    );
    return rows.map(({ run }) => run);
  }
}

/** Called once at the top of a file of tests. */
export function setUpWorkflows(): WorkflowBench {
  const bench = new WorkflowBench();
  beforeAll(async () => {
    bench.database = await cloneDatabase();
    const composed = composeApp(bench.database, Buffer.alloc(32, 1).toString('base64'));
    const log = { ...composed.log, info: (fields: unknown) => void bench.counted.push(fields) };
    bench.app = { ...composed, log, now: () => new Date(composed.now().getTime() + bench.shiftMs) };
    await installQueue(bench.app.queue);
  });
  afterAll(() => bench.database[Symbol.asyncDispose]());
  beforeEach(async () => {
    bench.shiftMs = 0;
    bench.counted = [];
    await emptyTables(bench.database.pool);
    const rows = Object.keys(people).map((name) => `('${idOf(name as Name)}', 'person', '${name}', 'test')`); // its own keys
    await bench.run(`
      delete from tieline_jobs._private_jobs;
      insert into principals (id, kind, name, created_by) values ${rows.join(', ')};
      insert into grants (principal_id, role, reach, system_ids, granted_by) values
        ('${idOf('olga')}', 'issm', 'everywhere', '{}', 'test'), ('${idOf('ivan')}', 'issm', 'everywhere', '{}', 'test'),
        ('${idOf('amy')}', 'isso', 'boundaries', '{SYS-1}', 'test'), ('${idOf('sam')}', 'issm', 'everywhere', '{}', 'test');
      insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
      insert into ingestion_poams (poam_id, system_id, status) select 'P-' || n, 'SYS-' || (1 + n % 2), 'Open' from generate_series(1, 6) n`);
  });
  return bench;
}
