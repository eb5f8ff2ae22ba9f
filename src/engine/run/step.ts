import type { ConnectedSystem } from '../connections/index.ts';
import type { RunContext } from './run-context.ts';

export interface Step {
  readonly system: ConnectedSystem;
  /** Unique within a run and system; the batch_type of its operation. */
  readonly name: string;
  readonly type: 'import' | 'update' | 'export';
  /** Done again when an interrupted run is taken up: somebody may have edited since, and only what stands is to be sent. */
  readonly anew?: true;
  /** Draws conclusions from the records of all systems: no other run does at the same time. */
  readonly takesTurn?: true;
  run(context: RunContext, operationId: string): Promise<void>;
}
