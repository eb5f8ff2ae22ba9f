/** New rows for records that have no row yet: their initial columns, and under which key. */
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { findSystemById } from '../../ledger/external-systems/index.ts';
import { findTakenKeys, linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

const longestKey = 50;

/** `POAM-7` of the system `grc-b` as `grc-b:POAM-7`; the system's name is cut where both do not fit. */
function qualifiedKey(system: string, key: string): string {
  // A comma cannot occur in a tag, which is what a system's id becomes.
  const name = system.replaceAll(',', ' ').slice(0, Math.max(0, longestKey - key.length - 1));
  return name === '' ? key : `${name}:${key}`;
}

/**
 * Gives rows whose key another row carries a key of their own, which names the external system: another remote may call something else
 * so, or a person said that the row of that name is not this record. What the remote calls it stays in the link.
 */
export async function withFreeKeys(
  tx: Tx,
  entity: LinkedEntityName,
  rows: readonly JsonObject[],
  source: { readonly systemId: number },
): Promise<JsonObject[]> {
  const { ownId: column, withFreeIds } = linkedEntity(entity);
  if (column === null || rows.length === 0) return [...rows];
  const wanted = rows.map((row) => scalarText(row[column]));
  const taken = new Set(await findTakenKeys(tx.db, entity, wanted));
  if (taken.size > 0) {
    const system = (await findSystemById(tx.db, source.systemId))?.system_name ?? '';
    const qualified = wanted.map((key) => (taken.has(key) ? qualifiedKey(system, key) : key));
    for (const key of await findTakenKeys(tx.db, entity, qualified)) taken.add(key);
    for (const [index, key] of qualified.entries()) wanted[index] = key;
  }
  const named: JsonObject[] = [];
  for (const [index, row] of rows.entries()) {
    const original = wanted[index] ?? '';
    let key = original;
    // Asked one by one: that a key is taken even so is rare.
    for (let n = 2; taken.has(key); n += 1) {
      key = `${original.slice(0, longestKey - String(n).length - 1)}~${n}`;
      for (const known of await findTakenKeys(tx.db, entity, [key])) taken.add(known);
    }
    taken.add(key);
    named.push({ ...row, [column]: key });
  }
  return withFreeIds ? withFreeIds(tx.db, named, source) : named;
}
