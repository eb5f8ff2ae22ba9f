import type { NegotiatedEntity, RecordOfRow, RecordSource } from '../../record/entities/index.ts';
import { linkedEntity } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** Brings the tables beside the rows up to date, where the entity has any. @returns the entity ids of which something changed. */
export async function renewDetails(
  tx: Tx,
  entity: NegotiatedEntity,
  source: RecordSource,
  records: readonly RecordOfRow[],
): Promise<ReadonlySet<string>> {
  return (await linkedEntity(entity).renewDetails?.(tx, source, records)) ?? new Set();
}
