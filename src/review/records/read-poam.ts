/** One POA&M with all that its page shows: head, each field on both sides with who decides, milestones, weaknesses, assets. */
import { fetchFactsOf } from '../../record/policy-facts/index.ts';
import type { Scope } from '../../canonical/access/index.ts';
import { milestoneList } from '../../canonical/lists/index.ts';
import { mayGoOut, needsApproval } from '../../canonical/policy/index.ts';
import { type HeldBack, listHeldBack } from '../../modules/deviations/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { type HistoryRow, listHistory } from '../../ledger/operations/index.ts';
import { listArtifacts, type PoamArtifact } from '../../record/artifacts/index.ts';
import { fetchRows } from '../../record/entities/index.ts';
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
import { findPoamRule, type PoamRule } from '../../record/weaknesses/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { EditedRecord } from './decide-edit.ts';
import { unknownRecord } from './edit-record.ts';
import { type FieldView, listFieldViews, type RemoteRecord, whyNotNow } from './field-views.ts';
import { gatherRecords } from './gather-records.ts';
import { type ConnectionRules, editableFields, fetchRules, listSides } from './record-rules.ts';

export interface MilestoneView extends MilestoneRow {
  readonly version: string;
  /** Fields that may not be edited here, each with why. */
  readonly fixedFields: Readonly<Record<string, string>>;
}

/** A connection that a milestone added now goes to. */
export interface MilestoneTarget {
  readonly connection: string;
  /** Why it does not get there; null where it does. */
  readonly whyNot: string | null;
  readonly needsApproval: boolean;
}

export interface PoamDetail {
  readonly poam: PoamRow;
  /** For an edit: what was seen. */
  readonly version: string;
  /** Deviations that hold, by kind. */
  readonly deviations: readonly Omit<HeldBack, 'poamId'>[];
  /** What keeps both sides from agreement, the worst first. */
  readonly obstacles: readonly Obstacle[];
  readonly fields: readonly FieldView[];
  readonly remotes: readonly RemoteRecord[];
  readonly milestones: readonly MilestoneView[];
  /** Empty while no connection has the POA&M: its milestones go along with it. */
  readonly milestoneTargets: readonly MilestoneTarget[];
  /** Files that go to the GRC system, the latest first. */
  readonly evidence: readonly PoamArtifact[];
  readonly weaknesses: readonly PoamWeakness[];
  /** Null: it was made by others, or before rules had versions. */
  readonly madeUnder: PoamRule | null;
  readonly assets: readonly PoamAsset[];
  readonly cves: readonly string[];
  /** The remote's record as it was last read, or what came with the row; null where nothing was kept. */
  readonly raw: Json;
}

const entity = 'poam';
const mostMilestones = 500;
const mostAssets = 500;

type Rules = ReadonlyMap<number, ConnectionRules>;

async function milestonesOf(app: App, scope: Scope, poamId: string, rules: Rules): Promise<MilestoneView[]> {
  const { items } = await listMilestones(app.db, scope, {
    filter: parseFilter(milestoneList.filters, [['poam', poamId]], app.now()),
    sort: { by: 'due', descending: false },
    limit: mostMilestones,
    now: app.now(),
  });
  const ids = items.map(({ id }) => id);
  const records = await gatherRecords(app.db, scope, { entity: 'milestone', ids, rules });
  return items.map((item) => {
    const record = records.get(item.id);
    return { ...item, version: record?.version ?? '', fixedFields: record ? fixedFieldsOf(record) : {} };
  });
}

const fixedFieldsOf = (record: EditedRecord): Record<string, string> =>
  Object.fromEntries(
    editableFields('milestone').flatMap((field) => {
      const whyNot = whyNotNow(record, field);
      return whyNot === undefined ? [] : [[field, whyNot]];
    }),
  );

/** Where a milestone that is added now goes with the next sync, and what stands in its way. */
async function milestoneTargetsOf(app: App, poamId: string, rules: Rules): Promise<MilestoneTarget[]> {
  const sides = (await listSides(app.db, entity, [poamId], rules)).get(poamId) ?? [];
  const facts = await fetchFactsOf(app.db, entity, poamId);
  return sides.map(({ rules: { connection, takesNew, policies } }) => {
    const added = { entity: 'milestone', kind: 'create', fields: [], severity: undefined } as const;
    return {
      connection,
      whyNot: !takesNew
        ? `${connection} takes no new milestones as it is set up`
        : mayGoOut(policies, added, facts)
          ? null
          : `${connection} alone decides milestones, by policy`,
      needsApproval: needsApproval(policies, added, facts),
    };
  });
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function fetchPoam(app: App, scope: Scope, poamId: string): Promise<PoamDetail> {
  const poam = await findPoamRow(app.db, scope, poamId, app.now());
  if (!poam) throw unknownRecord(entity, poamId);
  const { db } = app;
  const rules = fetchRules(app, db, 'milestone');
  const [
    rows,
    obstacles,
    views,
    milestones,
    milestoneTargets,
    weaknesses,
    madeUnder,
    assets,
    cves,
    held,
    evidence,
  ] = await Promise.all([
    fetchRows(db, entity, [poamId]),
    listObstacles(db, poamId),
    listFieldViews(app, scope, { entity, id: poamId }),
    rules.then((known) => milestonesOf(app, scope, poamId, known)),
    rules.then((known) => milestoneTargetsOf(app, poamId, known)),
    listPoamWeaknesses(db, poamId),
    findPoamRule(db, poamId),
    listPoamAssets(db, poamId, mostAssets),
    listPoamCves(db, poamId),
    listHeldBack(db, [poamId]),
    listArtifacts(db, poamId),
  ]);
  const raw = rows.get(poamId)?.row['raw_json'];
  return {
    poam,
    deviations: held.map(({ poamId: _this, ...each }) => each),
    obstacles,
    ...views,
    milestones,
    milestoneTargets,
    evidence,
    weaknesses,
    madeUnder: madeUnder ?? null,
    assets,
    cves,
    raw: isJsonObject(raw) ? raw : null,
  };
}

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
