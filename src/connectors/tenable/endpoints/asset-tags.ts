/**
 * Tags out: a value in a category, on assets. Idempotent by nature: a value that exists is found, an assignment that
 * exists stays (https://developer.tenable.com/reference; decision 0020).
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import {
  type Change,
  type ConnectorContext,
  type ExternalRecord,
  PageWalk,
  type WriteResult,
} from '../../kit/index.ts';
import { readRefusal, requestMayHaveArrived } from '../../../platform/http/index.ts';
import type { TenableSettings } from '../settings.ts';
import { readAnswer, tenableRefusal, type TenableApi, type TenableRequest } from '../session.ts';

/** Not documented; well under the 1 MB that a tag request may have (about 40 bytes an asset). */
const assetsPerRequest = 1000;

const tagFields = z.object({
  category: z
    .string()
    .trim()
    .min(1)
    .max(127)
    .regex(/^[^:]*$/, 'must not contain a colon')
    .optional(),
  value: z
    .string()
    .trim()
    .min(1)
    .max(50, 'must not be longer than 50 characters')
    .regex(/^[^,]*$/, 'must not contain a comma'),
  asset_uuids: z.array(z.guid()).min(1),
  action: z.enum(['add', 'remove']).default('add'),
});

const tagValue = z.object({
  uuid: z.string(),
  category_name: z.string(),
  category_uuid: z.string().optional(),
  value: z.string(),
});
type TagValue = z.output<typeof tagValue>;
/** The list may hold categories without a value, which are of no interest here. */
const valueList = z.object({
  values: z.array(z.looseObject({ uuid: z.string().optional(), value: z.string().nullish() })),
});
const assignments = z.object({ tags: z.array(z.looseObject({ value_uuid: z.string() })) });

export const sameText = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

async function findTagValue(
  api: TenableApi,
  category: string,
  value: string,
  signal: AbortSignal,
): Promise<TagValue | undefined> {
  const pageSize = 5000;
  const walk = new PageWalk('GET /tags/values');
  for (let offset = 0; ; offset += pageSize) {
    const query = { f: `value:eq:${value}`, limit: pageSize, offset };
    const page = await api.fetch({ method: 'GET', path: '/tags/values', query, signal }, valueList);
    for (const each of page.values) {
      const candidate = tagValue.safeParse(each);
      if (
        candidate.success &&
        sameText(candidate.data.category_name, category) &&
        sameText(candidate.data.value, value)
      )
        return candidate.data;
    }
    if (page.values.length < pageSize) return undefined;
    walk.note({ next: String(offset + pageSize), ids: page.values.map((each) => each.uuid ?? '') });
  }
}

type Ensured = { readonly tag: TagValue } | { readonly refused: string };

/** The tag's value, made with its category if it does not exist. */
export async function ensureTagValue(
  api: TenableApi,
  category: string,
  value: string,
  signal: AbortSignal,
): Promise<Ensured> {
  const existing = await findTagValue(api, category, value, signal);
  if (existing) return { tag: existing };
  const json = { category_name: category, value, description: 'Set by Tieline from the GRC record.' };
  const request: TenableRequest = { method: 'POST', path: '/tags/values', json, signal };
  const response = await api.send(request);
  if (response.status === 400) {
    const said = await readRefusal(response);
    // Another client, or an attempt of ours that seemed lost, was first.
    const found = await findTagValue(api, category, value, signal);
    return found ? { tag: found } : { refused: said === '' ? 'Tenable refused the tag (400)' : said };
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return { tag: await readAnswer(request, response, tagValue) };
}

/** Assigns; returns the assets that Tenable does not know. A batch with an unknown asset is refused whole, so it is halved. */
export async function assign(
  api: TenableApi,
  action: string,
  tag: TagValue,
  assets: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const json: Json = { action, assets: [...assets], tags: [tag.uuid] };
  const request: TenableRequest = { method: 'POST', path: '/tags/assets/assignments', json, signal };
  const response = await api.send(request);
  if (response.status < 300) {
    await response.text();
    return [];
  }
  if (response.status !== 400 && response.status !== 404) throw await tenableRefusal(request, response);
  response.body.destroy();
  if (assets.length <= 1) return [...assets];
  const half = Math.ceil(assets.length / 2);
  return [
    ...(await assign(api, action, tag, assets.slice(0, half), signal)),
    ...(await assign(api, action, tag, assets.slice(half), signal)),
  ];
}

/** The tags of an asset as Tenable lists them, or undefined if it does not know the asset. */
export async function findAssetTags(
  api: TenableApi,
  assetUuid: string,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const request: TenableRequest = {
    method: 'GET',
    path: `/tags/assets/${encodeURIComponent(assetUuid)}/assignments`,
    signal,
  };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  const { tags } = await readAnswer(request, response, assignments);
  return { externalId: assetUuid, raw: { asset_uuid: assetUuid, tags: tags as Json[] } }; // Parsed JSON, held loosely.
}

/** Waits until the assets show (or no longer show) the tag; returns those that do not in time. The job is asynchronous. */
export async function waitUntilVisible(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  wanted: { readonly tag: TagValue; readonly isPresent: boolean; readonly assets: readonly string[] },
  signal: AbortSignal,
): Promise<string[]> {
  const until = context.now().getTime() + context.settings.tag_visible_seconds * 1000;
  let left = [...wanted.assets];
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
    const still: string[] = [];
    for (const asset of left) {
      const record = await findAssetTags(api, asset, signal);
      const tags = assignments.safeParse(record?.raw);
      const has = tags.success && tags.data.tags.some((each) => each.value_uuid === wanted.tag.uuid);
      if (has !== wanted.isPresent) still.push(asset);
    }
    left = still;
    if (left.length === 0 || context.now().getTime() >= until) return left;
    await context.sleep(pauseMs, signal);
  }
}

function listed(assets: readonly string[]): string {
  return assets.length <= 5
    ? assets.join(', ')
    : `${assets.slice(0, 5).join(', ')} and ${assets.length - 5} more`;
}

/**
 * Writes an `asset_tag` change: fields `{category?, value, asset_uuids, action?: 'add' | 'remove'}`. The category
 * defaults to the setting `tag_category`. Confirmed only when every asset was seen to carry the tag. The record is
 * `{category, value, category_uuid, value_uuid, asset_uuids}`; its id is the change's `externalId`, else the value's uuid.
 * Assets that Tenable does not know: `missing` if all are, else `rejected` with a line each; the rest are tagged.
 */
export async function writeAssetTag(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const parsed = tagFields.safeParse(change.fields);
  if (!parsed.success)
    return {
      outcome: 'rejected',
      message: 'The tag does not satisfy the rules of Tenable; nothing was sent.',
      fields: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
    };
  const { value, action } = parsed.data;
  const category = parsed.data.category ?? context.settings.tag_category;
  const assets = [...new Set(parsed.data.asset_uuids.map((uuid) => uuid.toLowerCase()))];
  try {
    const ensured = await ensureTagValue(api, category, value, signal);
    if ('refused' in ensured)
      return {
        outcome: 'rejected',
        message: ensured.refused,
        fields: [{ field: 'value', message: ensured.refused }],
      };
    const { tag } = ensured;
    const unknown: string[] = [];
    for (let from = 0; from < assets.length; from += assetsPerRequest)
      unknown.push(...(await assign(api, action, tag, assets.slice(from, from + assetsPerRequest), signal)));
    if (unknown.length === assets.length)
      return { outcome: 'missing', message: `Tenable does not know ${listed(assets)}.` };
    const known = assets.filter((asset) => !unknown.includes(asset));
    const unseen = await waitUntilVisible(
      api,
      context,
      { tag, isPresent: action === 'add', assets: known },
      signal,
    );
    if (unseen.length > 0)
      return {
        outcome: 'unknown',
        message: `The tag "${value}" was sent but is not yet as wanted on ${listed(unseen)}.`,
      };
    if (unknown.length > 0)
      return {
        outcome: 'rejected',
        message: `Tenable does not know ${listed(unknown)}; the other ${known.length} assets are done.`,
        fields: unknown.map((asset) => ({ field: 'asset_uuids', message: `${asset} is unknown to Tenable` })),
      };
    return { outcome: 'confirmed', record: tagRecord(change, tag, assets) };
  } catch (error) {
    // Cancelled, or a refusal that sending again will not change: the caller's to see.
    if (signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

function tagRecord(change: Change, tag: TagValue, assets: readonly string[]): ExternalRecord {
  return {
    externalId: change.externalId ?? tag.uuid,
    raw: {
      category: tag.category_name,
      value: tag.value,
      ...(tag.category_uuid === undefined ? {} : { category_uuid: tag.category_uuid }),
      value_uuid: tag.uuid,
      asset_uuids: [...assets],
    },
  };
}
