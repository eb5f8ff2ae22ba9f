import { isJsonObject, type JsonObject, scalarText } from '../../platform/values/index.ts';
import type { ExternalRecord } from '../kit/index.ts';
import { valueAt } from './field-path.ts';
import type { Profile, ProfileEntity, ProfiledEntity } from './profile.ts';

/** A remote record as `recordAlone` makes it, with the records inside it. */
export function externalRecord(
  profile: Profile,
  entity: ProfiledEntity,
  item: unknown,
  parentId?: string,
): ExternalRecord {
  const record = recordAlone(profile, entity, item, parentId);
  const records = childrenOf(profile, entity, item);
  return records === undefined ? record : { ...record, children: [{ entity: 'milestone', records }] };
}

/** The id of a remote record; empty where it has none. */
export const idOf = (profile: Profile, entity: ProfiledEntity, item: unknown): string =>
  isJsonObject(item) ? scalarText(valueAt(item, profile.entities[entity]?.id ?? '')) : '';

/**
 * A remote record with its id, parent and version as the profile finds them. What is not an object or has no id comes with
 * an empty id, so that the reader can hold it with a reason instead of losing it.
 */
export function recordAlone(
  profile: Profile,
  entity: ProfiledEntity,
  item: unknown,
  parentId?: string,
): ExternalRecord {
  const shape = profile.entities[entity];
  if (!shape || !isJsonObject(item))
    return { externalId: '', raw: { value: isJsonObject(item) ? item : scalarText(item as never) } };
  // A record inside its parent may not name it; the mapping needs it.
  const raw: JsonObject =
    shape.parent && parentId !== undefined && item[shape.parent.field] === undefined
      ? { ...item, [shape.parent.field]: parentId }
      : item;
  const parent = parentId ?? (shape.parent ? scalarText(valueAt(raw, shape.parent.field)) : '');
  const version = versionOf(shape, raw);
  const changed = changeOf(shape, raw);
  return {
    externalId: scalarText(valueAt(raw, shape.id)),
    ...(parent === '' ? {} : { parentId: parent }),
    ...(version === '' ? {} : { version }),
    ...(changed ? { changed } : {}),
    raw,
  };
}

function changeOf(shape: ProfileEntity, raw: JsonObject): ExternalRecord['changed'] {
  const said = (path: string | undefined): string =>
    path === undefined ? '' : scalarText(valueAt(raw, path) ?? '');
  const at = instantOf(said(shape.changedAt));
  const by = said(shape.changedBy);
  if (at === undefined && by === '') return undefined;
  return {
    ...(at === undefined ? {} : { at }),
    ...(by === '' ? {} : { by }),
  };
}

/** As `toISOString` writes it, on a day that every month has. */
const isoInstant = /^\d{4}-\d\d-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/;

/** Most servers write it as it is wanted: to print it again is what takes time. */
function instantOf(text: string): string | undefined {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  return isoInstant.test(text) ? text : new Date(ms).toISOString();
}

function versionOf(shape: ProfileEntity, raw: JsonObject): string {
  return shape.version === undefined ? '' : scalarText(valueAt(raw, shape.version));
}

/** The records inside a remote record (the milestones of a POA&M), where the profile finds them there; else undefined. */
export function childrenOf(
  profile: Profile,
  entity: ProfiledEntity,
  item: unknown,
): readonly ExternalRecord[] | undefined {
  const { milestone } = profile.entities;
  if (!milestone?.inline || milestone.parent?.entity !== entity) return undefined;
  const items = valueAt(item, milestone.inline.field);
  const parentId = idOf(profile, entity, item);
  return Array.isArray(items)
    ? items.map((each) => recordAlone(profile, 'milestone', each, parentId))
    : undefined;
}
