import { hash } from 'node:crypto';
import type { Change } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import type { OutboxRow } from '../outbox/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';

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
  const { milestones: _children, ...own } = payload;
  return entity === 'asset_tag' || compileMappings(system.mappings, entity).outbound(own).ok;
}

/** What was believed to stand at the remote, in its spelling, as far as it can be said so: for the eye of the connector. */
function believed(system: ConnectedSystem, row: OutboxRow): Pick<Change, 'before'> {
  if (row.change_kind === 'create' || row.before_values === null || row.entity_type === 'asset_tag')
    return {};
  const mapped = compileMappings(system.mappings, row.entity_type).outbound(row.before_values);
  return mapped.ok ? { before: mapped.raw } : {};
}

/** The change that an outbox row stands for, as a connector takes it. */
export function changeOf(system: ConnectedSystem, row: OutboxRow): Change {
  const { milestones, ...own } = row.payload;
  const children = (Array.isArray(milestones) ? milestones : []).filter((each) => isJsonObject(each));
  return {
    kind: row.change_kind,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    ...(row.parent_external_id === null ? {} : { parentId: row.parent_external_id }),
    ...(row.base_version === null ? {} : { version: row.base_version }),
    idempotencyKey: row.idempotency_key,
    ...believed(system, row),
    // Tags have no mapping: category, value and assets are the connector's own words.
    fields: row.entity_type === 'asset_tag' ? own : spelledOut(system, row.entity_type, own),
    ...(children.length === 0
      ? {}
      : {
          children: [
            { entity: 'milestone', records: children.map((each) => spelledOut(system, 'milestone', each)) },
          ],
        }),
  };
}
