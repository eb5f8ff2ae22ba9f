/**
 * What the business says about an asset, as Tenable keeps it: tags of agreed categories always, custom attributes and the criticality
 * rating where a mapping of the installation names them. Without such a mapping their endpoints are never asked.
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import { isJsonObject, type JsonObject } from '../../../platform/values/index.ts';
import type { Change, ConnectorContext, ExternalRecord, WriteResult } from '../../kit/index.ts';
import { requestMayHaveArrived } from '../../../platform/http/index.ts';
import { mappedAttributes, type AssetAttributes } from '../endpoints/asset-attributes.ts';
import { faultOfAcr, findAcr, mapsAcr, settleAcr } from '../endpoints/asset-criticality.ts';
import { businessTagMappings, contextRecord, fetchTags, settleTags, wantedTags } from './business-tags.ts';
import type { TenableSettings } from '../settings.ts';
import type { TenableApi } from '../session.ts';

export interface ContextParts {
  readonly api: TenableApi;
  readonly context: ConnectorContext<TenableSettings>;
  readonly attributes: AssetAttributes;
}

const attributeText = z
  .string('must be one text: give the mapping transforms that make it one')
  .trim()
  .min(1);
const wantedContext = z.object({
  tags: wantedTags.default({}),
  attributes: z.record(z.string(), attributeText.nullable()).default({}),
  acr: z.object({ score: z.unknown() }).optional(),
});

const withParts = (record: ExternalRecord, parts: JsonObject): ExternalRecord => ({
  ...record,
  raw: { ...record.raw, ...parts },
});

/** The context of an asset with whatever of it is mapped; undefined if Tenable does not know the asset. */
export async function findAssetContext(
  { api, context, attributes }: ContextParts,
  asset: string,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const mappings = context.mappings ?? businessTagMappings;
  const tags = await fetchTags(api, asset, signal);
  if (!tags) return undefined;
  const names = mappedAttributes(mappings);
  return withParts(contextRecord(asset, tags, context.settings.business_tag_categories), {
    ...(names.length === 0 ? {} : { attributes: await attributes.valuesOf(asset, names, signal) }),
    ...(mapsAcr(mappings) ? { acr: { score: (await findAcr(api, asset, signal)) ?? null } } : {}),
  });
}

/**
 * Makes tags, attributes and rating of one asset as wanted; what the change does not name is left alone. Confirmed when the asset
 * shows all of it.
 */
export async function writeAssetContext(
  parts: ContextParts,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const parsed = wantedContext.safeParse(change.fields);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  const score = parsed.data?.acr?.score;
  const acrFault = parsed.data?.acr ? faultOfAcr(score) : undefined;
  if (acrFault !== undefined) faults.push({ field: 'acr.score', message: acrFault });
  if (!parsed.success || faults.length > 0)
    return {
      outcome: 'rejected',
      message: `Tenable could not hold the values; nothing was sent. ${faults.map((each) => `${each.field} ${each.message}`).join(' ')}`,
      fields: faults,
    };
  try {
    return await settle(parts, change, { ...parsed.data, score: Number(score) }, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

async function settle(
  { api, context, attributes }: ContextParts,
  change: Change,
  wanted: z.output<typeof wantedContext> & { readonly score: number },
  signal: AbortSignal,
): Promise<WriteResult> {
  const asset = change.externalId ?? '';
  const categories = context.settings.business_tag_categories;
  const missing: WriteResult = { outcome: 'missing', message: `Tenable does not know ${asset}.` };
  const present = await fetchTags(api, asset, signal);
  if (!present) return missing;
  const current = contextRecord(asset, present, categories);
  // Decided without a sight of the tags: there were none then.
  const known = change.version ?? contextRecord(asset, [], categories).version;
  if (known !== current.version)
    return { outcome: 'conflict', message: 'The tags were changed in Tenable meanwhile.', current };

  let record = current;
  if (Object.keys(wanted.tags).length > 0) {
    const refusal = await settleTags(api, context, { asset, present, wanted: wanted.tags }, signal);
    if (refusal) return refusal;
    const after = await fetchTags(api, asset, signal);
    if (!after) return missing;
    record = contextRecord(asset, after, categories);
  }
  const names = Object.keys(wanted.attributes);
  if (names.length > 0) {
    const { attributes: believed } = change.before ?? {};
    const before = isJsonObject(believed) ? believed : {};
    const refusal = await attributes.settle({ asset, wanted: wanted.attributes, before }, signal);
    if (refusal) return refusal;
    record = withParts(record, { attributes: wanted.attributes });
  }
  if (wanted.acr) {
    const refusal = await settleAcr(api, context, { asset, score: wanted.score }, signal);
    if (refusal) return refusal;
    record = withParts(record, { acr: { score: wanted.score } });
  }
  return { outcome: 'confirmed', record };
}
