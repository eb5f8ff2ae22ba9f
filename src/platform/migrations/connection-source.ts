import type pg from 'pg';

/** Where the migration runner takes connections of its own: a pool. Whoever takes one releases it. */
export interface ConnectionSource {
  connect(): Promise<pg.PoolClient>;
}
