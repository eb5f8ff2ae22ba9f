import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { identifiersOfComponent } from '../../model/identifiers.ts';
import type { ComponentRecord } from '../../model/records.ts';
import { replaceComponentIdentifiers } from '../../store/components.ts';
import type { NegotiatedEntity } from '../../store/negotiated.ts';
import { recordTakenOff, type AssetLists } from '../../store/departures.ts';
import { addPoamAssets, addPoamCves, findUnknownAssets } from '../../store/poams.ts';
import { saveImpactLevels } from '../../store/systems.ts';
import type { Tx } from '../../store/transaction.ts';

export interface RecordOfRow {
  readonly entityId: string;
  readonly record: JsonObject;
  /** The remote's record as it was read before; absent where it is read for the first time. */
  readonly before?: Json | undefined;
}

const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Our ids of records, after what lies beside their rows was renewed. */
export interface Renewed {
  /** Something changed. */
  readonly changed: ReadonlySet<string>;
  /** Machines that a record names and that are not known here yet: the same report says more when they are. */
  readonly waitsFor: ReadonlyMap<string, readonly string[]>;
}

const nothing: ReadonlySet<string> = new Set();
const noWaiting: Renewed['waitsFor'] = new Map();

/**
 * Brings the tables beside the row up to date: impact levels, identifiers, the assets and CVEs of a POA&M.
 * Assets and CVEs of both sides are joined, member by member; an asset that a person took off the remote's list stays off.
 */
export async function renewDetails(
  tx: Tx,
  entity: NegotiatedEntity,
  source: { readonly systemId: number; readonly operationId: string },
  records: readonly RecordOfRow[],
): Promise<Renewed> {
  switch (entity) {
    case 'system': {
      const levels = records.map(({ entityId, record }) => ({
        system_id: entityId,
        confidentiality_impact: record['confidentiality_impact'],
        integrity_impact: record['integrity_impact'],
        availability_impact: record['availability_impact'],
      }));
      return { changed: await saveImpactLevels(tx.db, levels), waitsFor: noWaiting };
    }
    case 'component': {
      const components = records.map(({ entityId, record }) => ({
        componentId: Number(entityId),
        identifiers: identifiersOfComponent(record as unknown as ComponentRecord), // validated by its schema
      }));
      return { changed: await replaceComponentIdentifiers(tx.db, components), waitsFor: noWaiting };
    }
    case 'poam':
      return renewPoams(tx, source, records);
    case 'control':
    case 'milestone':
    case 'acceptance':
    case 'asset_context':
      return { changed: nothing, waitsFor: noWaiting };
  }
}

async function renewPoams(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  records: readonly RecordOfRow[],
): Promise<Renewed> {
  const named = (field: 'affected_assets' | 'cves') =>
    records.flatMap(({ entityId, record }) =>
      words(record[field]).map((value) => ({ poamId: entityId, value })),
    );
  await recordTakenOff(tx.db, source, records.flatMap(listsOf));
  const assets = await addPoamAssets(tx.db, named('affected_assets'));
  const cves = await addPoamCves(tx.db, named('cves'));
  return {
    changed: new Set([...assets, ...cves]),
    waitsFor: await findUnknownAssets(tx.db, named('affected_assets')),
  };
}

/** The remote's list of machines as it was and is, where both were read and it has moved. */
function listsOf({ entityId, record, before }: RecordOfRow): AssetLists[] {
  if (!isJsonObject(before) || record['affected_assets'] === undefined) return [];
  const [was, is] = [words(before['affected_assets']), words(record['affected_assets'])];
  const isSame = was.length === is.length && was.every((asset) => is.includes(asset));
  return isSame ? [] : [{ poamId: entityId, was, is }];
}
