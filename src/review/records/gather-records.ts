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
import { countMilestonesOf, findingsUnder, listPromisedDays } from '../../record/poams/index.ts';
import { listHeldFields } from '../../ledger/conflicts/index.ts';
import { evidenceOf, factsOf } from '../../modules/poams/index.ts';
import type { EditedRecord } from './decide-edit.ts';
import { isVerified } from './life/is-verified.ts';
import { type ConnectionRules, listSides } from './record-rules.ts';
import { versionOf } from './record-version.ts';

/** Entities that people may edit here. */
export const editableEntities = ['poam', 'milestone', 'asset_context', 'system', 'control'] as const;
export type EditableEntity = (typeof editableEntities)[number];

/** Those of the records that there are in the scope, by our id. */
export async function gatherRecords(
  db: Kysely<Database>,
  scope: Scope,
  asked: {
    readonly entity: LinkedEntityName;
    readonly ids: readonly string[];
    readonly rules: ReadonlyMap<number, ConnectionRules>;
    /** Whether the status of POA&Ms is to be judged: what their states ask is read too. */
    readonly withLife?: boolean;
  },
): Promise<ReadonlyMap<string, EditedRecord>> {
  const { entity, rules } = asked;
  const boundaries = await fetchBoundariesOf(db, entity, asked.ids);
  const ids = [...boundaries].flatMap(([id, system]) => (isWithin(scope, system) ? [id] : []));
  const rows = await fetchRows(db, entity, ids);
  const sides = await listSides(db, entity, ids, rules);
  const held = await listHeldFields(db, entity, ids);
  const lives = entity === 'poam' && asked.withLife === true ? await gatherLives(db, ids) : undefined;
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
          ...(lives === undefined ? {} : { life: lives(entityId) }),
          promised: promised.get(entityId) ?? null,
        },
      ];
    }),
  );
}

/** How many milestones each POA&M has, and whether all findings under it are fixed with evidence. */
async function gatherLives(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<(poamId: string) => NonNullable<EditedRecord['life']>> {
  const milestones = await countMilestonesOf(db, ids);
  const findings = Map.groupBy(await findingsUnder(db, ids), ({ poamId }) => poamId);
  return (poamId) => {
    const under = (findings.get(poamId) ?? []).map(factsOf);
    const evidence = under.filter(({ lifecycle }) => lifecycle === 'fixed').map(evidenceOf);
    return {
      milestones: milestones.get(poamId) ?? 0,
      isVerified: isVerified({ findings: under, evidence }),
    };
  };
}
