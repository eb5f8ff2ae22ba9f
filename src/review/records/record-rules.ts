/** What holds for the fields of a record: who decides each, which way it travels, whether a person may edit it here. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import {
  type EntityPolicy,
  type FieldPolicy,
  lookUpPolicy,
  type RecordFacts,
} from '../../canonical/policy/index.ts';
import { compileMappings, type FieldMapping } from '../../canonical/mapping/index.ts';
import { sentOnlyFields } from '../../canonical/record-fields/index.ts';
import { listRecordLinks, type RecordLink } from '../../ledger/links/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import { fetchMappings, takenBy } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import type { App } from '../../engine/run/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';

/** A connection that has records of an entity, and what is set for it. */
export interface ConnectionRules {
  readonly systemId: number;
  readonly systemType: string;
  readonly connection: string;
  readonly policies: readonly EntityPolicy[];
  /** Whether the remote takes new records of the entity. */
  readonly takesNew: boolean;
  /** Fields that a mapping sends out, and the remote takes a change of. */
  readonly sendable: ReadonlySet<string>;
  /** Fields that a mapping reads in. */
  readonly readable: ReadonlySet<string>;
}

/** The rules of every connection, by its id, for one entity. */
export async function fetchRules(
  app: Pick<App, 'modules'>,
  db: Kysely<Database>,
  entity: LinkedEntityName,
): Promise<ReadonlyMap<number, ConnectionRules>> {
  const rules = new Map<number, ConnectionRules>();
  for (const row of await listSystems(db)) {
    const declaration = app.modules.get(row.system_type)?.declaration;
    const taken = declaration ? takenBy(declaration, row.connection_config, entity) : undefined;
    const mappings = await fetchMappings(db, row.id);
    rules.set(row.id, {
      systemId: row.id,
      systemType: row.system_type,
      connection: row.system_name,
      policies: await fetchPolicies(db, row.id),
      takesNew: taken?.create ?? false,
      sendable: taken?.update ? compileMappings(mappings, entity).sendable : new Set(),
      readable: new Set(mappings.flatMap((each) => readField(each, entity) ?? [])),
    });
  }
  return rules;
}

const readField = (mapping: FieldMapping, entity: string): string | undefined =>
  mapping.entityType === entity && mapping.direction !== 'outbound' ? mapping.internalField : undefined;

/** A link of the record with the rules of its connection. */
export interface RecordSide {
  /** `isOwn`: of the record itself, not of its parent. */
  readonly link: RecordLink & { readonly isOwn: boolean };
  readonly rules: ConnectionRules;
  /** What policies ask of the record. */
  readonly facts: RecordFacts;
}

/** The sides of records, by our id: those that are linked to a connection that is there. */
export async function listSides(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityIds: readonly string[],
  rules: ReadonlyMap<number, ConnectionRules>,
): Promise<ReadonlyMap<string, readonly RecordSide[]>> {
  const { beforeEdits, parent } = linkedEntity(entity);
  // What is linked only when its edits are looked for goes to where its parent is linked.
  const isOwn = beforeEdits === undefined || parent === undefined;
  const links = await listRecordLinks(db, isOwn ? entity : parent.entity, entityIds);
  const policies = [...rules.values()].flatMap((each) => each.policies);
  const factsOf = await readRecordFacts(db, policies, entity, entityIds);
  const sides = links.flatMap((link) => {
    const ofConnection = rules.get(link.systemId);
    return ofConnection
      ? [{ link: { ...link, isOwn }, rules: ofConnection, facts: factsOf(link.entityId) }]
      : [];
  });
  return Map.groupBy(sides, ({ link }) => link.entityId);
}

/** Fields that people may edit at all: what a remote or Tieline calls the record is no such field. */
export function editableFields(entity: LinkedEntityName): string[] {
  const { fields, remoteId, ownId, twinField, decided = [] } = linkedEntity(entity);
  return fields.filter(
    (field) => field !== remoteId && field !== ownId && field !== twinField && !decided.includes(field),
  );
}

export const policyOf = (
  { rules, facts }: Pick<RecordSide, 'rules' | 'facts'>,
  entity: string,
  field: string,
): FieldPolicy => lookUpPolicy(rules.policies, entity, field, facts);

/** Why an edit of a field may not be made here, in words that name the owner; undefined where it may. */
export function whyNotEditable(
  entity: LinkedEntityName,
  field: string,
  sides: readonly RecordSide[],
): string | undefined {
  for (const side of sides) {
    const { rules } = side;
    const isInbound = policyOf(side, entity, field).direction === 'inbound';
    if (isInbound && !sentOnlyFields(entity).includes(field))
      return `${rules.connection} alone decides it, by policy`;
    if (rules.readable.has(field) && !rules.sendable.has(field))
      return `it is read from ${rules.connection}, which takes no change of it from here`;
  }
  return undefined;
}

/** Links over which an edit of these fields goes out with the next sync. */
export const sendingLinks = (
  entity: LinkedEntityName,
  fields: readonly string[],
  sides: readonly RecordSide[],
): number[] =>
  sides.flatMap((side) =>
    fields.some(
      (field) => side.rules.sendable.has(field) && policyOf(side, entity, field).direction !== 'inbound',
    )
      ? [side.link.linkId]
      : [],
  );
