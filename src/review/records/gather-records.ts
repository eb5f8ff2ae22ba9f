/** Reads records as an edit of them is judged: rows, versions, both sides, open conflicts and findings. */
import type { Kysely } from 'kysely';
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import {
  fetchBoundariesOf,
  fetchRows,
  inCanonicalWords,
  type LinkedEntityName,
} from '../../record/entities/index.ts';
import { countOpenUnder, listPromisedDays } from '../../record/poams/index.ts';
import { listHeldFields } from '../../ledger/conflicts/index.ts';
import type { EditedRecord } from './decide-edit.ts';
import { type ConnectionRules, listSides } from './record-rules.ts';
import { versionOf } from './record-version.ts';

/** Entities that people may edit here. */
export const editableEntities = ['poam', 'milestone', 'asset_context', 'system'] as const;
export type EditableEntity = (typeof editableEntities)[number];

/** Those of the records that there are in the scope, by our id. */
export async function gatherRecords(
  db: Kysely<Database>,
  scope: Scope,
  asked: {
    readonly entity: LinkedEntityName;
    readonly ids: readonly string[];
    readonly rules: ReadonlyMap<number, ConnectionRules>;
  },
): Promise<ReadonlyMap<string, EditedRecord>> {
  const { entity, rules } = asked;
  const boundaries = await fetchBoundariesOf(db, entity, asked.ids);
  const ids = [...boundaries].flatMap(([id, system]) => (isWithin(scope, system) ? [id] : []));
  const rows = await fetchRows(db, entity, ids);
  const sides = await listSides(db, entity, ids, rules);
  const held = await listHeldFields(db, entity, ids);
  const openFindings: ReadonlyMap<string, number> =
    entity === 'poam' ? await countOpenUnder(db, ids) : new Map();
  const promised = entity === 'milestone' ? await listPromisedDays(db, ids) : new Map<string, string>();
  return new Map(
    ids.map((entityId) => {
      const row = rows.get(entityId)?.row ?? {};
      return [
        entityId,
        {
          entity,
          entityId,
          boundary: boundaries.get(entityId) ?? null,
          row: inCanonicalWords(entity, row),
          version: versionOf(entity, row),
          sides: sides.get(entityId) ?? [],
          held: held.get(entityId) ?? [],
          openFindings: openFindings.get(entityId) ?? 0,
          promised: promised.get(entityId) ?? null,
        },
      ];
    }),
  );
}
