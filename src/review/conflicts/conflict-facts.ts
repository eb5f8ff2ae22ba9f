/** What is known of a conflict when a person looks at it or decides: what it can be settled by, and by which rules. */
import type { Kysely } from 'kysely';
import type { EntityType } from '../../connectors/kit/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { type EntityPolicy, lookUpPolicy, mayGoOut } from '../../canonical/policy/index.ts';
import type { ConflictRow } from '../../engine/conflicts/index.ts';
import { findSystemById } from '../../ledger/external-systems/index.ts';
import { type NegotiatedEntity, negotiatedShapes } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { ConflictAtHand } from '../../engine/merge/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';

export const isNegotiated = (entity: string): entity is NegotiatedEntity => entity in negotiatedShapes;

/**
 * What a record of ours becomes when it ends with the remote's. Entities whose record has no word for that end by their link
 * alone. `made`: whether Tieline can compose one to be made at a remote.
 */
export const endings: Readonly<
  Record<NegotiatedEntity, { readonly ended: JsonObject; readonly made: boolean }>
> = {
  poam: { ended: { status: 'Cancelled' }, made: true },
  milestone: { ended: { status: 'Cancelled' }, made: false },
  acceptance: { ended: { status: 'withdrawn' }, made: false },
  system: { ended: {}, made: false },
  component: { ended: {}, made: false },
  control: { ended: {}, made: false },
  asset_context: { ended: {}, made: false },
};

export interface ConflictFacts extends ConflictAtHand {
  readonly policies: readonly EntityPolicy[];
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
    if (systemId === null || !isNegotiated(entity))
      return { ...base, canBeMade: false, canBeCancelled: false, policies: [] };
    const rules = known.get(systemId) ?? rulesOf(systemId);
    known.set(systemId, rules);
    const { declared, policies, mappings } = await rules;
    const goesOut = (name: string): boolean => lookUpPolicy(policies, entity, name).direction !== 'inbound';
    return {
      ...base,
      canBeMade:
        endings[entity].made &&
        (declared?.[entity as EntityType]?.create ?? false) &&
        mayGoOut(policies, { entity, kind: 'create', fields: [] }),
      canBeCancelled:
        endings[entity].made && goesOut('status') && compileMappings(mappings, entity).sendable.has('status'),
      policies,
    };
  };
}
