/** Items of a file as records for the merge: each with the id that the source knows it by, its machines by our ids, and values as the layout can mean them. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { byRule } from '../../canonical/vocabulary/index.ts';
import { fetchLinks, insertLink, renameLink } from '../../ledger/links/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { fetchRows, inCanonicalWords } from '../../record/entities/index.ts';
import { entityName } from '../../record/entities/index.ts';
import { meant, nothingAround, type Surroundings } from './fewer-words.ts';
import {
  findNamedAssets,
  findNamedPoams,
  type KnownMilestone,
  listKnownMilestones,
  listSurroundings,
} from './known-poams.sql.ts';
import type { FileItem, HeldRow, PoamLayout } from './poam-file.ts';

export interface FileRecords {
  readonly poams: readonly ExternalRecord[];
  readonly milestones: readonly ExternalRecord[];
  /** By the id under which an item goes on. */
  readonly items: ReadonlyMap<string, FileItem>;
  readonly held: readonly HeldRow[];
}

interface Source {
  readonly systemId: number;
  readonly boundary: string;
  readonly operationId: string;
  readonly layout: PoamLayout;
}

/** @returns the records of the items; links those that are known here under the same id, or by their description where they have none. */
export async function recordsOf(tx: Tx, source: Source, items: readonly FileItem[]): Promise<FileRecords> {
  const { named, held, renamed } = await nameItems(tx, source, items);
  const ids = [...named.keys()];
  const links = await fetchLinks(tx.db, source.systemId, 'poam', ids);
  const rows = await fetchRows(
    tx.db,
    entityName('poam'),
    [...links.values()].map((link) => link.entity_id),
  );
  const assets = await findNamedAssets(
    tx.db,
    source.boundary,
    ids.flatMap((id) => assetNames(named.get(id)).map((name) => hostOf(name))),
  );
  const known = await listKnownMilestones(tx.db, source.systemId, [...rows.keys()]);
  const surroundings = await listSurroundings(tx.db, source.boundary, [...rows.keys()], known);
  const poams = ids.flatMap((id): ExternalRecord[] => {
    const item = named.get(id);
    if (!item) return [];
    const link = links.get(id);
    const row = rows.get(link?.entity_id ?? '')?.row;
    const ours = row && inCanonicalWords(entityName('poam'), row);
    return [
      {
        externalId: id,
        parentId: source.boundary,
        raw: rawOf(source, item, {
          id,
          base: link?.base,
          ours,
          assets,
          around: surroundings.get(link?.entity_id ?? '') ?? nothingAround,
        }),
      },
    ];
  });
  const byPoam = Map.groupBy(known, ({ poamId }) => poamId);
  const ofPoam = (poamId: string | undefined): readonly KnownMilestone[] =>
    poamId === undefined ? [] : (byPoam.get(poamId) ?? []);
  const milestones = ids.flatMap((id): ExternalRecord[] => {
    const poamId = links.get(id)?.entity_id;
    return (named.get(id)?.milestones ?? []).map(({ id: own, raw }) => {
      const externalId = own.startsWith('/') ? `${id}${own}` : own;
      return {
        externalId,
        parentId: id,
        raw: milestoneRaw(source.layout, { ...raw, id: externalId, poam: id }, ofPoam(poamId)),
      };
    });
  });
  await renameMilestones(
    tx,
    source,
    milestones.filter(({ parentId }) => renamed.has(parentId ?? '')),
    (id) => ofPoam(links.get(id)?.entity_id),
  );
  return { poams, milestones, items: named, held };
}

/** Of items whose id was given since: their milestones go on under the ids that came with it. */
async function renameMilestones(
  tx: Tx,
  { systemId }: Source,
  milestones: readonly ExternalRecord[],
  knownOf: (poam: string) => readonly KnownMilestone[],
): Promise<void> {
  for (const { externalId, parentId = '', raw } of milestones) {
    const text = plain(scalarText(raw['description'] ?? ''));
    const [same, ...others] = knownOf(parentId).filter(({ description }) => plain(description) === text);
    if (same?.externalId && others.length === 0)
      await renameLink(tx.db, { systemId, entity: 'milestone' }, { from: same.externalId, to: externalId });
  }
}

/** Ids by which items go on. An item that is known here and not linked yet is linked now. */
async function nameItems(tx: Tx, source: Source, items: readonly FileItem[]) {
  const linked = await fetchLinks(
    tx.db,
    source.systemId,
    'poam',
    items.map(({ id }) => id),
  );
  const wanted = items.flatMap((item, index) =>
    linked.has(item.id)
      ? []
      : [{ index, id: item.id, description: scalarText(item.raw['weakness_description'] ?? '') }],
  );
  const found = await findNamedPoams(tx.db, source, wanted);
  const named = new Map<string, FileItem>();
  const held: HeldRow[] = [];
  const renamed = new Set<string>();
  for (const [index, item] of items.entries()) {
    const known = found.get(index);
    const id = item.id === '' ? (known?.externalId ?? known?.poamId ?? '') : item.id;
    if (id === '' || named.has(id)) {
      held.push(withoutId(item, id));
      continue;
    }
    named.set(id, item);
    if (!known || linked.has(id) || known.externalId === id) continue;
    if (known.externalId !== null) {
      await renameLink(tx.db, { ...source, entity: 'poam' }, { from: known.externalId, to: id });
      renamed.add(id);
      continue;
    }
    await insertLink(tx.db, source, { entity: 'poam', entityId: known.poamId, externalId: id });
    await recordChanges(tx.db, source, [
      {
        entity: 'poam',
        entityId: known.poamId,
        after: id,
        direction: 'inbound',
        decidedBy: byRule('natural_key'),
      },
    ]);
  }
  return { named, held, renamed };
}

const withoutId = ({ sheet, cell }: FileItem, id: string): HeldRow => ({
  sheet,
  cell,
  record: id,
  rule:
    id === ''
      ? 'the item has no id, and no POA&M of the boundary has its description'
      : `another row is the POA&M ${id} too`,
  remedy:
    id === ''
      ? 'Enter the id of the POA&M; where the system that gives ids has not given one yet, import its export afterwards.'
      : 'Give each row the id of its own POA&M.',
});

/** `10.1.1.1 (443/TCP)`, `web01:443`: the machine. */
const hostOf = (name: string): string =>
  name
    .replace(/\s*\([^)]*\)\s*$/, '')
    .replace(/^([^:]+):\d+$/, '$1')
    .trim();
const assetNames = (item: FileItem | undefined): string[] => {
  const names = item?.raw['affected_assets'];
  return Array.isArray(names) ? names.map((name) => scalarText(name)) : [];
};

function rawOf(
  { boundary, layout }: Source,
  item: FileItem,
  known: {
    readonly id: string;
    readonly base: JsonObject | undefined;
    readonly ours: JsonObject | undefined;
    readonly assets: ReadonlyMap<string, string>;
    readonly around: Surroundings;
  },
): JsonObject {
  const raw: Record<string, Json> = { ...item.raw, id: known.id, system: boundary };
  const { base, ours, around } = known;
  for (const [field, read] of Object.entries(item.raw)) {
    const word = item.written[field] ?? read;
    if (field === 'id' || (word !== null && typeof word !== 'string')) continue;
    const value = meant(layout, field, { word, read, base, ours, around });
    if (value !== undefined) raw[field] = value;
  }
  // The status date of a closed item is when it was completed, unless it is closed for another reason.
  if (layout === 'fedramp-2' && raw['status'] !== 'Completed') delete raw['actual_completion'];
  const names = assetNames(item);
  if (names.length > 0)
    raw['affected_assets'] = [
      ...new Set(names.map((name) => known.assets.get(hostOf(name).toLowerCase()) ?? name)),
    ];
  return raw;
}

const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().toLowerCase();

const saysNoMilestoneStatus: ReadonlySet<PoamLayout> = new Set(['rmf-import-1', 'rmf-import-2']);

/** Layouts know a milestone as pending or done: one that is being worked on here is pending there. The first forms of eMASS say neither. */
function milestoneRaw(layout: PoamLayout, raw: JsonObject, known: readonly KnownMilestone[]): JsonObject {
  const description = plain(scalarText(raw['description'] ?? ''));
  const ours = known.find((each) => plain(each.description) === description);
  const isOurs =
    saysNoMilestoneStatus.has(layout) || (raw['status'] === 'Pending' && ours?.status !== 'Completed');
  return isOurs && ours?.status ? { ...raw, status: ours.status } : raw;
}
