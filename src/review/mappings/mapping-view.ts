/** Mappings and policies of a connection for reading: which field is which, what is done to it on the way, and who decides it. */
import {
  type EntityPolicy,
  lookUpPolicy,
  needsApproval,
  noRecord,
  policyFilterLine,
  policyWords,
} from '../../canonical/policy/index.ts';
import { compareMappings, mappingKey, transformWords } from '../../canonical/mapping/index.ts';
import { fetchMappings, fetchSystem, listSystemFacts, moduleFor } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import type { App } from '../../engine/run/index.ts';
import { isEntity, isLinked } from '../../record/entities/index.ts';

type Direction = 'inbound' | 'outbound' | 'bidirectional';

export interface MappedField {
  /** Where the remote has it. */
  readonly external: string;
  readonly internal: string;
  /** Which way the mapping carries it. */
  readonly direction: Direction;
  /** The steps of the translation in words, from there to here. */
  readonly transforms: readonly string[];
  /** A record without it is not imported. */
  readonly isRequired: boolean;
  /** Not as the connector brings it. */
  readonly differs: boolean;
  /** Who decides the field, in words; null of what is not merged field by field. */
  readonly policy: { readonly words: string; readonly decidedBy: string } | null;
}

export interface MappedEntity {
  readonly entity: string;
  readonly fields: readonly MappedField[];
  /** When a person is asked before a change goes out, in words; null of what does not go out. */
  readonly approval: string | null;
  /** To which records the policy of the entity is limited, as a filter: what `fields` and `approval` say holds for these. Null: all. */
  readonly limitedTo: string | null;
}

export interface ConnectionMappings {
  readonly connection: string;
  readonly type: string;
  readonly entities: readonly MappedEntity[];
  /** The policy that holds where no entity has one of its own, in words. */
  readonly usual: string;
}

const listed = (words: readonly string[]): string => words.join(', ');

/** When approval is asked for changes of an entity. */
function approvalWords(policies: readonly EntityPolicy[], entity: string): string {
  const own = policies.find((policy) => policy.entity === entity)?.approval;
  const approval = own === undefined ? policies.find((policy) => policy.entity === '*')?.approval : own;
  if (!approval) return 'Changes go out without being asked for.';
  const parts = [
    ...(approval.fields ? [`of ${listed(approval.fields)}`] : []),
    ...(approval.severities ? [`of severity ${listed(approval.severities)}`] : []),
  ];
  const isNewAsked = needsApproval(
    policies,
    { entity, kind: 'create', fields: [], severity: undefined },
    noRecord,
  );
  return parts.length === 0
    ? 'A person approves every change before it goes out.'
    : `A person approves changes ${parts.join(' and ')}${isNewAsked ? ', and new records,' : ''} before they go out.`;
}

/** @throws SYSTEM_UNKNOWN. */
export async function fetchConnectionMappings(app: App, connection: string): Promise<ConnectionMappings> {
  const row = await fetchSystem(app, connection);
  const installed = await fetchMappings(app.db, row.id);
  const kept = await fetchPolicies(app.db, row.id);
  // Of what is limited to some records, it is shown what holds for those.
  const policies = kept.map(({ filter: _limitedTo, ...policy }): EntityPolicy => policy);
  const { declaration } = moduleFor(app, row.system_type);
  const { added, changed } = compareMappings(declaration.mappings, installed);
  const other = new Set([...added, ...changed.map(({ after }) => after)].map(mappingKey));
  const policyOf = (entity: string, field: string, direction: Direction): MappedField['policy'] => {
    if (!isLinked(entity)) return null;
    const policy = lookUpPolicy(policies, entity, field, noRecord);
    // What is carried one way has one side that decides, whatever the policy says of both.
    return direction === 'bidirectional'
      ? { words: policyWords(policy, row.system_name), decidedBy: policy.decidedBy }
      : { words: policyWords({ ...policy, direction }, row.system_name), decidedBy: 'mapping' };
  };
  const goesOut = (entity: string): boolean => {
    const can = isEntity(entity) ? declaration.entities[entity] : undefined;
    return (can?.create ?? false) || (can?.update ?? false);
  };
  const entities = [...Map.groupBy(installed, ({ entityType }) => entityType)].map(
    ([entity, mappings]): MappedEntity => ({
      entity,
      fields: mappings.map((mapping) => ({
        external: mapping.externalField,
        internal: mapping.internalField,
        direction: mapping.direction,
        transforms: mapping.transforms.map(transformWords),
        isRequired: mapping.required,
        differs: other.has(mappingKey(mapping)),
        policy: policyOf(entity, mapping.internalField, mapping.direction),
      })),
      approval: goesOut(entity) ? approvalWords(policies, entity) : null,
      limitedTo: policyFilterLine(kept.find((policy) => policy.entity === entity)?.filter) || null,
    }),
  );
  return {
    connection: row.system_name,
    type: row.system_type,
    entities: entities.toSorted((a, b) => (a.entity < b.entity ? -1 : 1)),
    usual: policyWords(lookUpPolicy(policies, '*', '', noRecord), row.system_name),
  };
}

/** The connections that have mappings. */
export async function listMappedConnections(
  app: App,
): Promise<readonly { readonly connection: string; readonly type: string }[]> {
  return (await listSystemFacts(app)).flatMap(({ name, type }) =>
    app.modules.has(type) ? [{ connection: name, type }] : [],
  );
}
