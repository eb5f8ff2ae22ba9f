/**
 * What a run is made of: conditions, actions, and who its owner is now. The executor is given these, and knows neither the language of conditions
 * nor any action by name.
 */
import type { Kysely } from 'kysely';
import type { Actor, Permission } from '../../canonical/access/index.ts';
import type { RecordKind, TriggerEvent } from '../../canonical/workflow/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';

/** A record as it was at one moment; what it holds is known to conditions and actions. */
export interface Snapshot {
  readonly kind: RecordKind;
  readonly id: string;
  /** As it is shown to people. */
  readonly title: string;
  /** Its authorization boundary; null: it is in none. */
  readonly boundary: string | null;
}

/** What a condition came to for a record. */
export type Answer =
  | { readonly is: 'answer'; readonly value: boolean }
  /** Of a wait: until when. */
  | { readonly is: 'time'; readonly value: Date }
  /** It cannot be said: it read a field that is empty, or holds too many. `has(…)` asks whether a field is there. */
  | { readonly is: 'unknown'; readonly field: string; readonly why: 'empty' | 'too_many' }
  | { readonly is: 'failed'; readonly message: string };

export interface CompiledCondition {
  readonly problems?: undefined;
  evaluate(record: Snapshot, now: Date): Answer;
}

export interface ConditionProblem {
  readonly message: string;
  readonly remedy: string;
}

/** What an action changed, or would have. */
export interface ActionChange {
  readonly entity: string;
  readonly id: string;
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
}

export interface ActionOutcome {
  readonly outcome: 'done' | 'nothing_to_do' | 'refused';
  /** A sentence for people. */
  readonly why: string;
  readonly changes: readonly ActionChange[];
}

export interface ActionContext {
  /** All that is done over it is one transaction, with the trace of the step. */
  readonly app: App;
  /** With the rights that they have now. */
  readonly owner: Actor;
  readonly now: Date;
  readonly simulate: boolean;
  /** What tells this step of this run from every other, for ledgers of what is sent. */
  readonly key: string;
  /** The name of the workflow, which says why. */
  readonly workflow: string;
}

/** An action as the executor sees it. */
export interface RunnableAction {
  readonly permission: Permission;
  carryOut(
    context: ActionContext,
    record: Snapshot,
    inputs: Readonly<Record<string, unknown>>,
  ): Promise<ActionOutcome>;
}

/** What is known of an action when a workflow is checked. */
export interface CheckedAction {
  readonly permission: Permission;
  readonly appliesTo: readonly RecordKind[];
  /** Events that it raises; by these a circle of workflows is found. */
  readonly raises: readonly TriggerEvent[];
  /** @returns what is wrong with its inputs, each with the path within them. */
  problems(
    inputs: Readonly<Record<string, unknown>>,
    record?: RecordKind,
  ): readonly { readonly path: string; readonly message: string }[];
}

export interface WorkflowParts {
  /** @param gives what it has to come to: yes or no, or, of a wait, also a time. */
  compile(
    record: RecordKind,
    text: string,
    gives: 'yes' | 'yes_or_time',
  ): CompiledCondition | { readonly problems: readonly ConditionProblem[] };
  /** Records by their ids, those that are there. */
  snapshots(
    db: Kysely<Database>,
    kind: RecordKind,
    ids: readonly string[],
    now: Date,
  ): Promise<readonly Snapshot[]>;
  /** Ids of the records that a schedule looks at, a page of them. */
  candidates(
    db: Kysely<Database>,
    kind: RecordKind,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<readonly string[]>;
  action(name: string): (RunnableAction & CheckedAction) | undefined;
  readonly actionNames: readonly string[];
  /** @returns undefined where there is no such account any more, or it is locked or disabled. */
  ownerOf(principalId: string, name: string): Promise<Actor | undefined>;
}
