/** The states of an operation (a row of ingestion_batches): a run, a step of it, or a person's decision. */
import { type Move, moveBy, type Transitions } from '../../platform/values/index.ts';

export type OperationStatus = 'in_progress' | 'completed' | 'completed_with_issues' | 'failed';

/** What happens to an operation, in the words in which SPEC.md shows it. */
export const operationEvents = {
  completed: 'done, and nothing held or failed',
  completed_with_issues: 'done, and something held or failed',
  failed: 'ended by an error',
  resumed: 'continued by a later run',
  given_up: 'a later run asked for something else, or took its steps over',
} as const;

export type OperationEvent = keyof typeof operationEvents;

export const operationTransitions: Transitions<OperationStatus, OperationEvent> = {
  in_progress: {
    completed: 'completed',
    completed_with_issues: 'completed_with_issues',
    failed: 'failed',
    // Its process was killed.
    resumed: 'in_progress',
    given_up: 'failed',
  },
  // A run that is continued runs some of its steps again, whose outcome depends on what happened since.
  completed: {
    completed: null,
    completed_with_issues: null,
    failed: null,
    resumed: 'in_progress',
    given_up: null,
  },
  completed_with_issues: {
    completed: null,
    completed_with_issues: null,
    failed: null,
    resumed: 'in_progress',
    given_up: null,
  },
  failed: {
    completed: null,
    completed_with_issues: null,
    failed: null,
    resumed: 'in_progress',
    given_up: 'failed',
  },
};

export const operationMove = (event: OperationEvent): Move<OperationStatus> =>
  moveBy(operationTransitions, event);
