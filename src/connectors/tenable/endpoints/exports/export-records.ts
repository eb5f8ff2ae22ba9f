/** Elements of export chunks as records, with the id that the natural key of the thing makes. */
import { isJsonObject, type Json, type JsonObject } from '../../../../platform/values/index.ts';
import type { ExternalRecord } from '../../../kit/index.ts';
import { recordsOfJsonArray, type RepeatedObjects } from '../../../../platform/http/index.ts';
import { contextOfAsset } from '../../asset-context/business-tags.ts';
import type { ExportKind } from './export-filters.ts';

function word(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function inner(record: JsonObject, name: string): JsonObject {
  const value = record[name];
  return isJsonObject(value) ? value : {};
}

/**
 * A finding's id: `asset:plugin:port:protocol`, as Tenable defines one (decision 0020). Not
 * `finding_id`, which older records lack. A part that is missing is empty; such a record fails its mapping and is held.
 */
function findingId(raw: JsonObject): string {
  const port = inner(raw, 'port');
  const parts = [inner(raw, 'asset')['uuid'], inner(raw, 'plugin')['id'], port['port'], port['protocol']];
  return parts.map((part) => word(part).toLowerCase()).join(':');
}

/**
 * A result of an audit check. Its id is of asset, audit file and check (decision 0008); the references, objects
 * there, are reported as files have them (`800-53|AC-3`), and name and version of the benchmark as one.
 */
function resultRecord(raw: JsonObject): ExternalRecord {
  const references = Array.isArray(raw['reference']) ? raw['reference'] : [];
  const named = references.flatMap((each) =>
    isJsonObject(each) ? [`${word(each['framework'])}|${word(each['control'])}`] : [],
  );
  const benchmark = [word(raw['compliance_benchmark_name']), word(raw['compliance_benchmark_version'])];
  return {
    externalId: [raw['asset_uuid'], raw['audit_file'], raw['check_id']].map((part) => word(part)).join(':'),
    raw: { ...raw, references: named, benchmark: benchmark.filter((part) => part !== '').join(' ') },
  };
}

/** The record that an element of a chunk is. */
export function toRecord(
  kind: ExportKind,
  raw: JsonObject,
  businessCategories: readonly string[],
): ExternalRecord {
  if (kind === 'compliance') return resultRecord(raw);
  if (kind === 'vulns') return { externalId: findingId(raw), raw };
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

/** The records of a chunk, one by one as its bytes come in. @param plugins those of the findings read so far. */
export async function* recordsOfChunk(
  kind: ExportKind,
  body: AsyncIterable<Uint8Array>,
  known: { readonly businessCategories: readonly string[]; readonly plugins: RepeatedObjects },
): AsyncGenerator<ExternalRecord, void, undefined> {
  const options = kind === 'vulns' ? { repeated: known.plugins } : {};
  for await (const raw of recordsOfJsonArray(body, options))
    yield toRecord(kind, raw, known.businessCategories);
}
