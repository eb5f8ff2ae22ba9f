/**
 * What runs of one small workflow come to, told a second time and in memory: act `first`, wait a day, ask for ten days, after a no act `refused`, after a yes
 * act `last`. The executor over the database is held against it, command by command.
 */
import type { RunState } from './run-states.ts';
import { attemptsAtMost } from './advance.ts';
import { runTransitions, type RunEvent } from './run-states.ts';

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const actions = { first: 'rest', refused: null, last: null } as const;
type StepId = keyof typeof actions | 'rest' | 'ask';

export const flow = `name: flow
title: A flow
record: poam
trigger: {by_hand: true}
limit: 100000
steps:
  - {id: first, action: comment, with: {say: first}}
  - {id: rest, waitUntil: {days: 1}}
  - id: ask
    approve: {ask: continue, levels: [{who: [isso]}], expireDays: 10, remindDays: [2]}
    onRefused: [{id: refused, action: comment, with: {say: refused}}]
  - {id: last, action: comment, with: {say: last}}
`;

export interface ModelRun {
  readonly poam: string;
  state: RunState;
  step: StepId | null;
  since: number;
  wakeAt: number | null;
  answer: 'none' | 'pending' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
  expiresAt: number;
  attempts: number;
  touched: number;
  /** Whether the queue holds a job of it. */
  hasJob: boolean;
  acts: string[];
}

export interface Model {
  mode: 'live' | 'off';
  isStopped: boolean;
  ownerIsActive: boolean;
  /** So many actions fail from now on, for a reason that may pass or not. */
  faults: number;
  faultMayPass: boolean;
  now: number;
  readonly runs: ModelRun[];
}

/** At which of the transactions of a worker it is killed, and on which side of the commit. */
export interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

const newRun = (poam: string, now: number): ModelRun => ({
  poam,
  state: 'pending',
  step: 'first',
  since: now,
  wakeAt: null,
  answer: 'none',
  expiresAt: 0,
  attempts: 0,
  touched: now,
  hasJob: true,
  acts: [],
});

const continues = ({ mode, isStopped }: Model): boolean => mode === 'live' && !isStopped;

function move(model: Model, run: ModelRun, event: RunEvent, wakeAt: number | null = null): void {
  const next = runTransitions[run.state][event];
  if (next === null) throw new Error(`the model moves a run that is ${run.state} by ${event}`);
  Object.assign(run, { state: next, wakeAt, attempts: 0, touched: model.now });
}

function goTo(model: Model, run: ModelRun, next: StepId | null): 'more' | 'over' {
  move(model, run, next === null ? 'last_step_done' : 'step_done');
  Object.assign(run, { step: next, since: model.now });
  return next === null ? 'over' : 'more';
}

function wait(model: Model, run: ModelRun): 'more' | 'over' {
  const until = run.since + dayMs;
  if (model.now >= until) return goTo(model, run, 'ask');
  move(model, run, 'wait_began', until);
  return 'over';
}

function ask(model: Model, run: ModelRun): 'more' | 'over' {
  if (run.answer === 'none') Object.assign(run, { answer: 'pending', expiresAt: run.since + 10 * dayMs });
  else if (run.answer === 'pending' && run.expiresAt <= model.now) run.answer = 'expired';
  if (run.answer !== 'pending') return goTo(model, run, run.answer === 'approved' ? 'last' : 'refused');
  const reminder = run.since + 2 * dayMs;
  move(model, run, 'asked', reminder > model.now ? reminder : run.expiresAt);
  return 'over';
}

function halt(model: Model): 'over' {
  model.isStopped = true;
  for (const run of model.runs) if (runTransitions[run.state].halted !== null) move(model, run, 'halted');
  return 'over';
}

/** One transaction. */
function doStep(model: Model, run: ModelRun): 'more' | 'over' | 'threw' {
  if (run.state !== 'pending' || !continues(model)) return 'over';
  if (!model.ownerIsActive) return halt(model);
  if (run.step === 'rest') return wait(model, run);
  if (run.step === 'ask') return ask(model, run);
  if (run.step === null) throw new Error('the model continues a run that has no step');
  if (model.faults > 0) {
    model.faults -= 1;
    return 'threw';
  }
  run.acts.push(run.step);
  return goTo(model, run, actions[run.step]);
}

/** The transaction after one that was rolled back. */
function afterFailure(model: Model, run: ModelRun): 'again' | 'over' {
  const attempts = run.attempts + 1;
  const isAgain = model.faultMayPass && attempts < attemptsAtMost;
  move(model, run, isAgain ? 'step_done' : 'step_failed');
  run.attempts = isAgain ? attempts : 0;
  return isAgain ? 'again' : 'over';
}

/** What a worker does with the jobs that there are, in their order, until it is killed. */
export function workOff(model: Model, jobs: readonly ModelRun[], crash: Crash | undefined): void {
  let transactions = 0;
  /** @returns undefined where the worker was killed. */
  const one = <T>(work: () => T): T | undefined => {
    transactions += 1;
    const before = structuredClone(model.runs);
    const { isStopped } = model;
    const result = work();
    if (transactions !== crash?.at) return result;
    if (crash.when === 'before') {
      for (const [n, run] of model.runs.entries()) Object.assign(run, before[n]);
      model.isStopped = isStopped;
    }
    return undefined;
  };
  for (const run of jobs)
    for (let progress: 'more' | 'over' = 'more'; progress === 'more';) {
      const done = one(() => doStep(model, run));
      if (done === undefined) return;
      if (done !== 'threw') progress = done;
      else {
        const after = one(() => afterFailure(model, run));
        if (after === undefined) return;
        if (after === 'again') break;
        progress = 'over';
      }
      if (progress === 'over') run.hasJob = false;
    }
}

/** A run whose job was lost is found again after so long. */
const leftAfterMs = 600_000;

/** What a worker does that looks at the clock. */
export function look(model: Model): void {
  if (!continues(model)) return;
  for (const run of model.runs)
    if ((run.state === 'waiting' || run.state === 'asking') && (run.wakeAt ?? Infinity) <= model.now) {
      move(model, run, run.state === 'waiting' ? 'woke' : 'decided');
      run.hasJob = true;
    } else if (run.state === 'pending' && run.touched < model.now - leftAfterMs)
      Object.assign(run, { hasJob: true, touched: model.now });
}

/** The jobs of runs that could continue ended while the workflow was off. */
export function switchTo(model: Model, mode: Model['mode']): void {
  if (model.mode === 'off' && mode === 'live')
    for (const run of model.runs) if (run.state === 'pending') run.hasJob = true;
  model.mode = mode;
}

/** @returns whether the answer counts. */
export function decide(model: Model, run: ModelRun, approved: boolean): boolean {
  if (run.answer !== 'pending' || run.expiresAt <= model.now) return false;
  run.answer = approved ? 'approved' : 'rejected';
  if (run.state === 'asking') {
    move(model, run, 'decided');
    run.hasJob = true;
  }
  return true;
}

/** @returns whether it can be. */
export function byHand(model: Model, run: ModelRun, event: 'cancelled' | 'retried'): boolean {
  if (runTransitions[run.state][event] === null) return false;
  move(model, run, event);
  if (event === 'retried') run.hasJob = true;
  else {
    run.step = null;
    if (run.answer === 'pending') run.answer = 'withdrawn';
  }
  return true;
}

/** @returns whether it was stopped. */
export function resume(model: Model): boolean {
  if (!model.isStopped) return false;
  model.isStopped = false;
  for (const run of model.runs)
    if (run.state === 'halted') {
      move(model, run, 'resumed');
      run.hasJob = true;
    }
  return true;
}

/** @returns whether one is started; an owner who is gone stops the workflow. */
export function start(model: Model, poam: string): boolean {
  if (!continues(model)) return false;
  if (!model.ownerIsActive) {
    halt(model);
    return false;
  }
  model.runs.push(newRun(poam, model.now));
  return true;
}
