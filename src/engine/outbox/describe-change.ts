/** Outbound changes in words for the person who approves, plans or looks into them: names and titles, not ids and JSON. */
import type { Kysely } from 'kysely';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { type AssetTitle, fetchAssetTitles, fetchPluginTitles } from '../../ledger/operations/index.ts';
import {
  fetchRecordTitles,
  isEntity,
  entity as entityOf,
  type RecordTitle,
} from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { sameValue } from '../merge/index.ts';

export interface ChangeToDescribe {
  readonly entity: string;
  /** Our id of the record; of a tag its value. */
  readonly entityId: string;
  readonly kind: 'create' | 'update';
  readonly before: Json;
  readonly after: JsonObject;
}

export interface DescribedLine {
  /** `scheduled completion`. */
  readonly field: string;
  /** Absent where the record is new. */
  readonly before?: string;
  readonly after: string;
}

export interface DescribedChange {
  readonly title: string;
  readonly boundary: string | null;
  readonly lines: readonly DescribedLine[];
}

interface Names {
  readonly assets: ReadonlyMap<string, AssetTitle>;
  readonly plugins: ReadonlyMap<string, string>;
  readonly records: ReadonlyMap<string, RecordTitle>;
  readonly today: string;
}

/** Fields that hold a list of machines, by their uuid. */
const assetFields: ReadonlySet<string> = new Set(['affected_assets', 'asset_uuids', 'targets']);
/** Fields that say the same as another one, or mean something to programs only. */
const notShown: ReadonlySet<string> = new Set(['external_uid', 'risk_rating', 'category', 'value']);

/** What a person looks at first; other fields follow by name. */
const firstFields = [
  'weakness_risk_level',
  'scheduled_completion',
  'original_detection_date',
  'affected_assets',
  'cves',
  'weakness_description',
  'remediation_plan',
  'milestones',
];
/** Promised dates: one that has passed is said to have. */
const promises: ReadonlySet<string> = new Set(['scheduled_completion', 'expires_at']);

/** Describes changes in the order given. @param today YYYY-MM-DD in UTC, to mark dates that have passed. */
export async function describeChanges(
  db: Kysely<Database>,
  changes: readonly ChangeToDescribe[],
  today: string,
): Promise<DescribedChange[]> {
  const assets = changes.flatMap(({ before, after }) =>
    [after, isJsonObject(before) ? before : {}].flatMap((values) =>
      [...assetFields, 'scope'].flatMap((field) => textsIn(values[field])),
    ),
  );
  const plugins = changes.flatMap(({ after }) => textsIn(after['plugin_id']));
  const names: Names = {
    assets: await fetchAssetTitles(db, assets),
    plugins: await fetchPluginTitles(db, plugins),
    records: await fetchRecordTitles(db, changes),
    today,
  };
  return changes.map((change) => describe(change, names));
}

/** What only goes out has no earlier value. */
const isSentWhole = (name: string): boolean => isEntity(name) && entityOf(name).kind === 'sent';

const textsIn = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');

function describe(change: ChangeToDescribe, names: Names): DescribedChange {
  const known = names.records.get(`${change.entity} ${change.entityId}`);
  const before = isJsonObject(change.before) ? change.before : {};
  const lines = Object.entries(change.after)
    .filter(([field, value]) => !notShown.has(field) && (change.kind === 'update' || !isEmpty(value)))
    .toSorted(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
    .map(([field, value]): DescribedLine => {
      const label = field === 'asset_uuids' ? 'machines' : field.replaceAll('_', ' ');
      if (change.kind === 'create' || isSentWhole(change.entity))
        return { field: label, after: shown(field, value, names) };
      return (
        listChange(label, field, before[field], value ?? null, names) ?? {
          field: label,
          before: shown(field, before[field], names),
          after: shown(field, value, names),
        }
      );
    });
  return { title: titleOf(change, known, names), boundary: known?.boundary ?? null, lines };
}

function placeOf(field: string): number {
  const place = firstFields.indexOf(field);
  return place < 0 ? firstFields.length : place;
}

function titleOf(change: ChangeToDescribe, known: RecordTitle | undefined, names: Names): string {
  const titled = isEntity(change.entity) ? entityOf(change.entity).titleOfChange : undefined;
  return titled?.(change.after, (plugin) => names.plugins.get(plugin)) ?? known?.title ?? change.entityId;
}

const isEmpty = (value: Json | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** What is added to a list and what is removed from it. */
function listChange(
  label: string,
  field: string,
  before: Json | undefined,
  after: Json,
  names: Names,
): DescribedLine | undefined {
  if (!Array.isArray(after) || !(Array.isArray(before) || isEmpty(before))) return undefined;
  const old = Array.isArray(before) ? before : [];
  const missingIn = (list: readonly Json[], value: Json): boolean =>
    !list.some((each) => sameValue(each, value));
  const added = after.filter((value) => missingIn(old, value));
  const removed = old.filter((value) => missingIn(after, value));
  const part = (sign: string, list: readonly Json[]): string[] =>
    list.map((value) => `${sign}${shownOne(field, value, names)}`);
  return {
    field: label,
    before: `${old.length} listed`,
    after: [...part('+', added), ...part('-', removed)].join(', ') || 'as before, in another order',
  };
}

function shown(field: string, value: Json | undefined, names: Names): string {
  if (isEmpty(value)) return '(empty)';
  if (Array.isArray(value)) return value.map((each) => shownOne(field, each, names)).join(', ');
  return shownOne(field, value ?? null, names);
}

const midnight = /^(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?$/;

function shownOne(field: string, value: Json, names: Names): string {
  if (typeof value === 'string') {
    const asset =
      assetFields.has(field) || field === 'scope' ? names.assets.get(value.toLowerCase()) : undefined;
    if (asset)
      return asset.address === null || asset.address === asset.name
        ? asset.name
        : `${asset.name} (${asset.address})`;
    const plugin = field === 'plugin_id' ? names.plugins.get(value) : undefined;
    if (plugin !== undefined) return `${value} ${plugin}`;
    const day = midnight.exec(value)?.[1] ?? value;
    return promises.has(field) && day < names.today ? `${day} (already past)` : day;
  }
  if (!isJsonObject(value)) return scalarText(value);
  const { milestone_description: text, scheduled_completion: due } = value;
  if (typeof text === 'string')
    return due === undefined ? text : `${text} (${shownOne('', due ?? null, names)})`;
  return JSON.stringify(value);
}
