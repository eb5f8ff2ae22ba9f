/** What is known of a conflict when a person looks at it or decides: what it can be settled by, and by which rules. */
import type { Kysely } from 'kysely';
import {
  type EntityPolicy,
  lookUpPolicy,
  mayGoOut,
  noRecord,
  type RecordFacts,
} from '../../canonical/policy/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import type { ConflictRow } from '../../engine/conflicts/index.ts';
import { findSystemById } from '../../ledger/external-systems/index.ts';
import { isLinked, linkedEntity } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { ConflictAtHand } from '../../engine/merge/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';

export interface ConflictFacts extends ConflictAtHand {
  readonly policies: readonly EntityPolicy[];
  /** What policies ask of the record. */
  readonly record: RecordFacts;
}

/** Looks up, once for each external system, what its conflicts can be settled by. */
export function factsReader(
  app: Pick<App, 'modules'>,
  db: Kysely<Database>,
): (conflict: ConflictRow) => Promise<ConflictFacts> {
  const known = new Map<number, ReturnType<typeof rulesOf>>();
  async function rulesOf(systemId: number) {
    const system = await findSystemById(db, systemId);
    return {
      declared: app.modules.get(system?.system_type ?? '')?.declaration.entities,
      policies: await fetchPolicies(db, systemId),
      mappings: await fetchMappings(db, systemId),
    };
  }
  return async (conflict) => {
    const { entity, field, type, systemId } = conflict;
    const base = { type, entity, field, isOutbound: conflict.internal !== null };
    if (systemId === null || !isLinked(entity))
      return { ...base, canBeMade: false, canBeCancelled: false, policies: [], record: noRecord };
    const rules = known.get(systemId) ?? rulesOf(systemId);
    known.set(systemId, rules);
    const { declared, policies, mappings } = await rules;
    const factsOf = await readRecordFacts(db, policies, entity, [conflict.entityId]);
    const record = factsOf(conflict.entityId);
    const goesOut = (name: string): boolean =>
      lookUpPolicy(policies, entity, name, record).direction !== 'inbound';
    return {
      ...base,
      canBeMade:
        linkedEntity(entity).atEnd.composed &&
        (declared?.[entity]?.create ?? false) &&
        mayGoOut(policies, { entity, kind: 'create', fields: [] }, record),
      canBeCancelled:
        linkedEntity(entity).atEnd.composed &&
        goesOut('status') &&
        compileMappings(mappings, entity).sendable.has('status'),
      policies,
      record,
    };
  };
}
