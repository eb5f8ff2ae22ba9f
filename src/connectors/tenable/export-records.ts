/** Elements of export chunks as records, with the id that the natural key of the thing makes. */
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { ExternalRecord } from '../kit/contract.ts';
import { recordsOfJsonArray } from '../kit/json-array.ts';
import { contextOfAsset } from './business-tags.ts';
import type { ExportKind } from './export-filters.ts';

function word(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function inner(record: JsonObject, name: string): JsonObject {
  const value = record[name];
  return isJsonObject(value) ? value : {};
}

/**
 * A finding's id: `asset:plugin:port:protocol`, as Tenable defines one (reference/tenable.md section 5). Not
 * `finding_id`, which older records lack. A part that is missing is empty; such a record fails its mapping and is held.
 */
function findingId(raw: JsonObject): string {
  const port = inner(raw, 'port');
  const parts = [inner(raw, 'asset')['uuid'], inner(raw, 'plugin')['id'], port['port'], port['protocol']];
  return parts.map((part) => word(part).toLowerCase()).join(':');
}

/** The record that an element of a chunk is. */
export function toRecord(
  kind: ExportKind,
  raw: JsonObject,
  businessCategories: readonly string[],
): ExternalRecord {
  // A number of seconds in the vendor's schema, an ISO text in recorded traffic (reference/tenable.md, "Schema vs reality").
  if (kind === 'vulns') {
    const { indexed } = raw;
    return {
      externalId: findingId(raw),
      raw: typeof indexed === 'number' ? { ...raw, indexed: new Date(indexed * 1000).toISOString() } : raw,
    };
  }
  const timestamps = inner(raw, 'timestamps');
  const version = word(raw['updated_at'] ?? timestamps['updated_at']);
  const context = contextOfAsset(raw, businessCategories);
  return {
    externalId: word(raw['id']),
    ...(version === '' ? {} : { version }),
    raw,
    ...(context ? { children: [{ entity: 'asset_context', records: [context] }] } : {}),
  };
}

/** The records of a chunk, one by one as its bytes come in. */
export async function* recordsOfChunk(
  kind: ExportKind,
  body: AsyncIterable<Uint8Array>,
  businessCategories: readonly string[],
): AsyncGenerator<ExternalRecord, void, undefined> {
  for await (const raw of recordsOfJsonArray(body)) yield toRecord(kind, raw, businessCategories);
}
