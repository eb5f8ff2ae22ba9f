/**
 * The states of a run (`workflow_executions.status`) and what moves it from one to another. Every change of a status goes through `afterEvent`;
 * the statements take their states from here.
 *
 * A step is done in one transaction, so no run is ever "running" in the database: a process that is killed leaves it as it was before the step.
 */
import { workflowRunStates } from '../../../canonical/lists/index.ts';
import type { Transitions } from '../../../platform/values/index.ts';

export const runStates = workflowRunStates;
export type RunState = (typeof runStates)[number];

/** In the words in which people read them. */
export const runStateTitles: Readonly<Record<RunState, string>> = {
  pending: 'to be continued',
  waiting: 'waiting',
  asking: 'waiting for a decision',
  held: 'held: its workflow touches more records than its limit',
  halted: 'halted: its workflow stopped',
  completed: 'completed',
  ended: 'ended early, as the workflow says',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const runEvents = {
  step_done: 'a step was done, and another one follows',
  last_step_done: 'the last step was done',
  wait_began: 'a step waits for a time or a condition',
  asked: 'a step asked people',
  woke: 'what it waited for came, or its time ran out',
  decided: 'people decided, or nobody did in time',
  ended_early: 'a no, or a wait that ran out, ended it',
  step_failed: 'a step failed, and the workflow stops there',
  retried: 'a person lets it try again',
  released: 'a person lets it run although the limit is reached',
  halted: 'its workflow stopped',
  resumed: 'its workflow was resumed',
  cancelled: 'a person cancelled it',
} as const;
export type RunEvent = keyof typeof runEvents;

const never: Readonly<Record<RunEvent, null>> = {
  step_done: null,
  last_step_done: null,
  wait_began: null,
  asked: null,
  woke: null,
  decided: null,
  ended_early: null,
  step_failed: null,
  retried: null,
  released: null,
  halted: null,
  resumed: null,
  cancelled: null,
};

export const runTransitions: Transitions<RunState, RunEvent> = {
  pending: {
    ...never,
    step_done: 'pending',
    last_step_done: 'completed',
    wait_began: 'waiting',
    asked: 'asking',
    ended_early: 'ended',
    step_failed: 'failed',
    halted: 'halted',
    cancelled: 'cancelled',
  },
  waiting: { ...never, wait_began: 'waiting', woke: 'pending', halted: 'halted', cancelled: 'cancelled' },
  // An answer that arrives while the workflow is stopped is kept, and read when it continues.
  asking: { ...never, asked: 'asking', decided: 'pending', halted: 'halted', cancelled: 'cancelled' },
  held: { ...never, released: 'pending', cancelled: 'cancelled' },
  // It comes to the step that it was in again: what it waits for counts from when it first came there.
  halted: { ...never, resumed: 'pending', cancelled: 'cancelled' },
  completed: never,
  ended: never,
  failed: { ...never, retried: 'pending', cancelled: 'cancelled' },
  cancelled: never,
};

/** @returns undefined where the event cannot happen in that state. */
export const afterEvent = (state: RunState, event: RunEvent): RunState | undefined =>
  runTransitions[state][event] ?? undefined;

/** The states in which an event can happen. */
export const statesBefore = (event: RunEvent): readonly RunState[] =>
  runStates.filter((state) => runTransitions[state][event] !== null);

/** Nothing more happens by itself or by people. */
export const isOver = (state: RunState): boolean =>
  Object.values(runTransitions[state]).every((next) => next === null);
