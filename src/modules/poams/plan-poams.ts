import {
  type Ground,
  isAnswered,
  isUnanswered,
  judge,
  type JudgedWeakness,
  keyOfWeakness,
  listWeaknesses,
  namedWeakness,
  renewMentions,
  type WeaknessRow,
} from '../weaknesses/index.ts';
import { fetchDueDates, followObligations, planPolicyStarts, recordObligations } from '../due-dates/index.ts';
import { keepExcluded, letGoOfMovedPoams, listRulesInForce } from '../../record/weaknesses/index.ts';
import { poamId } from './compose-poam.ts';
import { readMayChange } from '../../record/policy-facts/index.ts';
import { byRule, reasonOf, type RuleCode } from '../../canonical/vocabulary/index.ts';
import {
  followSplits,
  recordDepartures,
  showAbandonedPoams,
  takeBackAssets,
} from '../../record/poams/index.ts';
import { listLifeSettings } from '../../record/poam-life/index.ts';
import { listUnsentPoams } from './unsent-poams.sql.ts';
import { type Counts, noCounts, recordChanges, recordCounts } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { canRead, type ConnectedSystem } from '../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../engine/run/index.ts';
import { composeFor, createPoams, type OutboundSource, type Proposed } from './create-poams.ts';
import { presentOf, proposalsOf, withoutProposals } from './proposals.ts';
import {
  contradictionsToReopen,
  isAcceptedContradiction,
  reopenPoams,
  reopens,
} from './life/reopen-poams.ts';
import { type NamesOf, sourceNames } from './source-names.ts';
import { followTexts } from './regroup/follow-texts.ts';
import { mayCreate, mayReopen } from './let-out.ts';
import { sendMissingAssets } from './missing-assets.ts';
import { recordSplits, regroup, type Regrouped } from './regroup/regroup.ts';
import { renewUnsent } from './renew-unsent.ts';
import { showAnswers } from './show-answers.ts';
import { fetchControls, templatesBy, tie, withOccurrence } from './tie-poams.ts';
import { findUnreadPoams, mayBeAnsweredBy, showNotLetOut, showWaiting } from './unread-poams.ts';

/** After findings or POA&Ms were read: which weaknesses need a POA&M. */
export const weaknessStep: Conclusion = {
  entities: ['finding', 'poam'],
  suits: (system) => canRead(system, 'poam'),
  stepOf: (system) => ({
    system,
    name: 'weaknesses',
    type: 'update',
    takesTurn: true,
    run: (context, operationId) => planPoams(context, system, operationId),
  }),
};

/**
 * Turns weaknesses into POA&Ms (decision 0015): one that has none gets one, written here and put into the outbox in
 * one transaction; one that a POA&M made by others already answers is tied to that; where machines have joined a
 * weakness, they are added to its POA&M. A POA&M that ended while a finding under it is open, and a second one for the same
 * weakness, are shown to a person. A proposal that has not gone out is planned again first.
 */
export async function planPoams(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const today = context.now().toISOString().slice(0, 10);
  const counts = await context.store.transaction(async (tx) => {
    const { source, weaknesses, regrouped } = await gatherWeaknesses(context, tx, system, operationId);
    const unsent = await listUnsentPoams(tx.db, system.id);
    const controls = await fetchControls(tx, system, weaknesses);
    const dueDatesOf = await fetchDueDates(tx.db, weaknesses);
    const judged = weaknesses.map((weakness) =>
      judge(withoutProposals(weakness, unsent), controls, dueDatesOf),
    );
    const proposals = proposalsOf(weaknesses, unsent, judged);
    const renewal = await renewUnsent(tx, source, unsent, (poamId) => ({
      ...presentOf(proposals.get(poamId), unsent.get(poamId), {
        mayGoOut: mayCreate(system, proposals.get(poamId)),
        today,
        ...source,
      }),
      ending: regrouped.endings.get(poamId),
    }));
    const proposed = [...proposals].flatMap(([poam, each]) =>
      renewal.standing.has(poam) ? [{ ...each, poam, isLive: unsent.get(poam)?.state !== 'dropped' }] : [],
    );
    const settled = new Set(proposed.map((each) => each.weakness));
    const open = judged.filter((each) => !settled.has(each.weakness));
    const { reopened, ...ended } = await settleEnded(tx, source, open, today);
    const unanswered = open.filter((each) => isUnanswered(each) && !reopened.has(each));
    const waiting = await holdBack(context, tx, system, operationId, unanswered);
    const wanted = unanswered.filter((each) => !waiting.has(each));
    const fresh = await letOut(tx, system, operationId, wanted);
    const answered = judged.filter(isAnswered);

    await createPoams(tx, source, fresh, today);
    const tied = [...answered, ...proposed.filter((each) => each.isLive)];
    const splits = splitsOf(fresh, regrouped);
    await recordSplits(tx, source, splits);
    await tie(tx, { fresh, answered: tied, judged, reopened });
    await followSplits(tx.db, source, splits);
    await recordDueDates(tx, source, [...fresh, ...tied]);
    const reworded = await reword(tx, source, { regrouped, answered, today });
    const extended = await sendMissingAssets(tx, source);
    await recordTies(tx, source, answered);
    const { shown, beside } = await showAnswers(tx, source, judged, ended);
    const abandoned = beside + (await showAbandonedPoams(tx.db, source));
    const held = new Set([...waiting, ...shown]);
    const outcome = countsOf({
      read: weaknesses.length + renewal.withdrawn + abandoned,
      created: fresh.filter((each) => !shown.has(each)).length,
      moved: extended + reworded + renewal.renewed + renewal.withdrawn,
      held: held.size + abandoned,
    });
    await recordCounts(tx.db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'poams', state: 'working', counts });
}

/** Those of the wanted that the policies let out; the others are shown to people. */
async function letOut(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  wanted: readonly JudgedWeakness[],
): Promise<Proposed[]> {
  const held = wanted.filter((each) => !mayCreate(system, each));
  if (held.length > 0) await showNotLetOut(tx, system, operationId, held);
  return withOccurrence(
    tx,
    wanted.filter((each) => mayCreate(system, each)),
  );
}

/** Texts of POA&Ms that continue follow their rule. @returns of how many. */
const reword = (
  tx: Tx,
  source: OutboundSource,
  of: {
    readonly regrouped: Regrouped;
    readonly answered: readonly JudgedWeakness[];
    readonly today: string;
  },
): Promise<number> =>
  followTexts(tx, source, of.regrouped.continued, answeredBy(of.answered), (each, promised) =>
    composeFor(source, each, { promised, today: of.today }),
  );

/** Each POA&M that answers one weakness, with that. */
const answeredBy = (answered: readonly JudgedWeakness[]): ReadonlyMap<string, JudgedWeakness> =>
  new Map(answered.flatMap((each) => (each.answers.by ? [[each.answers.by.poamId, each] as const] : [])));

/** By which day each POA&M is obliged, from now on. */
async function recordDueDates(
  tx: Tx,
  { operationId, now, systemId, policies }: OutboundSource,
  answered: readonly JudgedWeakness[],
): Promise<void> {
  await recordObligations(
    tx.db,
    { operationId, now },
    answered.map(({ weakness, due }) => ({ ...weakness, due })),
  );
  await followObligations(
    tx,
    { operationId, now },
    {
      systemId,
      readMayMove: (poamIds) =>
        readMayChange(tx.db, policies, { entity: 'poam', fields: ['scheduled_completion'] }, poamIds),
    },
  );
  await planPolicyStarts(tx, { operationId, now }, systemId);
}

/** Which of the POA&Ms that are made were split from others. */
const splitsOf = (fresh: readonly Proposed[], { splits }: Regrouped) =>
  fresh.flatMap(({ weakness, occurrence }) => {
    const split = splits.get(keyOfWeakness(weakness));
    const to = poamId(weakness, occurrence);
    return split ? [{ ...split, poamId: to, to }] : [];
  });

/** What is held counts as held, whatever else was done about it. */
function countsOf({ moved, ...of }: Record<'read' | 'created' | 'moved' | 'held', number>): Counts {
  const updated = Math.min(moved, of.read - of.created - of.held);
  return { ...noCounts, ...of, updated, unchanged: of.read - of.created - updated - of.held };
}

interface Ended {
  /** The POA&M that each opens again. */
  readonly reopened: ReadonlyMap<JudgedWeakness, string>;
  /** Whether its contradiction, if it has one, is settled by the settings of its boundary. */
  readonly isOver: (judged: JudgedWeakness) => boolean;
  /** Whether they accept a completion in this boundary though findings are open. */
  readonly isAccepted: (systemId: string) => boolean;
}

/** What the settings of boundaries say about POA&Ms that ended though findings are open, or returned. */
async function settleEnded(
  tx: Tx,
  source: OutboundSource,
  judged: readonly JudgedWeakness[],
  today: string,
): Promise<Ended> {
  const settings = await listLifeSettings(tx.db);
  const reopenable = judged.filter((each) => mayReopen(source, each));
  const returned = reopenable.filter(isUnanswered).flatMap((each) => reopens(each, settings) ?? []);
  const contradicted = reopenable.flatMap((each) => contradictionsToReopen(each, settings));
  await reopenPoams(tx, source, [...returned, ...contradicted], today);
  const isAccepted = (systemId: string): boolean => isAcceptedContradiction(systemId, settings, today);
  const over = new Set(contradicted.map((each) => each.judged));
  return {
    reopened: new Map(returned.map((each) => [each.judged, each.poam.poamId])),
    isOver: (each) => over.has(each) || isAccepted(each.weakness.systemId),
    isAccepted,
  };
}

/** The weaknesses under the rules in force, after what POA&Ms name and where machines are was brought up to date. */
async function gatherWeaknesses(
  context: RunContext,
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
): Promise<{
  readonly source: OutboundSource;
  readonly weaknesses: readonly WeaknessRow[];
  readonly regrouped: Regrouped;
}> {
  const rules = await listRulesInForce(tx.db);
  const now = context.now();
  const names: NamesOf = (systemTypes) => sourceNames(context, systemTypes);
  const { id: systemId, policies } = system;
  const source = { systemId, operationId, now, policies, names, templatesOf: templatesBy(rules) };
  await renewMentions(tx.db);
  await letGoOfMovedPoams(tx.db, source);
  await recordDepartures(tx.db, source);
  const regrouped = await regroup(tx, source, rules);
  await keepExcluded(tx.db, systemId);
  await takeBackAssets(tx.db);
  return { source, weaknesses: await listWeaknesses(tx.db, systemId, now), regrouped };
}

/** The unanswered weaknesses to which a POA&M that could not be read may be the answer; said among what was held. */
async function holdBack(
  context: RunContext,
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  unanswered: readonly JudgedWeakness[],
): Promise<ReadonlySet<JudgedWeakness>> {
  const unread = await findUnreadPoams(context, tx, system);
  const waiting = unanswered.flatMap((judged) => {
    const one = unread && mayBeAnsweredBy(unread, judged);
    return unread === undefined || one ? [{ judged, unread: one }] : [];
  });
  await showWaiting(tx, system, operationId, waiting);
  return new Set(waiting.map(({ judged }) => judged));
}

const groundRules: Readonly<Record<Ground, RuleCode>> = {
  tied: 'answer_tied',
  pointed: 'answer_pointed',
  named: 'answer_named',
  cve: 'answer_cve',
};

/** Says once, in the journal, that a POA&M made by others was recognized as the answer to a weakness. */
async function recordTies(
  tx: Tx,
  source: { systemId: number; operationId: string },
  answered: readonly JudgedWeakness[],
): Promise<void> {
  await recordChanges(
    tx.db,
    source,
    answered.flatMap(({ weakness, answers: { by } }) =>
      by === undefined || by.id === weakness.tiedTo
        ? []
        : [
            {
              entity: 'poam',
              entityId: by.poamId,
              field: 'weakness',
              after: `${weakness.systemId} ${namedWeakness(weakness)}`,
              direction: 'internal' as const,
              decidedBy: byRule(groundRules[by.ground]),
              reason: reasonOf('recognised'),
            },
          ],
    ),
  );
}
