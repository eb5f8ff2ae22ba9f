import { entity as definitionOf, type LinkedEntity } from '../../record/entities/index.ts';
import { hash } from 'node:crypto';
import type { Change } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import type { OutboxRow } from '../outbox/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import type { EntityType } from '../../canonical/vocabulary/index.ts';

/** Canonical fields in the remote's spelling. @throws TielineError MAPPING_INVALID naming the field that has no way out. */
function spelledOut(system: ConnectedSystem, entity: string, fields: JsonObject): JsonObject {
  const mapped = compileMappings(system.mappings, entity).outbound(fields);
  if (mapped.ok) return mapped.raw;
  throw new TielineError('MAPPING_INVALID', `A ${entity} cannot be written in the words of ${system.name}.`, {
    fields: mapped.faults,
  });
}

/** A digest of how the entity is written in the words of the system: what was refused may be taken under another. */
export function outboundEdition(system: ConnectedSystem, entity: string): string {
  const outward = system.mappings.filter(
    (mapping) => mapping.entityType === entity && mapping.direction !== 'inbound',
  );
  return hash('sha1', JSON.stringify(outward));
}

/** Whether what a row says can be written in the words of the system. */
export function isSpellable(
  system: ConnectedSystem,
  { entity, payload }: { readonly entity: string; readonly payload: JsonObject },
): boolean {
  const own = ownFields(entity, payload);
  return definitionOf(entity).kind === 'sent' || compileMappings(system.mappings, entity).outbound(own).ok;
}

/** The values that the remote was believed to have, in its spelling where they can be expressed so; only the connector reads them. */
function believed(system: ConnectedSystem, row: OutboxRow): Pick<Change, 'before'> {
  if (row.change_kind === 'create' || row.before_values === null || isSentOnly(row.entity_type)) return {};
  const mapped = compileMappings(system.mappings, row.entity_type).outbound(row.before_values);
  return mapped.ok ? { before: mapped.raw } : {};
}

const isSentOnly = (entity: string): boolean => definitionOf(entity).kind === 'sent';

/** Which records inside of a new one go out with it, in a field of its payload. */
function childrenOf(entity: string): LinkedEntity['outbound']['children'] {
  const definition = definitionOf(entity);
  return definition.kind === 'linked' ? definition.outbound.children : undefined;
}

/** The payload without the records inside of it. */
function ownFields(entity: string, payload: JsonObject): JsonObject {
  const { [childrenOf(entity)?.field ?? '']: _children, ...own } = payload;
  return own;
}

/** The change that an outbox row represents, as a connector takes it. */
export function changeOf(system: ConnectedSystem, row: OutboxRow): Change {
  const own = ownFields(row.entity_type, row.payload);
  const inside = childrenOf(row.entity_type);
  const listed = inside && row.payload[inside.field];
  const children = (Array.isArray(listed) ? listed : []).filter((each) => isJsonObject(each));
  return {
    kind: row.change_kind,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    ...(row.parent_external_id === null ? {} : { parentId: row.parent_external_id }),
    ...(row.base_version === null ? {} : { version: row.base_version }),
    idempotencyKey: row.idempotency_key,
    ...believed(system, row),
    // What is only sent has no mapping: its fields are the connector's own words.
    fields: isSentOnly(row.entity_type) ? own : spelledOut(system, row.entity_type, own),
    ...(inside === undefined || children.length === 0
      ? {}
      : {
          children: [
            {
              entity: inside.entity,
              records: children.map((each) => spelledOut(system, inside.entity, each)),
            },
          ],
        }),
  };
}

/** A record's parent, where the record's changes are sent in the parent's order and move the parent's version. */
export function parentOf(row: Pick<OutboxRow, 'entity_type'>): EntityType | undefined {
  const definition = definitionOf(row.entity_type);
  return definition.kind === 'linked' && definition.outbound.orderWith === 'parent'
    ? definition.parent?.entity
    : undefined;
}
