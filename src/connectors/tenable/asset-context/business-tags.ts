/**
 * What the business says about an asset (criticality, environment, …), kept in Tenable as tags of agreed categories: the one
 * place there that every edition has, that analysts filter by, and that exports show, so that it can be negotiated both ways.
 * Custom attributes (ten a container, defined by an administrator, shown by one kind of export only) and the criticality
 * rating are for who asks for them by a mapping, and only go out: `asset-context.ts`.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';
import type { FieldMapping, Transform } from '../../../canonical/mapping/index.ts';
import type { ConnectorContext, ExternalRecord, WriteResult } from '../../kit/index.ts';
import type { TenableSettings } from '../settings.ts';
import {
  assign,
  ensureTagValue,
  findAssetTags,
  sameText,
  waitUntilVisible,
} from '../endpoints/asset-tags.ts';
import type { TenableApi } from '../session.ts';

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

/** For a field with one value, two tags of its category are a value that cannot be mapped: a person is notified. */
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

export interface Tag {
  readonly category: string;
  readonly value: string;
  readonly valueUuid: string;
}

/**
 * The business tags of an asset as a record: `{asset, tags: {CATEGORY: null | value | [values]}}`, each agreed category named.
 * The version is a digest of them, since Tenable has none for tags.
 */
export function contextRecord(
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

/** What an element of an asset export says about the asset's business; undefined where it lists no tags. */
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

/** The tags of an asset; undefined if Tenable does not know it. */
export async function fetchTags(
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

/** The rules of the vendor's platform OpenAPI: at most 50 characters, no comma. */
const tagText = z
  .string()
  .trim()
  .min(1)
  .max(50, 'is longer than the 50 characters of a Tenable tag')
  .regex(/^[^,]*$/, 'contains a comma, which a Tenable tag cannot');
/** By category. */
export const wantedTags = z.record(z.string(), z.union([z.null(), tagText, z.array(tagText)]));

/**
 * Makes the tags of the named categories on one asset just these: adds what is missing, takes off what is too much. Other
 * categories are left alone. @returns why it could not be done, or undefined when the asset shows them.
 */
export async function settleTags(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  tags: {
    readonly asset: string;
    readonly present: readonly Tag[];
    readonly wanted: z.output<typeof wantedTags>;
  },
  signal: AbortSignal,
): Promise<WriteResult | undefined> {
  const { asset, present } = tags;
  for (const [category, value] of Object.entries(tags.wanted)) {
    const change = { asset, category, present, wanted: asValues(value) };
    const refusal = await settleCategory(api, context, change, signal);
    if (refusal) return refusal;
  }
  return undefined;
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
