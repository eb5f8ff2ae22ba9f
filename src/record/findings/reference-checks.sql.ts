/**
 * Foreign keys of what a load inserts. PostgreSQL checks them row by row, some four for each finding, with a plan that it makes at the first
 * checks of a session and then keeps. For a table of a page or two, as those of systems and operations are, that plan is to read the whole
 * table: 8 µs of CPU for each check, a fifth of all that a first load costs the database. By the index it is 4 µs, at any size of the table.
 */
import type { Tx } from '../../platform/postgres/index.ts';

/**
 * Runs statements that insert many rows, with their references looked up by index. The statements themselves must not need to read
 * whole tables, other than temporary ones without indexes.
 */
export async function checkingReferencesByIndex<T>(tx: Tx, insert: () => Promise<T>): Promise<T> {
  await tx.client.query('set local enable_seqscan = off');
  const result = await insert();
  await tx.client.query('set local enable_seqscan to default');
  return result;
}
