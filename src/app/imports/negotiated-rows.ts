/** New rows for records that no row is yet: what they begin with, and under which key. */
import { deriveUuid } from '../../model/derived-uuid.ts';
import { scalarText, type JsonObject } from '../../model/json.ts';
import { findTakenKeys, type NegotiatedEntity } from '../../store/negotiated.ts';
import type { Tx } from '../../store/transaction.ts';

/** Entities whose row is named by a key that comes from the remote. */
const keyColumns: Partial<Record<NegotiatedEntity, string>> = { system: 'system_id', poam: 'poam_id' };
const longestKey = 50;

/**
 * Gives rows whose key another row bears a key of their own: another remote may call something else so, or a person said
 * that the row of that name is not this record.
 */
export async function withFreeKeys(
  tx: Tx,
  entity: NegotiatedEntity,
  rows: readonly JsonObject[],
  source: { readonly systemId: number },
): Promise<JsonObject[]> {
  const column = keyColumns[entity];
  if (column === undefined || rows.length === 0) return [...rows];
  const wanted = rows.map((row) => scalarText(row[column]));
  const taken = new Set(await findTakenKeys(tx.db, entity, wanted));
  const named: JsonObject[] = [];
  for (const [index, row] of rows.entries()) {
    const original = wanted[index] ?? '';
    let key = original;
    // Asked one by one: that a key is taken is rare.
    for (let n = 2; taken.has(key); n += 1) {
      key = `${original.slice(0, longestKey - String(n).length - 1)}~${n}`;
      for (const known of await findTakenKeys(tx.db, entity, [key])) taken.add(known);
    }
    taken.add(key);
    const anew = key === original ? {} : { [column]: key };
    const uuid =
      key === original || entity !== 'system'
        ? {}
        : { uuid: deriveUuid('system', String(source.systemId), key) };
    named.push({ ...row, ...anew, ...uuid });
  }
  return named;
}
