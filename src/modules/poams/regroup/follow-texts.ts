/** After a rule was changed: texts of POA&Ms that continue follow it where nobody edited them (`decide-texts.ts`), with journal; both sides get them. */
import { type EntityPolicy, mayGoOut, noRecord } from '../../../canonical/policy/index.ts';
import { readRecordFacts } from '../../../record/policy-facts/index.ts';
import { byRule, reasonOf } from '../../../canonical/vocabulary/index.ts';
import { listHeldFields } from '../../../ledger/conflicts/index.ts';
import { markRecordsEdited } from '../../../ledger/links/index.ts';
import { type JournalEntry, recordChanges } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isJsonObject, type JsonObject, scalarText } from '../../../platform/values/index.ts';
import { fetchRows, updateRows } from '../../../record/entities/index.ts';
import { listOpenMilestones } from '../../../record/poams/index.ts';
import { listComposedTexts, recordTexts, type RuleInForce } from '../../../record/weaknesses/index.ts';
import type { JudgedWeakness } from '../../weaknesses/index.ts';
import type { ProposedPoam } from '../compose-poam.ts';
import { type DecidedTexts, decideTexts, type PoamTexts } from './decide-texts.ts';
import { type Continued, named } from './regroup.ts';

interface Source {
  readonly operationId: string;
  readonly systemId: number;
  readonly now: Date;
  readonly policies: readonly EntityPolicy[];
}

/** One that a GRC system has, with the weakness that it answers under the version in force. */
interface Followed {
  readonly poamId: string;
  readonly judged: JudgedWeakness;
  readonly change: Continued;
  readonly decided: DecidedTexts;
}

/**
 * @param judgedOf the answered weakness of a POA&M. One that was not sent is none of these: it is proposed again as a whole.
 * @param compose what the version in force would make of the weakness, were it due on that day.
 * @returns of how many POA&Ms texts were changed.
 */
export async function followTexts(
  tx: Tx,
  source: Source,
  continued: ReadonlyMap<string, Continued>,
  judgedOf: ReadonlyMap<string, JudgedWeakness>,
  compose: (judged: JudgedWeakness, promised: string) => ProposedPoam,
): Promise<number> {
  const concerned = [...continued].flatMap(([poamId, change]) => {
    const judged = judgedOf.get(poamId);
    const concerns = concernsOf(change);
    return judged && Object.values(concerns).some(Boolean) ? [{ poamId, judged, change, concerns }] : [];
  });
  if (concerned.length === 0) return 0;
  const ids = concerned.map(({ poamId }) => poamId);
  const rows = await fetchRows(tx.db, 'poam', ids);
  const bases = await listComposedTexts(tx.db, ids);
  const open = await listOpenMilestones(tx.db, ids);
  const held = await listHeldFields(tx.db, 'poam', ids);
  const heldMilestones = await listHeldFields(
    tx.db,
    'milestone',
    open.map(({ id }) => id),
  );
  const mayFollow = await readMayFollow(
    tx,
    source,
    ids,
    open.map(({ id }) => id),
  );
  const followed = concerned.flatMap(({ poamId, judged, change, concerns }): Followed[] => {
    const row = rows.get(poamId)?.row;
    // One that people made, or that was made before its texts were kept, says nothing that a rule made.
    if (!row || !bases.has(poamId)) return [];
    const promised = scalarText(row['scheduled_completion'] ?? judged.due.on).slice(0, 10);
    const milestones = open
      .filter((each) => each.poamId === poamId)
      .map(({ id, description }) => ({
        id,
        text: description ?? '',
        isHeld: (heldMilestones.get(id) ?? []).includes('milestone_description'),
      }));
    const decided = decideTexts({
      base: textsOf(bases.get(poamId)),
      now: {
        weakness_description: scalarText(row['weakness_description'] ?? ''),
        remediation_plan: scalarText(row['remediation_plan'] ?? ''),
      },
      milestones,
      next: textsComposed(compose(judged, promised)),
      concerns,
      held: held.get(poamId) ?? [],
      // Milestones of one POA&M are in its boundary, and of its severity.
      mayGoOut: (entity, field) => mayFollow(entity, field, entity === 'poam' ? poamId : milestones[0]?.id),
    });
    return [{ poamId, judged, change, decided }];
  });
  await write(tx, source, followed, rows);
  return followed.filter(({ decided }) => isChanged(decided)).length;
}

/** Whether the policies let a text of a POA&M or a milestone out. */
async function readMayFollow(
  tx: Tx,
  { policies }: Source,
  poamIds: readonly string[],
  milestoneIds: readonly string[],
): Promise<(entity: 'poam' | 'milestone', field: string, id: string | undefined) => boolean> {
  const factsOf = {
    poam: await readRecordFacts(tx.db, policies, 'poam', poamIds),
    milestone: await readRecordFacts(tx.db, policies, 'milestone', milestoneIds),
  };
  return (entity, field, id) =>
    mayGoOut(
      policies,
      { entity, kind: 'update', fields: [field] },
      id === undefined ? noRecord : factsOf[entity](id),
    );
}

const isChanged = ({ fields, milestones }: DecidedTexts): boolean =>
  Object.keys(fields).length > 0 || milestones.length > 0;

/** A change of the rule is about a text where its template is another one, or the POA&M is about other findings. */
function concernsOf({ from, to, isRegrouped }: Continued) {
  const templatesOf = (rule: RuleInForce | undefined) =>
    rule?.rule.templates ?? { description: null, plan: null, milestones: null };
  const [before, after] = [templatesOf(from), templatesOf(to)];
  const texts = (milestones: typeof before.milestones): string =>
    JSON.stringify(milestones?.map(({ text }) => text) ?? null);
  return {
    weakness_description: isRegrouped || before.description !== after.description,
    remediation_plan: isRegrouped || before.plan !== after.plan,
    milestones: isRegrouped || texts(before.milestones) !== texts(after.milestones),
  };
}

const textsComposed = ({ poam, milestones }: ProposedPoam): PoamTexts => ({
  weakness_description: scalarText(poam['weakness_description'] ?? ''),
  remediation_plan: scalarText(poam['remediation_plan'] ?? ''),
  milestones: milestones.map((each) => each.milestone_description),
});

/** As they were kept, or as the proposal bore them. */
function textsOf(kept: JsonObject | undefined): PoamTexts | undefined {
  if (kept === undefined) return undefined;
  const milestones = Array.isArray(kept['milestones']) ? kept['milestones'] : [];
  return {
    weakness_description: scalarText(kept['weakness_description'] ?? ''),
    remediation_plan: scalarText(kept['remediation_plan'] ?? ''),
    milestones: milestones.map((each) =>
      scalarText((isJsonObject(each) ? each['milestone_description'] : each) ?? ''),
    ),
  };
}

async function write(
  tx: Tx,
  source: Source,
  followed: readonly Followed[],
  rows: Awaited<ReturnType<typeof fetchRows>>,
): Promise<void> {
  const changed = followed.filter(({ decided }) => Object.keys(decided.fields).length > 0);
  const milestones = followed.flatMap(({ change, decided }) =>
    decided.milestones.map((each) => ({ ...each, change })),
  );
  await updateRows(
    tx.db,
    'poam',
    changed.map(({ poamId, decided }) => ({ entityId: poamId, columns: { ...decided.fields } })),
  );
  await updateRows(
    tx.db,
    'milestone',
    milestones.map(({ id, text }) => ({ entityId: id, columns: { milestone_description: text } })),
  );
  await recordChanges(tx.db, source, [
    ...changed.flatMap(({ poamId, change, decided }) =>
      Object.entries(decided.fields).map(([field, after]) =>
        entryOf('poam', poamId, change, { field, before: rows.get(poamId)?.row[field] ?? null, after }),
      ),
    ),
    ...milestones.map(({ id, before, text, change }) =>
      entryOf('milestone', id, change, { field: 'milestone_description', before, after: text }),
    ),
  ]);
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: changed.map(({ poamId }) => poamId) });
  await markRecordsEdited(tx.db, { entity: 'milestone', entityIds: milestones.map(({ id }) => id) });
  await recordTexts(
    tx.db,
    followed.map(({ poamId, change, decided: { base, kept } }) => ({
      poamId,
      ruleId: change.to.id,
      texts: base,
      kept,
    })),
    source.now,
  );
}

const entryOf = (
  entity: 'poam' | 'milestone',
  entityId: string,
  { to }: Continued,
  value: Pick<JournalEntry, 'field' | 'before' | 'after'>,
): JournalEntry => ({
  entity,
  entityId,
  ...value,
  direction: 'internal',
  decidedBy: byRule('weakness_rule_changed'),
  reason: reasonOf('reworded', { version: named(to) }),
});
