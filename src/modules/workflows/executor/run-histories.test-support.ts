/** Plays histories of commands over the real executor and database, and holds each moment against the model (`run-model.test-support.ts`). */
import assert from 'node:assert/strict';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../../test/support/database.ts';
import { type Actor, everywhere } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { actorOf } from '../../../operate/accounts/index.ts';
import { workflowPartsOf, workOnWorkflows } from '../../../operate/workflows/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { installQueue } from '../../../platform/queue/index.ts';
import { decideRequest } from '../../requests/index.ts';
import {
  cancelRun,
  decideWorkflow,
  resumeWorkflow,
  retryRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  type WorkflowParts,
} from '../index.ts';
import { advanceRun } from './advance.ts';
import {
  byHand,
  type Crash,
  decide,
  flow,
  hourMs,
  look,
  type Model,
  type ModelRun,
  resume,
  start,
  switchTo,
  workOff,
} from './run-model.test-support.ts';
import { type Command, mostRuns } from './run-commands.test-support.ts';
import { isOver, runTransitions, type RunState } from './run-states.ts';

const { signal } = new AbortController();
const people = { olga: 'a1', ivan: 'a2', amy: 'a3' } as const;
const idOf = (name: keyof typeof people) => `00000000-0000-0000-0000-0000000000${people[name]}`;
class Killed extends Error {}

/** The product in a process that is killed at one of its transactions: from then on it does nothing more. */
function killedAt(app: App, crash: Crash | undefined): App {
  let transactions = 0;
  let isDead = false;
  const { store } = app;
  const killing: App['store'] = Object.assign(Object.create(store) as App['store'], {
    asOne: async <T>(doIt: Parameters<App['store']['asOne']>[0]): Promise<T> => {
      if (isDead) throw new Killed();
      transactions += 1;
      const isLast = transactions === crash?.at;
      isDead = isLast;
      const result = await store.asOne(async (inner) => {
        const concluded = await doIt(inner);
        if (isLast && crash?.when === 'before') throw new Killed();
        return concluded;
      });
      if (isLast) throw new Killed();
      return result as T;
    },
  });
  return {
    ...app,
    store: killing,
  };
}

export interface HistoryOfRuns {
  play(history: readonly Command[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function historyWorld(): Promise<HistoryOfRuns> {
  const database = await cloneDatabase();
  const composed = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  let model: Model;
  const app: TestApp = { ...composed, now: () => new Date(model.now) };
  await installQueue(app.queue);
  // Every change of a status is kept, whoever made it.
  await database.pool.query(`
    create table seen_moves (before text, after text);
    create function see_move() returns trigger language plpgsql as $$ begin
      if old.status <> new.status then insert into seen_moves values (old.status, new.status); end if; return new; end $$;
    create trigger see_move after update on workflow_executions for each row execute function see_move()`);
  return new RunHistories(database, app, (next) => (model = next));
}

class RunHistories implements HistoryOfRuns {
  readonly #database: ClonedDatabase;
  readonly #app: TestApp;
  readonly #keep: (model: Model) => void;
  readonly #parts: WorkflowParts;
  #model: Model;
  #ids: string[] = [];

  constructor(database: ClonedDatabase, app: TestApp, keep: (model: Model) => void) {
    this.#database = database;
    this.#app = app;
    this.#keep = keep;
    this.#model = this.#newModel();
    const parts = workflowPartsOf(app);
    this.#parts = {
      ...parts,
      // It does what it is for first, so that what a failure takes back is seen.
      action: (name) => {
        const real = parts.action(name);
        return (
          real && { ...real, carryOut: async (...given) => this.#afterFault(await real.carryOut(...given)) }
        );
      },
    };
  }

  #newModel(): Model {
    const model: Model = {
      mode: 'live',
      isStopped: false,
      ownerIsActive: true,
      faults: 0,
      faultMayPass: false,
      now: Date.parse('2026-11-27T09:00:00Z'),
      runs: [],
    };
    this.#keep(model);
    this.#faults = 0;
    return model;
  }

  #faults = 0;
  #afterFault<T>(done: T): T {
    if (this.#faults === 0) return done;
    this.#faults -= 1;
    throw this.#model.faultMayPass
      ? new TielineError('INTERRUPTED', 'It may pass.')
      : new Error('It is broken.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  async #rows<T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#database.pool.query<T>(text, [...values])).rows;
  }

  async #person(name: keyof typeof people): Promise<Actor> {
    const actor = await actorOf(this.#app, idOf(name));
    if (!actor) throw new Error(`${name} may not act`);
    return actor;
  }

  async #begin(): Promise<void> {
    this.#model = this.#newModel();
    this.#ids = [];
    await emptyTables(this.#database.pool);
    await this.#rows(`delete from tieline_jobs._private_jobs`);
    await this.#database.pool.query(`
      insert into principals (id, kind, name, created_by) values ${(Object.keys(people) as (keyof typeof people)[]).map((name) => `('${idOf(name)}', 'person', '${name}', 'test')`).join(', ')};
      insert into grants (principal_id, role, reach, system_ids, granted_by) values ('${idOf('olga')}', 'issm', 'everywhere', '{}', 'test'),
        ('${idOf('ivan')}', 'issm', 'everywhere', '{}', 'test'), ('${idOf('amy')}', 'isso', 'everywhere', '{}', 'test');
      insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'System', gen_random_uuid());
      insert into ingestion_poams (poam_id, system_id, status) select 'P-' || n, 'SYS-1', 'Open' from generate_series(1, ${mostRuns}) n`);
    const { version } = await saveWorkflow(this.#app, this.#parts, await this.#person('olga'), {
      source: flow,
    });
    await decideWorkflow(this.#app, this.#parts, await this.#person('ivan'), {
      name: 'flow',
      version,
      approved: true,
    });
    await setWorkflowMode(this.#app, await this.#person('ivan'), { name: 'flow', mode: 'live' });
  }

  /** A command that may be refused. @param isAllowed what the model says. */
  async #tried(isAllowed: boolean, work: Promise<unknown>): Promise<void> {
    const refusal = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined && !(refusal instanceof TielineError)) throw refusal;
    assert.equal(refusal === undefined, isAllowed, refusal?.message ?? 'it was not refused');
  }

  async #start(): Promise<void> {
    const model = this.#model;
    if (model.runs.length >= mostRuns) return;
    const poam = `P-${model.runs.length + 1}`;
    const by = { actor: await this.#person('ivan'), scope: everywhere };
    await this.#tried(
      start(model, poam),
      runByHand(this.#app, this.#parts, by, { name: 'flow', records: [poam] }).then(({ runs }) =>
        this.#ids.push(...runs),
      ),
    );
  }

  /** Takes the jobs of the queue in their order, as a worker does. */
  async #work(crash: Crash | undefined): Promise<void> {
    const jobs = await this.#rows<{ id: string; run: string }>(
      `select id::text, payload ->> 'run' as run from tieline_jobs._private_jobs order by id`,
    );
    const app = killedAt(this.#app, crash);
    const taken = jobs.map(({ run: id }) => this.#model.runs[this.#ids.indexOf(id)] as ModelRun); // each job is of one
    this.#faults = this.#model.faults;
    try {
      for (const { id, run: executionId } of jobs)
        try {
          await advanceRun(app, this.#parts, executionId, signal);
          await this.#rows(`delete from tieline_jobs._private_jobs where id = $1`, [id]);
        } catch (error) {
          // The queue keeps what failed, and gives it to the next worker.
          if (!(error instanceof TielineError)) throw error;
        }
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    workOff(this.#model, taken, crash);
    assert.equal(this.#faults, this.#model.faults);
  }

  async #decide(which: number, approved: boolean): Promise<void> {
    const id = this.#ids[which];
    const target = this.#model.runs[which];
    const [request] =
      id === undefined
        ? []
        : await this.#rows<{ id: string }>(
            `select approval_id::text as id from approvals where subject_id = $1`,
            [`${id}/ask`],
          );
    if (!target || !request) return assert.equal(target?.answer ?? 'none', 'none');
    const amy = await this.#person('amy');
    await this.#tried(
      decide(this.#model, target, approved),
      decideRequest(this.#app, amy, everywhere, { id: request.id, approved, reason: 'because' }),
    );
  }

  async #byHand(which: number, event: 'cancelled' | 'retried'): Promise<void> {
    const id = this.#ids[which];
    const target = this.#model.runs[which];
    if (id === undefined || !target) return;
    const by = { actor: await this.#person('ivan'), scope: everywhere };
    await this.#tried(
      byHand(this.#model, target, event),
      event === 'cancelled' ? cancelRun(this.#app, by, id) : retryRun(this.#app, by, id),
    );
  }

  async #setOwner(isActive: boolean): Promise<void> {
    this.#model.ownerIsActive = isActive;
    await this.#rows(`update principals set status = $1 where name = 'olga'`, [
      isActive ? 'active' : 'disabled',
    ]);
  }

  async #setMode(mode: Model['mode']): Promise<void> {
    switchTo(this.#model, mode);
    await setWorkflowMode(this.#app, await this.#person('ivan'), { name: 'flow', mode });
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case 'start':
        return this.#start();
      case 'work':
        return this.#work(command.crash);
      case 'look':
        await workOnWorkflows(this.#app, signal);
        return look(this.#model);
      case 'pass':
        this.#model.now += command.hours * hourMs;
        return;
      case 'decide':
        return this.#decide(command.run, command.approved);
      case 'cancel':
      case 'retry':
        return this.#byHand(command.run, command.do === 'cancel' ? 'cancelled' : 'retried');
      case 'lock':
      case 'unlock':
        return this.#setOwner(command.do === 'unlock');
      case 'resume': {
        const ivan = await this.#person('ivan');
        return this.#tried(resume(this.#model), resumeWorkflow(this.#app, ivan, { name: 'flow' }));
      }
      case 'off':
        return this.#setMode('off');
      case 'on':
        return this.#setMode('live');
      case 'break':
        this.#model.faults = command.times;
        this.#model.faultMayPass = command.mayPass;
    }
  }

  async #compare(): Promise<void> {
    const found = await this.#rows<{ poam: string; state: RunState }>(`
      select e.record_id as poam, e.status as state, e.current_step as step, e.attempts, e.wake_at as "wakeAt",
             exists (select from tieline_jobs._private_jobs j where j.payload ->> 'run' = e.execution_id::text) as "hasJob",
             coalesce((select a.status from approvals a where a.subject_id = e.execution_id || '/ask'), 'none') as answer,
             coalesce((select array_agg(split_part(c.body, E'\\n', 1) order by c.id) from poam_comments c where c.poam_id = e.record_id), '{}') as acts
        from workflow_executions e order by e.id`);
    assert.deepEqual(
      found,
      this.#model.runs.map(({ poam, state, step, attempts, wakeAt, hasJob, answer, acts }) => ({
        poam,
        state,
        step,
        attempts,
        wakeAt: wakeAt === null ? null : new Date(wakeAt),
        hasJob,
        answer,
        acts,
      })),
    );
  }

  /** Every obstacle is taken away, and people answer: each run comes to its end, and no run is lost. */
  async #settle(): Promise<void> {
    for (const each of ['unlock', 'on', 'resume'] as const)
      if (each !== 'resume' || this.#model.isStopped) await this.#do({ do: each });
    await this.#do({ do: 'break', times: 0, mayPass: false });
    for (let round = 0; round < 12 && !this.#model.runs.every(({ state }) => isOver(state)); round += 1) {
      await this.#do({ do: 'pass', hours: 25 });
      for (const [which, { state, answer }] of this.#model.runs.entries()) {
        if (state === 'failed') await this.#do({ do: 'retry', run: which });
        if (answer === 'pending') await this.#do({ do: 'decide', run: which, approved: true });
      }
      await this.#do({ do: 'look' });
      await this.#do({ do: 'work', crash: undefined });
    }
    await this.#compare();
  }

  async #expectPromises(): Promise<void> {
    const moves = await this.#rows<{ before: RunState; after: RunState }>(
      `select before, after from seen_moves`,
    );
    for (const { before, after } of moves)
      assert.ok(Object.values(runTransitions[before]).includes(after), `${before} to ${after}`);
    for (const { state, acts, answer } of this.#model.runs) {
      assert.ok(isOver(state), `a run is ${state} in the end`);
      assert.equal(new Set(acts).size, acts.length);
      if (state === 'completed')
        assert.deepEqual(acts, answer === 'approved' ? ['first', 'last'] : ['first', 'refused']);
    }
    // A trace is without gaps, and tells of each act once.
    assert.deepEqual(
      await this.#rows(`select e.record_id from workflow_executions e
         where e.traces <> (select count(*) from workflow_traces t where t.execution_id = e.execution_id)
            or (select count(*) from workflow_traces t where t.execution_id = e.execution_id and t.outcome = 'done')
               <> (select count(*) from poam_comments c where c.poam_id = e.record_id)`),
      [],
    );
  }

  async play(history: readonly Command[]): Promise<void> {
    await this.#begin();
    for (const each of history) {
      await this.#do(each);
      await this.#compare();
    }
    await this.#settle();
    await this.#expectPromises();
    await this.#rows(`delete from seen_moves`);
  }
}
