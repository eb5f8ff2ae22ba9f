import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { addAssetTags, removeAssetTags } from '../assets/index.ts';
import { keepBoundaryTag } from '../systems/index.ts';
import { defineEntity } from './define-entity.ts';

const assetsOf = (payload: JsonObject): string[] =>
  Array.isArray(payload['asset_uuids']) ? payload['asset_uuids'].map(scalarText) : [];
const isRemoval = (payload: JsonObject): boolean => payload['action'] === 'remove';

/** A tag that assets carry at their scanner's server; one change sets or takes it for many of them. */
export const assetTag = defineEntity({
  name: 'asset_tag',
  kind: 'sent',
  title: { one: 'tag', many: 'tags' },
  readTurn: null,
  absence: 'none',
  titleOfChange: (tag) => `${scalarText(tag['category'])}: ${scalarText(tag['value'])}`,
  journal(payload) {
    const tag: Json = { category: payload['category'] ?? null, value: payload['value'] ?? null };
    return assetsOf(payload).map((assetUuid) => ({
      entity: 'asset',
      entityId: assetUuid,
      field: 'tag',
      ...(isRemoval(payload) ? { before: tag } : { after: tag }),
    }));
  },
  async confirmed(tx, payload, remote) {
    const tag = {
      category: scalarText(payload['category']),
      value: scalarText(payload['value']),
      assets: assetsOf(payload),
    };
    if (isRemoval(payload)) await removeAssetTags(tx.db, tag);
    else await addAssetTags(tx.db, tag);
    const id = isJsonObject(remote) ? remote['value_uuid'] : undefined;
    if (typeof id === 'string') await keepBoundaryTag(tx.db, tag.value, id);
    return { changed: tag.assets.length, as: isRemoval(payload) ? 'updated' : 'created' };
  },
});
