import type { EntityType } from '../../connectors/kit/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import type { RunContext } from './run-context.ts';

export interface Step {
  readonly system: ConnectedSystem;
  /** Unique within a run and system; the batch_type of its operation. */
  readonly name: string;
  readonly type: 'import' | 'update' | 'export';
  /** Done again when an interrupted run is resumed: somebody may have edited since, and only present values are to be sent. */
  readonly anew?: true;
  /** Draws conclusions from the records of all systems: no other run does at the same time. */
  readonly takesTurn?: true;
  run(context: RunContext, operationId: string): Promise<void>;
}

/** A conclusion that a module draws in a run, as a step of each system that it suits. */
export interface Conclusion {
  /** What it concludes from; a run that asks for none of these leaves it out. */
  readonly entities: readonly EntityType[];
  suits(system: ConnectedSystem): boolean;
  stepOf(system: ConnectedSystem): Step;
}
