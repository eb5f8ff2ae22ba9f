/**
 * What a workflow would have done in the last days: its condition over each record as it was at each moment at which it would have looked, and
 * the steps that would have followed. Nothing is written.
 *
 * Steps are told up to the first that waits or asks: what people would have answered is not known, so nothing is made up after it.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { isWithin, type Scope } from '../../../canonical/access/index.ts';
import type { RecordKind, WorkflowDefinition, WorkflowStep } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { filled } from '../actions/index.ts';
import {
  compileCondition,
  type Condition,
  listCandidates,
  type Snapshot,
  snapshotFrom,
  snapshotOf,
} from '../conditions/index.ts';
import { everyStep } from '../definition/index.ts';
import { readHistory, type History } from './history.sql.ts';
import { eventTimes, scheduledTimes, type Window } from './moments.ts';
import { rewound } from './rewind.ts';

/** What keeps a condition, or a trigger, from being played again. */
export interface Unreplayable {
  /** `when`, or the id of a step. */
  readonly place: string;
  /** `poam.questions`; of a trigger its name. */
  readonly field: string;
  readonly why: string;
}

export interface ReplayedStep {
  readonly id: string;
  readonly says: string;
  readonly outcome: 'would_do' | 'skipped' | 'would_ask' | 'would_wait' | 'unknown';
}

/** A run that there would have been. */
export interface ReplayedRun {
  readonly at: Date;
  readonly recordId: string;
  readonly title: string;
  readonly boundary: string | null;
  readonly steps: readonly ReplayedStep[];
}

export interface Replay {
  readonly from: Date;
  readonly to: Date;
  /** Records that were looked at. */
  readonly looked: number;
  /** Whether there are more, which were not. */
  readonly isCut: boolean;
  readonly runs: number;
  /** The most runs on one day: what its limit is held against. */
  readonly busiest: { readonly day: string; readonly runs: number } | null;
  /** Times at which the condition could not be told, by the field that was empty. */
  readonly unknown: readonly { readonly field: string; readonly times: number }[];
  readonly unreplayable: readonly Unreplayable[];
  /** The first of them, in the order of records. */
  readonly items: readonly ReplayedRun[];
}

const mostRecords = 20_000;
const pageSize = 500;
const shownAtMost = 500;
const dayMs = 86_400_000;

/** A condition as it is played: how it is evaluated, and which of its fields history does not tell of. */
interface Read {
  readonly condition: Condition | undefined;
  readonly unknown: readonly Omit<Unreplayable, 'place'>[];
}
type Reader = (text: string) => Read;

/** Reads each condition of a workflow once, however many records it is asked of. */
function readerOf({ record }: WorkflowDefinition): Reader {
  const known = new Map<string, Read>();
  return (text) => {
    const found = known.get(text) ?? readCondition(record, text);
    known.set(text, found);
    return found;
  };
}

function readCondition(record: RecordKind, text: string): Read {
  const condition = compileCondition(record, text, 'yes_or_time');
  if (condition.problems)
    return {
      condition: undefined,
      unknown: [{ field: text, why: `is no condition: ${condition.problems[0].message}` }],
    };
  const unknown = condition.reads.flatMap(({ path, field }) =>
    field.history.from === 'none'
      ? [{ field: path, why: 'is kept only as it is now, so it is known from today on' }]
      : [],
  );
  return { condition, unknown };
}

const unreplayableIn = (read: Reader, place: string, text: string): Unreplayable[] =>
  read(text).unknown.map((each) => ({ place, ...each }));

/** What keeps a workflow from being played again: of its trigger and its condition. */
function unreplayable({ trigger, when }: WorkflowDefinition, read: Reader): Unreplayable[] {
  const told = 'schedule' in trigger || 'event' in trigger;
  const name = 'metric' in trigger ? `the metric ${trigger.metric}` : 'a start by hand';
  const silent =
    'event' in trigger && ['sync.conflict', 'scan.completed', 'asset.changed'].includes(trigger.event);
  return [
    ...(told
      ? []
      : [{ place: 'trigger', field: name, why: 'has no moments in the past that a replay could take' }]),
    ...(silent && 'event' in trigger
      ? [
          {
            place: 'trigger',
            field: trigger.event,
            why: 'is told from the day on that workflows listen to it',
          },
        ]
      : []),
    ...unreplayableIn(read, 'when', when),
  ];
}

function stepsAt({ definition, read }: Playing, snapshot: Snapshot, now: Date): ReplayedStep[] {
  const told: ReplayedStep[] = [];
  const truth = (text: string): boolean | undefined => {
    const { condition, unknown } = read(text);
    if (unknown.length > 0) return undefined;
    const answer = condition?.evaluate(snapshot, now);
    return answer?.is === 'answer' ? answer.value : undefined;
  };
  /** @returns whether what follows can still be told. */
  const walk = (list: readonly WorkflowStep[]): boolean => list.every((step) => tell(step));
  const tell = (step: WorkflowStep): boolean => {
    if ('approve' in step) {
      told.push({ id: step.id, says: `asks to ${filled(step.approve.ask, snapshot)}`, outcome: 'would_ask' });
      return false;
    }
    if ('waitUntil' in step) {
      const until =
        typeof step.waitUntil === 'string' ? `until ${step.waitUntil}` : `for ${step.waitUntil.days} days`;
      told.push({ id: step.id, says: `waits ${until}`, outcome: 'would_wait' });
      return false;
    }
    if ('branch' in step) {
      const verdicts = step.branch.map(({ when }) => truth(when));
      const chosen = verdicts.findIndex((verdict) => verdict !== false);
      if (chosen >= 0 && verdicts[chosen] === undefined) {
        told.push({ id: step.id, says: 'which branch cannot be told', outcome: 'unknown' });
        return false;
      }
      return walk(chosen >= 0 ? (step.branch[chosen]?.steps ?? []) : (step.else ?? []));
    }
    const holds = step.when === undefined ? true : truth(step.when);
    const says = saysOf(step.action, step.with, snapshot);
    told.push({
      id: step.id,
      says,
      outcome: holds === undefined ? 'unknown' : holds ? 'would_do' : 'skipped',
    });
    return holds === false && step.else ? walk(step.else) : true;
  };
  walk(definition.steps);
  return told;
}

/** An action with its inputs, as people read it. */
function saysOf(action: string, inputs: Readonly<Record<string, unknown>>, snapshot: Snapshot): string {
  const texts = Object.values(inputs).flatMap((value) =>
    typeof value === 'string'
      ? [filled(value, snapshot)]
      : Array.isArray(value)
        ? [value.map(String).join(', ')]
        : [],
  );
  return [action.replaceAll('_', ' '), ...texts].join(': ');
}

/** The record as it was; undefined: it was not there. */
function snapshotAt(snapshot: Snapshot, history: History, at: Date): Snapshot | undefined {
  const plain = rewound(snapshot.plain, history, at);
  const { kind, id, title, boundary } = snapshot;
  return plain && snapshotFrom(kind, { id, title, boundary, plain });
}

interface Sum {
  runs: number;
  readonly days: Map<string, number>;
  readonly unknown: Map<string, number>;
  readonly items: ReplayedRun[];
}

/** A workflow while it is played. */
interface Playing {
  readonly definition: WorkflowDefinition;
  readonly read: Reader;
  readonly window: Window;
  /** When its schedule came; undefined: an event starts it. */
  readonly scheduled: readonly Date[] | undefined;
  readonly sum: Sum;
}

/** So many moments are played in a row; then others have their turn. */
const movesInARow = 200;

async function playRecord(
  playing: Playing,
  when: Condition,
  snapshot: Snapshot,
  history: History,
): Promise<void> {
  const { sum } = playing;
  for (const [move, at] of timesOf(playing, snapshot, history).entries()) {
    if (move % movesInARow === 0) await turn();
    const then = snapshotAt(snapshot, history, at);
    if (!then) continue;
    const answer = when.evaluate(then, at);
    if (answer.is === 'unknown') sum.unknown.set(answer.field, (sum.unknown.get(answer.field) ?? 0) + 1);
    if (answer.is !== 'answer' || !answer.value) continue;
    sum.runs += 1;
    const day = at.toISOString().slice(0, 10);
    sum.days.set(day, (sum.days.get(day) ?? 0) + 1);
    if (sum.items.length < shownAtMost)
      sum.items.push({
        at,
        recordId: snapshot.id,
        title: snapshot.title,
        boundary: snapshot.boundary,
        steps: stepsAt(playing, then, at),
      });
  }
}

function timesOf(
  { definition: { trigger }, scheduled, window }: Playing,
  snapshot: Snapshot,
  history: History,
): readonly Date[] {
  if (scheduled || !('event' in trigger)) return scheduled ?? [];
  const found = eventTimes(trigger.event, snapshot, history) ?? [];
  return [...new Set(found)]
    .filter((at) => at > window.from.getTime() && at <= window.to.getTime())
    .toSorted((a, b) => a - b)
    .map((at) => new Date(at));
}

/**
 * Plays a workflow over the last days. @param scope where the reader may see records: others are not looked at.
 * @returns what there would have been; where its condition cannot be played again, which field it is, and nothing else.
 */
export async function replayWorkflow(
  { db, now }: Pick<App, 'db' | 'now'>,
  scope: Scope,
  definition: WorkflowDefinition,
  { days }: { readonly days: number },
): Promise<Replay> {
  const to = now();
  const window = { from: new Date(to.getTime() - days * dayMs), to };
  const read = readerOf(definition);
  const obstacles = unreplayable(definition, read);
  const steps = everyStep(definition.steps).flatMap(({ step }) =>
    'action' in step && step.when !== undefined ? unreplayableIn(read, step.id, step.when) : [],
  );
  const sum: Sum = { runs: 0, days: new Map(), unknown: new Map(), items: [] };
  const playing = { definition, read, window, scheduled: scheduledTimes(definition.trigger, window), sum };
  const when = read(definition.when).condition;
  let looked = 0;
  let listed = 0;
  let after: string | undefined;
  let isCut = false;
  while (obstacles.length === 0 && when) {
    const ids = await listCandidates(db, definition.record, { after, limit: pageSize, past: true });
    after = ids.at(-1);
    if (after === undefined) break;
    const seen = (await snapshotOf(db, definition.record, ids, to)).filter(({ boundary }) =>
      isWithin(scope, boundary),
    );
    const history = await readHistory(db, seen, window.from);
    for (const snapshot of seen) await playRecord(playing, when, snapshot, history);
    looked += seen.length;
    // What the reader does not see was read too: it counts, or a small scope would read everything.
    listed += ids.length;
    isCut = listed >= mostRecords && ids.length === pageSize;
    if (isCut) break;
  }
  const [busiest] = [...sum.days].toSorted(([, a], [, b]) => b - a);
  return {
    ...window,
    looked,
    isCut,
    runs: sum.runs,
    busiest: busiest ? { day: busiest[0], runs: busiest[1] } : null,
    unknown: [...sum.unknown].map(([field, times]) => ({ field, times })),
    unreplayable: [...obstacles, ...steps],
    items: sum.items,
  };
}
