import type { Tx } from '../../platform/postgres/index.ts';
import { entity, isEntity } from './define-entity.ts';

/**
 * What becomes of our rows when a person turned changes down that were to go out: as the definition of each entity says.
 * In the caller's transaction. @param changes those that were rejected or dropped, of whatever entity.
 */
export async function settleRejected(
  tx: Tx,
  source: { readonly systemId: number | null; readonly operationId: string },
  changes: readonly { readonly entity: string; readonly entityId?: string; readonly kind: string }[],
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  const creates = changes.filter(({ kind, entityId }) => kind === 'create' && entityId !== undefined);
  for (const [name, ofEntity] of Map.groupBy(creates, (change) => change.entity)) {
    const definition = isEntity(name) ? entity(name) : undefined;
    if (definition?.kind !== 'linked') continue;
    await definition.outbound.whenRejected?.(
      tx,
      source,
      ofEntity.flatMap(({ entityId }) => (entityId === undefined ? [] : [entityId])),
      decided,
    );
  }
}
