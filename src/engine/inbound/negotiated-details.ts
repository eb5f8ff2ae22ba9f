import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import { identifiersOfComponent } from '../../canonical/identity/index.ts';
import type { ComponentRecord } from '../../canonical/records/index.ts';
import { replaceComponentIdentifiers, saveImpactLevels } from '../../record/systems/index.ts';
import type { NegotiatedEntity } from '../../record/entities/index.ts';
import { addPoamAssets, addPoamCves, type AssetLists, recordTakenOff } from '../../record/poams/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

export interface RecordOfRow {
  readonly entityId: string;
  readonly record: JsonObject;
  /** The remote's record as it was read before; absent where it is read for the first time. */
  readonly before?: Json | undefined;
}

const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * Brings the tables beside the row up to date: impact levels, identifiers, the assets and CVEs of a POA&M.
 * Assets and CVEs of both sides are joined, member by member; an asset that a person took off the remote's list stays off.
 * @returns the entity ids of which something changed.
 */
export async function renewDetails(
  tx: Tx,
  entity: NegotiatedEntity,
  source: { readonly systemId: number; readonly operationId: string },
  records: readonly RecordOfRow[],
): Promise<ReadonlySet<string>> {
  switch (entity) {
    case 'system':
      return saveImpactLevels(
        tx.db,
        records.map(({ entityId, record }) => ({
          system_id: entityId,
          confidentiality_impact: record['confidentiality_impact'],
          integrity_impact: record['integrity_impact'],
          availability_impact: record['availability_impact'],
        })),
      );
    case 'component':
      return replaceComponentIdentifiers(
        tx.db,
        records.map(({ entityId, record }) => ({
          componentId: Number(entityId),
          identifiers: identifiersOfComponent(record as unknown as ComponentRecord), // validated by its schema
        })),
      );
    case 'poam': {
      await recordTakenOff(tx.db, source, records.flatMap(listsOf));
      const assets = await addPoamAssets(
        tx.db,
        records.flatMap(({ entityId, record }) =>
          words(record['affected_assets']).map((asset) => ({ poamId: entityId, value: asset })),
        ),
      );
      const cves = await addPoamCves(
        tx.db,
        records.flatMap(({ entityId, record }) =>
          words(record['cves']).map((cve) => ({ poamId: entityId, value: cve })),
        ),
      );
      return new Set([...assets, ...cves]);
    }
    case 'control':
    case 'milestone':
    case 'acceptance':
    case 'asset_context':
      return new Set();
  }
}

/** The remote's list of machines as it was and is, where both were read and it has moved. */
function listsOf({ entityId, record, before }: RecordOfRow): AssetLists[] {
  if (!isJsonObject(before) || record['affected_assets'] === undefined) return [];
  const [was, is] = [words(before['affected_assets']), words(record['affected_assets'])];
  const isSame = was.length === is.length && was.every((asset) => is.includes(asset));
  return isSame ? [] : [{ poamId: entityId, was, is }];
}
