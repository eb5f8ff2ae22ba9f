import type pg from 'pg';

/**
 * Writes all that is dirty to disk, so that what is measured next does not pay for what came before. Tieline's role may not say
 * CHECKPOINT, but may make a database: PostgreSQL writes a checkpoint before it drops one.
 */
export async function checkpoint(client: pg.Client): Promise<void> {
  await client.query('create database bench_checkpoint');
  await client.query('drop database bench_checkpoint');
}
