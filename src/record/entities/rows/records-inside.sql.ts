import { sql, type Kysely } from 'kysely';
import { type Database, isKeyAmong } from '../../../platform/postgres/index.ts';
import { isLinked, linkedEntity, listLinkedEntities } from '../define-entity.ts';

export interface RecordKey {
  readonly entity: string;
  readonly entityId: string;
}

/** A record and everything inside it, at any depth: all that a system has, the milestones of a POA&M. */
export async function listWithContents(db: Kysely<Database>, record: RecordKey): Promise<RecordKey[]> {
  const found = [record];
  for (let around: readonly RecordKey[] = [record]; around.length > 0;) {
    around = await listInside(db, around);
    found.push(...around);
  }
  return found;
}

async function listInside(db: Kysely<Database>, around: readonly RecordKey[]): Promise<RecordKey[]> {
  const inside: RecordKey[] = [];
  for (const { name, row, parent } of listLinkedEntities()) {
    const ids = around.flatMap(({ entity, entityId }) => (entity === parent?.entity ? [entityId] : []));
    if (!parent || !isLinked(parent.entity) || ids.length === 0) continue;
    const { keyKind } = linkedEntity(parent.entity).row;
    const { rows } = await sql<RecordKey>`
      select distinct ${name}::text as entity, t.${sql.ref(row.key)}::text as "entityId"
        from ${sql.table(row.table)} t where ${isKeyAmong(`t.${parent.column}`, keyKind, ids)}`.execute(db);
    inside.push(...rows);
  }
  return inside;
}
