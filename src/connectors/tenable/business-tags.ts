/**
 * What the business says of an asset (criticality, environment, …), kept in Tenable as tags of agreed categories: the one
 * place there that every edition has, that analysts filter by, and that the public API reads and writes. Custom
 * attributes were rejected: ten a container, defined by an administrator, and shown by one kind of export only.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TielineError } from '../../errors/tieline-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { FieldMapping, Transform } from '../../model/mapping.ts';
import type { Change, ConnectorContext, ExternalRecord, WriteResult } from '../kit/contract.ts';
import { requestMayHaveArrived } from '../kit/transport-failure.ts';
import type { TenableSettings } from './settings.ts';
import { assign, ensureTagValue, findAssetTags, sameText, waitUntilVisible } from './tags.ts';
import type { TenableApi } from './tenable-api.ts';

const text: Transform = { kind: 'text' };
const trim: Transform = { kind: 'trim' };
const list: Transform = { kind: 'list' };

const row = (category: string, internalField: string, transforms: readonly Transform[]): FieldMapping => ({
  entityType: 'asset_context',
  externalField: `tags.${category}`,
  internalField,
  direction: 'bidirectional',
  transforms,
  required: false,
});

/** Of a field with one value, two tags of its category are a value that cannot be mapped: a person is told. */
export const businessTagMappings: readonly FieldMapping[] = [
  {
    entityType: 'asset_context',
    externalField: 'asset',
    internalField: 'scanner_asset_id',
    direction: 'inbound',
    transforms: [text],
    required: true,
  },
  row('Business Criticality', 'business_criticality', [text, trim]),
  row('Cost Center', 'cost_center', [text, trim]),
  row('Environment', 'environment', [text, trim]),
  row('Compliance Scope', 'compliance_scope', [list]),
  row('Data Classification', 'data_classification', [text, trim]),
  row('Network Zone', 'network_zone', [text, trim]),
];

interface Tag {
  readonly category: string;
  readonly value: string;
  readonly valueUuid: string;
}

/**
 * The business tags of an asset as a record: `{asset, tags: {CATEGORY: null | value | [values]}}`, each agreed category named.
 * The version is a digest of them, since Tenable has none for tags.
 */
function contextRecord(
  assetUuid: string,
  tags: readonly Pick<Tag, 'category' | 'value'>[],
  categories: readonly string[],
): ExternalRecord {
  const byCategory = Object.fromEntries(
    categories.map((category): [string, Json] => {
      const values = tags.filter((tag) => sameText(tag.category, category)).map((tag) => tag.value);
      return [
        category,
        values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : values.toSorted(),
      ];
    }),
  );
  const version = createHash('sha256').update(JSON.stringify(byCategory)).digest('hex').slice(0, 32);
  return { externalId: assetUuid, version, raw: { asset: assetUuid, tags: byCategory } };
}

/** What an element of an asset export says of the asset's business; undefined where it lists no tags. */
export function contextOfAsset(raw: JsonObject, categories: readonly string[]): ExternalRecord | undefined {
  const { id, tags } = raw;
  if (typeof id !== 'string' || !Array.isArray(tags)) return undefined;
  const named = tags.flatMap((tag) =>
    isJsonObject(tag) && typeof tag['key'] === 'string' && typeof tag['value'] === 'string'
      ? [{ category: tag['key'], value: tag['value'] }]
      : [],
  );
  return contextRecord(id.toLowerCase(), named, categories);
}

const assigned = z.object({
  tags: z.array(z.looseObject({ value_uuid: z.string(), category_name: z.string(), value: z.string() })),
});

async function fetchTags(
  api: TenableApi,
  assetUuid: string,
  signal: AbortSignal,
): Promise<Tag[] | undefined> {
  const found = await findAssetTags(api, assetUuid, signal);
  if (!found) return undefined;
  return assigned
    .parse(found.raw)
    .tags.map((tag) => ({ category: tag.category_name, value: tag.value, valueUuid: tag.value_uuid }));
}

export async function findBusinessTags(
  api: TenableApi,
  categories: readonly string[],
  assetUuid: string,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const tags = await fetchTags(api, assetUuid, signal);
  return tags && contextRecord(assetUuid, tags, categories);
}

/** The rules of the vendor's platform OpenAPI: at most 50 characters, no comma. */
const tagText = z
  .string()
  .trim()
  .min(1)
  .max(50, 'is longer than the 50 characters of a Tenable tag')
  .regex(/^[^,]*$/, 'contains a comma, which a Tenable tag cannot');
const wantedTags = z.object({ tags: z.record(z.string(), z.union([z.null(), tagText, z.array(tagText)])) });

/**
 * Makes the tags of the named categories on one asset just these: adds what is missing, takes off what is too much. Other
 * categories are left alone. Confirmed when the asset shows them.
 */
export async function writeBusinessTags(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const parsed = wantedTags.safeParse(change.fields);
  if (!parsed.success)
    return {
      outcome: 'rejected',
      message: 'The values cannot be tags of Tenable; nothing was sent.',
      fields: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
    };
  const asset = change.externalId ?? '';
  const categories = context.settings.business_tag_categories;
  try {
    const present = await fetchTags(api, asset, signal);
    if (!present) return { outcome: 'missing', message: `Tenable does not know ${asset}.` };
    const current = contextRecord(asset, present, categories);
    // Decided without a sight of the tags: there were none then.
    const known = change.version ?? contextRecord(asset, [], categories).version;
    if (known !== current.version)
      return { outcome: 'conflict', message: 'The tags were changed in Tenable meanwhile.', current };
    for (const [category, value] of Object.entries(parsed.data.tags)) {
      const refusal = await settleCategory(
        api,
        context,
        { asset, category, present, wanted: asValues(value) },
        signal,
      );
      if (refusal) return refusal;
    }
    const record = await findBusinessTags(api, categories, asset, signal);
    return record
      ? { outcome: 'confirmed', record }
      : { outcome: 'missing', message: `Tenable no longer knows ${asset}.` };
  } catch (error) {
    if (signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

const asValues = (value: null | string | readonly string[]): readonly string[] =>
  value === null ? [] : typeof value === 'string' ? [value] : value;

interface CategoryChange {
  readonly asset: string;
  readonly category: string;
  readonly present: readonly Tag[];
  readonly wanted: readonly string[];
}

/** @returns why it could not be done, or undefined. */
async function settleCategory(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  { asset, category, present, wanted }: CategoryChange,
  signal: AbortSignal,
): Promise<WriteResult | undefined> {
  const ofCategory = present.filter((tag) => sameText(tag.category, category));
  const missing = wanted.filter((value) => !ofCategory.some((tag) => sameText(tag.value, value)));
  const surplus = ofCategory.filter((tag) => !wanted.some((value) => sameText(tag.value, value)));
  const steps: { readonly action: 'add' | 'remove'; readonly uuid: string; readonly value: string }[] = [];
  for (const value of missing) {
    const ensured = await ensureTagValue(api, category, value, signal);
    if ('refused' in ensured)
      return {
        outcome: 'rejected',
        message: ensured.refused,
        fields: [{ field: `tags.${category}`, message: ensured.refused }],
      };
    steps.push({ action: 'add', uuid: ensured.tag.uuid, value });
  }
  steps.push(...surplus.map((tag) => ({ action: 'remove' as const, uuid: tag.valueUuid, value: tag.value })));
  for (const { action, uuid, value } of steps) {
    const tag = { uuid, category_name: category, value };
    const unknown = await assign(api, action, tag, [asset], signal);
    if (unknown.length > 0) return { outcome: 'missing', message: `Tenable does not know ${asset}.` };
    const unseen = await waitUntilVisible(
      api,
      context,
      { tag, isPresent: action === 'add', assets: [asset] },
      signal,
    );
    if (unseen.length > 0)
      return {
        outcome: 'unknown',
        message: `The tag "${value}" was sent but is not yet as wanted on ${asset}.`,
      };
  }
  return undefined;
}
