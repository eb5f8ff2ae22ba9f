import {
  linkedEntity,
  type LinkedEntityName,
  type RecordOfRow,
  type RecordSource,
  type Renewed,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

const nothing: Renewed = { changed: new Set(), waitsFor: new Map() };

/** Brings the tables beside the rows up to date, where the entity has any. */
export async function renewDetails(
  tx: Tx,
  entity: LinkedEntityName,
  source: RecordSource,
  records: readonly RecordOfRow[],
): Promise<Renewed> {
  return (await linkedEntity(entity).renewDetails?.(tx, source, records)) ?? nothing;
}
