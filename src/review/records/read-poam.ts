/** One POA&M with all that its page shows: head, each field on both sides with who decides, milestones, weaknesses, assets. */
import type { Scope } from '../../canonical/access/index.ts';
import { milestoneList } from '../../canonical/lists/index.ts';
import { policyWords } from '../../canonical/policy/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { comparisonOf } from '../../canonical/vocabulary/index.ts';
import {
  type HistoryRow,
  type JournalRow,
  listHistory,
  listLatestEdits,
} from '../../ledger/operations/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import {
  findPoamRow,
  listMilestones,
  listObstacles,
  listPoamAssets,
  listPoamCves,
  listPoamWeaknesses,
  type MilestoneRow,
  type Obstacle,
  type PoamAsset,
  type PoamRow,
  type PoamWeakness,
} from '../../record/poams/index.ts';
import { type ConflictRow, listConflicts } from '../../engine/conflicts/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { EditedRecord } from './decide-edit.ts';
import { unknownRecord } from './edit-record.ts';
import { gatherRecords } from './gather-records.ts';
import { editableFields, fetchRules, policyOf, type RecordSide, whyNotEditable } from './record-rules.ts';

/** What a connection has of a field. */
export interface FieldThere {
  readonly connection: string;
  /** As last read; of a field in conflict what the remote says now. */
  readonly there: Json;
  /** What both sides last agreed on. */
  readonly base: Json;
  readonly differs: boolean;
  readonly conflictId: number | null;
  /** Who decides, in words. */
  readonly policy: string;
}

export interface FieldView {
  readonly field: string;
  readonly here: Json;
  readonly sides: readonly FieldThere[];
  /** The latest change of it that the journal has. */
  readonly changed: {
    readonly at: Date;
    readonly by: string;
    readonly where: 'here' | 'there';
    readonly reason: string | null;
  } | null;
  readonly isEditable: boolean;
  /** Why it may not be edited here; null where it may. */
  readonly whyNot: string | null;
}

/** Where a record is at a connection. */
export interface RemoteRecord {
  readonly connection: string;
  readonly externalId: string;
  readonly version: string | null;
  readonly confirmedAt: Date;
  readonly missingSince: Date | null;
}

export interface MilestoneView extends MilestoneRow {
  readonly version: string;
}

export interface PoamDetail {
  readonly poam: PoamRow;
  /** For an edit: what was seen. */
  readonly version: string;
  /** What keeps both sides from agreement, the worst first. */
  readonly obstacles: readonly Obstacle[];
  readonly fields: readonly FieldView[];
  readonly remotes: readonly RemoteRecord[];
  readonly milestones: readonly MilestoneView[];
  readonly weaknesses: readonly PoamWeakness[];
  readonly assets: readonly PoamAsset[];
  readonly cves: readonly string[];
  /** The remote's record as it was last read, or what came with the row; null where nothing was kept. */
  readonly raw: Json;
}

const entity = 'poam';
const mostMilestones = 500;
const mostAssets = 500;

function fieldThere(
  field: string,
  here: Json,
  { link, rules }: RecordSide,
  conflict: ConflictRow | undefined,
): FieldThere | undefined {
  const base = link.base[field];
  if (base === undefined && conflict === undefined) return undefined;
  const there = conflict ? conflict.external : (base ?? null);
  return {
    connection: rules.connection,
    there,
    base: conflict ? conflict.base : (base ?? null),
    differs: !sameValue(here, there, comparisonOf(field)),
    conflictId: conflict?.id ?? null,
    policy: policyWords(policyOf(rules, entity, field), rules.connection),
  };
}

/** Each field of a record on both sides. Pure. */
export function viewFields(
  name: LinkedEntityName,
  record: EditedRecord,
  conflicts: readonly ConflictRow[],
  edits: readonly (JournalRow & { readonly at: Date })[],
): FieldView[] {
  const editable = new Set(editableFields(name));
  return linkedEntity(name).fields.map((field) => {
    const here = record.row[field] ?? null;
    const sides = record.sides.flatMap(
      (side) =>
        fieldThere(
          field,
          here,
          side,
          conflicts.find((each) => each.field === field && each.systemId === side.link.systemId),
        ) ?? [],
    );
    const edit = edits.find((each) => each.field === field);
    const whyNot = !editable.has(field)
      ? 'names the record'
      : record.held.includes(field)
        ? 'is in an open conflict: settle that first'
        : whyNotEditable(name, field, record.sides);
    return {
      field,
      here,
      sides,
      changed: edit
        ? {
            at: edit.at,
            by: edit.decidedBy,
            where: edit.direction === 'inbound' ? 'there' : 'here',
            reason: edit.reason,
          }
        : null,
      isEditable: whyNot === undefined,
      whyNot: whyNot ?? null,
    };
  });
}

async function milestonesOf(app: App, scope: Scope, poamId: string): Promise<MilestoneView[]> {
  const { items } = await listMilestones(app.db, scope, {
    filter: parseFilter(milestoneList.filters, [['poam', poamId]], app.now()),
    sort: { by: 'due', descending: false },
    limit: mostMilestones,
    now: app.now(),
  });
  const ids = items.map(({ id }) => id);
  const records = await gatherRecords(app.db, scope, { entity: 'milestone', ids, rules: new Map() });
  return items.map((item) => ({ ...item, version: records.get(item.id)?.version ?? '' }));
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function fetchPoam(app: App, scope: Scope, poamId: string): Promise<PoamDetail> {
  const poam = await findPoamRow(app.db, scope, poamId, app.now());
  const rules = await fetchRules(app, app.db, entity);
  const record = (await gatherRecords(app.db, scope, { entity, ids: [poamId], rules })).get(poamId);
  if (!poam || !record) throw unknownRecord(entity, poamId);
  const conflicts = (
    await listConflicts(app.db, { entity, ids: await conflictIdsOf(app, poamId) }, 1_000)
  ).filter((each) => each.entityId === poamId);
  const raw = record.row['raw_json'];
  return {
    poam,
    version: record.version,
    obstacles: await listObstacles(app.db, poamId),
    fields: viewFields(
      entity,
      record,
      conflicts,
      await listLatestEdits(app.db, { entity, entityId: poamId }),
    ),
    remotes: record.sides.map(({ link, rules: { connection } }) => ({
      connection,
      externalId: link.externalId,
      version: link.version,
      confirmedAt: link.confirmedAt,
      missingSince: link.missingSince,
    })),
    milestones: await milestonesOf(app, scope, poamId),
    weaknesses: await listPoamWeaknesses(app.db, poamId),
    assets: await listPoamAssets(app.db, poamId, mostAssets),
    cves: await listPoamCves(app.db, poamId),
    raw: isJsonObject(raw) ? raw : null,
  };
}

const conflictIdsOf = async (app: App, poamId: string): Promise<number[]> =>
  (await listObstacles(app.db, poamId)).flatMap((each) => (each.kind === 'conflict' ? [each.id] : []));

/** What happened to a POA&M and its milestones, the latest first. @throws RECORD_UNKNOWN. */
export async function listPoamHistory(
  app: App,
  scope: Scope,
  poamId: string,
  page: { readonly beforeId?: number | undefined; readonly limit: number },
): Promise<HistoryRow[]> {
  if (!(await findPoamRow(app.db, scope, poamId, app.now()))) throw unknownRecord(entity, poamId);
  const { items } = await listMilestones(app.db, scope, {
    filter: parseFilter(milestoneList.filters, [['poam', poamId]], app.now()),
    sort: { by: 'due', descending: false },
    limit: mostMilestones,
    now: app.now(),
  });
  const subjects = [
    { entity, entityId: poamId },
    ...items.map(({ id }) => ({ entity: 'milestone', entityId: id })),
  ];
  return listHistory(app.db, subjects, page);
}
