/** What a page leaves to a person: fields that both sides edited, things that the remote has twice, values that no mapping takes. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { type ConflictToRecord, listSettledFaults, recordConflicts } from '../../ledger/conflicts/index.ts';
import type { HeldRecord } from '../../ledger/operations/index.ts';
import { fetchLinks, listReplacedLinks } from '../../ledger/links/index.ts';
import { findTwins, linkedEntity, type LinkedEntityName, type Twin } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { InboundDecision } from '../merge/index.ts';

export function conflictsOf(
  entity: LinkedEntityName,
  one: {
    readonly entityId: string;
    readonly decision: InboundDecision;
    readonly each: { readonly external: ExternalRecord };
    /** As it was before this page touched it. */
    readonly stored: { readonly row: JsonObject } | undefined;
    /** When both sides last agreed on the record. */
    readonly agreedAt: Date | undefined;
  },
): ConflictToRecord[] {
  return one.decision.conflicts.map((conflict) => ({
    entity,
    entityId: one.entityId,
    type: 'field_mismatch',
    field: conflict.field,
    base: conflict.base ?? null,
    internal: conflict.internal ?? null,
    external: conflict.external ?? null,
    internalChangedAt: lastEdited(one.stored?.row, one.agreedAt),
    externalChangedAt: one.each.external.changed?.at ?? null,
    externalChangedBy: one.each.external.changed?.by?.slice(0, 255) ?? null,
  }));
}

/**
 * When our row was last edited, where its stamp says so: one that is not later than the last agreement was set by Tieline, and
 * whoever edited the row since (by SQL, say) has left it as it was.
 */
function lastEdited(row: JsonObject | undefined, agreedAt: Date | undefined): string | null {
  const stamp = row?.['updated_at'];
  if (typeof stamp !== 'string' || agreedAt === undefined) return null;
  const at = new Date(/(Z|[+-]\d{2}(:?\d{2})?)$/.test(stamp) ? stamp : `${stamp}Z`);
  return at > agreedAt ? at.toISOString() : null;
}

/** Those of the records that become new rows that the remote has under another id too, or that were the same row as another until now. */
export async function findTwinsOf(
  tx: Tx,
  entity: LinkedEntityName,
  systemId: number,
  created: readonly { readonly external: ExternalRecord; readonly record: JsonObject }[],
): Promise<readonly Twin[]> {
  const replaced = await listReplacedLinks(
    tx.db,
    { systemId, entity },
    created.map(({ external }) => external.externalId),
  );
  const parted = replaced.map(({ externalId, entityId, otherId }): Twin => ({
    index: created.findIndex(({ external }) => external.externalId === externalId),
    entityId,
    externalId: otherId,
  }));
  const { twins: areTwins, twinField } = linkedEntity(entity);
  if (areTwins === 'none') return parted;
  const asked = created.flatMap(({ external, record }, index) =>
    twinField !== undefined && (record[twinField] ?? null) === null
      ? []
      : [{ index, record: { ...record, external_system_id: systemId, external_id: external.externalId } }],
  );
  const records = asked.map(({ record }) => record);
  const twins = await findTwins(tx.db, entity, systemId, records);
  const byKey = twins.map((twin) => ({ ...twin, index: asked[twin.index]?.index ?? -1 }));
  return [...parted, ...byKey.filter(({ index }) => parted.every((one) => one.index !== index))];
}

export function duplicateConflict(entity: LinkedEntityName, twin: Twin, entityId: string): ConflictToRecord {
  return {
    entity,
    entityId,
    type: 'duplicate',
    internal: { same_as: twin.entityId },
    external: { same_as: twin.externalId },
  };
}

/**
 * A record with a value that cannot be mapped is held whole; a person is notified by a conflict: for a linked one, and for a POA&M in any case,
 * since others wait for it (`poams/unread-poams.ts`). One that a person has settled with the same fault is not shown again.
 * @returns the held records that a person decided to leave as they were last read: they are not faults of this read.
 */
export async function recordUnmappable(
  tx: Tx,
  entity: LinkedEntityName,
  source: { readonly systemId: number; readonly operationId: string },
  held: readonly HeldRecord[],
): Promise<readonly HeldRecord[]> {
  const unmapped = held.filter((each) => each.type === 'mapping' && each.identifier !== '');
  if (unmapped.length === 0) return [];
  const links = await fetchLinks(
    tx.db,
    source.systemId,
    entity,
    unmapped.map((each) => each.identifier),
  );
  const idOf = ({ identifier }: HeldRecord): string | undefined =>
    links.get(identifier)?.entity_id ?? (linkedEntity(entity).awaited ? identifier : undefined);
  const conflicts = unmapped.flatMap((each): ConflictToRecord[] => {
    const entityId = idOf(each);
    return entityId === undefined
      ? []
      : [{ entity, entityId, type: 'unmappable_value', external: each.message }];
  });
  const settled = await listSettledFaults(
    tx.db,
    { ...source, entity },
    conflicts.map((conflict) => conflict.entityId),
  );
  await recordConflicts(
    tx.db,
    source,
    conflicts.filter(
      ({ entityId, external }) => !settled.some((one) => one.entityId === entityId && one.fault === external),
    ),
  );
  return unmapped.filter((each) =>
    settled.some((one) => one.isLeft && one.entityId === idOf(each) && one.fault === each.message),
  );
}
