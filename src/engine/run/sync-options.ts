import type { EntityType } from '../../canonical/vocabulary/index.ts';

export interface SyncOptions {
  /** Names of external systems; empty means all that are enabled. */
  readonly systems: readonly string[];
  /** Entities; empty means all. */
  readonly entities: readonly EntityType[];
  /** Read everything, not only what changed since the last mark. */
  readonly full: boolean;
  /** Believe a full read that shows far fewer records than are linked. */
  readonly acceptMissing?: boolean;
}
