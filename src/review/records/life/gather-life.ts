/** Reads one POA&M as its life is judged: its record with both sides, the findings under it with their evidence, its milestones. */
import type { Scope } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  type EvidenceRow,
  evidenceOf,
  factsOf,
  type FindingUnder,
  type PoamContents,
  type PoamState,
  stateOf,
} from '../../../modules/poams/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isJsonObject, type JsonObject } from '../../../platform/values/index.ts';
import { fetchRows } from '../../../record/entities/index.ts';
import {
  countMilestones,
  findingsUnder,
  listFailedChecks,
  listOpenMilestones,
} from '../../../record/poams/index.ts';
import type { EditedRecord } from '../decide-edit.ts';
import { unknownRecord } from '../edit-record.ts';
import { gatherRecords } from '../gather-records.ts';
import { fetchRules } from '../record-rules.ts';
import { isVerified } from './is-verified.ts';

export interface PoamAtHand {
  readonly record: EditedRecord;
  /** Undefined: its status is a word of its own. */
  readonly state: PoamState | undefined;
  readonly findings: readonly FindingUnder[];
  /** Of each fixed finding. */
  readonly evidence: readonly EvidenceRow[];
  readonly openMilestones: PoamContents['openMilestones'];
  readonly milestones: number;
  /** Checks of audits under it that fail. */
  readonly failedChecks: readonly string[];
  /** As the remote has it, as last read. */
  readonly raw: JsonObject;
  readonly today: string;
}

const entity = 'poam';

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function gatherLife(
  app: Pick<App, 'modules' | 'now'>,
  db: Tx['db'],
  scope: Scope,
  poamId: string,
): Promise<PoamAtHand> {
  const rules = await fetchRules(app, db, entity);
  const record = (await gatherRecords(db, scope, { entity, ids: [poamId], rules })).get(poamId);
  if (!record) throw unknownRecord(entity, poamId);
  const findings = (await findingsUnder(db, [poamId])).map(factsOf);
  const filter = { poam: { is: 'in', negated: false, values: [poamId] } } as const;
  const raw = (await fetchRows(db, entity, [poamId])).get(poamId)?.row['raw_json'];
  const status = record.row['status'];
  return {
    record,
    state: stateOf(typeof status === 'string' ? status : null),
    findings,
    evidence: findings.filter(({ lifecycle }) => lifecycle === 'fixed').map(evidenceOf),
    openMilestones: await listOpenMilestones(db, [poamId]),
    failedChecks: await listFailedChecks(db, poamId),
    milestones: await countMilestones(db, scope, { filter, now: app.now() }),
    raw: isJsonObject(raw) ? raw : {},
    today: app.now().toISOString().slice(0, 10),
  };
}

const isOpen = ({ lifecycle }: FindingUnder): boolean => lifecycle === 'open' || lifecycle === 'reopened';

/** What a move to a state is judged by. @param fields what the move itself sets. */
export const contentsOf = (
  poam: PoamAtHand,
  fields: JsonObject,
  reason: string | undefined,
): PoamContents => ({
  poamId: poam.record.entityId,
  row: { ...poam.record.row, ...fields },
  openMilestones: isVerified(poam) ? [] : poam.openMilestones,
  milestones: poam.milestones,
  unsettled: [
    ...poam.findings
      .filter((each) => isOpen(each) && each.isInside && !each.isFalsePositive)
      .map(({ asset, pluginId }) => `${asset} plugin ${pluginId}`),
    ...poam.failedChecks,
  ],
  isVerified: isVerified(poam),
  reason,
  today: poam.today,
});
