/**
 * The life of POA&Ms in a run, after weaknesses: their rating follows, their findings' fixes are weighed, and a person is asked what nobody
 * else can say. Gather, decide, apply: what is decided is in `decide-life.ts` and `decide-rating.ts`.
 */
import { readMayChange } from '../../../record/policy-facts/index.ts';
import {
  poamStandingOf,
  type QuestionCode,
  reasonOf,
  severities,
} from '../../../canonical/vocabulary/index.ts';
import { canRead, type ConnectedSystem } from '../../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../../engine/run/index.ts';
import { noCounts, recordCounts } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import {
  addQuestions,
  askAbout,
  closeRatingQuestions,
  dropEvidence,
  followStanding,
  keepClosure,
  keepEvidence,
  keepFirstValues,
  listAskedOfDeciders,
  listLifeSettings,
  usualLife,
} from '../../../record/poam-life/index.ts';
import {
  findingsUnder,
  type FindingUnderRow,
  listRestingPoams,
  type RestingPoam,
} from '../../../record/poams/index.ts';
import { listRatingChanges, lowerSeverities, noteRated } from '../../../record/weaknesses/index.ts';
import { appended, changePoams, completeMilestones, type PoamChange, ruledChange } from './apply-life.ts';
import { decideLife, type FindingUnder, type LifeDecision, stateAfter } from './decide-life.ts';
import { decideRating } from './decide-rating.ts';
import { evidenceNote } from './evidence-note.ts';
import { endRequestsOf } from './person-moves.ts';
import { statusOf } from './poam-states.ts';

/** What is asked here, and closed again when it is over. */
const askedHere = [
  'fix_unproven',
  'awaits_word',
  'machines_gone',
  'machines_left',
  'findings_missing',
  'checks_pass',
  'all_false_positive',
  'dismissed_there',
  'not_let_out',
] as const satisfies readonly QuestionCode[];

const stateFields = ['status', 'actual_completion', 'comments'];
const ratingFields = ['risk_rating', 'weakness_risk_level'];

/** After weaknesses: what becomes of the POA&Ms whose findings moved. */
export const lifeStep: Conclusion = {
  entities: ['finding', 'poam'],
  suits: (system) => canRead(system, 'poam'),
  stepOf: (system) => ({
    system,
    name: 'life',
    type: 'update',
    takesTurn: true,
    run: (context, operationId) => livePoams(context, system, operationId),
  }),
};

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

/** Looks at the POA&Ms of a GRC system, and moves or asks. */
export async function livePoams(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const source = { systemId: system.id, operationId };
  const counts = await context.store.transaction(async (tx) => {
    const rated = await followSeverity(tx, source, system);
    const moved = await followFindings(tx, source, system, context.now());
    await followStanding(tx.db, { externalSystemId: system.id });
    const asked = new Set([...rated.asked, ...moved.asked]);
    const updated = new Set([...rated.changed, ...moved.changed].filter((poam) => !asked.has(poam)));
    const seen = new Set([...asked, ...updated, ...moved.seen]);
    const outcome = {
      ...noCounts,
      read: seen.size,
      updated: updated.size,
      held: asked.size,
      unchanged: seen.size - updated.size - asked.size,
    };
    await recordCounts(tx.db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'life', state: 'working', counts });
}

interface Outcome {
  readonly changed: ReadonlySet<string>;
  /** About which a person is newly asked something. */
  readonly asked: ReadonlySet<string>;
}

/** The rating of POA&Ms whose weakness is of another severity now. */
async function followSeverity(tx: Tx, source: Source, system: ConnectedSystem): Promise<Outcome> {
  await lowerSeverities(tx.db, system.id);
  const poams = await listRatingChanges(tx.db, system.id);
  const mayFollow = await readMayChange(
    tx.db,
    system.policies,
    { entity: 'poam', fields: ratingFields },
    poams.map(({ poamId }) => poamId),
  );
  const askedOfDeciders = await listAskedOfDeciders(tx.db);
  const decided = poams.map((poam) => ({
    poam,
    decision: decideRating(poam, {
      mayFollow: mayFollow(poam.poamId),
      isAsked: askedOfDeciders.has(poam.poamId),
    }),
  }));
  const following = decided.filter(({ decision }) => Object.keys(decision.fields).length > 0);
  await keepFirstValues(
    tx.db,
    following.map(({ poam, decision }) => ({ poamId: poam.poamId, originalRating: decision.before })),
  );
  const changed = await changePoams(
    tx,
    source,
    following.map(({ poam, decision }) =>
      ruledChange(
        poam.poamId,
        decision.fields,
        'severity_followed',
        reasonOf('severity_changed', { severity: severities[poam.to] ?? '' }),
      ),
    ),
  );
  const asked = await addQuestions(
    tx.db,
    source,
    decided.flatMap(({ poam, decision }) =>
      decision.questions.map((question) => ({ poamId: poam.poamId, ...question })),
    ),
  );
  const judged = poams.filter(({ status, isLinked }) => isLinked && poamStandingOf(status) === 'live');
  await closeRatingQuestions(tx.db, system.id, {
    judged: judged.map(({ poamId }) => poamId),
    asked: decided.filter(({ decision }) => decision.questions.length > 0).map(({ poam }) => poam.poamId),
  });
  // Of the others the change waits until they live again, or are there again.
  await noteRated(
    tx.db,
    judged.map(({ poamId }) => poamId),
  );
  return { changed, asked };
}

interface Decided {
  readonly poam: RestingPoam;
  readonly decision: LifeDecision;
}

/** What becomes of the POA&Ms under which nothing is open any more. */
async function followFindings(
  tx: Tx,
  source: Source,
  system: ConnectedSystem,
  now: Date,
): Promise<Outcome & { readonly seen: readonly string[] }> {
  const poams = await listRestingPoams(tx.db, system.id);
  const under = Map.groupBy(
    await findingsUnder(
      tx.db,
      poams.map(({ poamId }) => poamId),
    ),
    ({ poamId }) => poamId,
  );
  const settings = await listLifeSettings(tx.db);
  const mayMove = await readMayChange(
    tx.db,
    system.policies,
    { entity: 'poam', fields: stateFields },
    poams.map(({ poamId }) => poamId),
  );
  const decided = poams.map((poam): Decided => ({
    poam,
    decision: decideLife(
      {
        ...poam,
        mayMove: mayMove(poam.poamId),
        settings: settings.get(poam.systemId) ?? usualLife,
        findings: (under.get(poam.poamId) ?? []).map(factsOf),
      },
      now.toISOString(),
    ),
  }));
  await keepWhatIsProven(tx, decided, now);
  const changed = await move(tx, source, decided, now);
  const asked = await askAbout(
    tx.db,
    source,
    askedHere,
    decided.flatMap(({ poam, decision }) =>
      decision.questions.map((question) => ({ poamId: poam.poamId, ...question })),
    ),
  );
  return { changed, asked, seen: poams.map(({ poamId }) => poamId) };
}

/** A row of the record as the decision reads it. */
export const factsOf = (row: FindingUnderRow): FindingUnder => ({
  ...row,
  covered: { scans: row.coveringScans, ranPlugin: row.isConcluded },
});

async function keepWhatIsProven(tx: Tx, decided: readonly Decided[], now: Date): Promise<void> {
  await keepEvidence(
    tx.db,
    now,
    decided.flatMap(({ poam, decision }) =>
      decision.evidence === null
        ? []
        : [
            {
              poamId: poam.poamId,
              evidence: decision.evidence.map((each): Json => ({ ...each })),
              isVerified: decision.isVerified,
            },
          ],
    ),
  );
  await dropEvidence(
    tx.db,
    decided.flatMap(({ poam, decision }) => (decision.evidence === null ? [poam.poamId] : [])),
  );
}

/** Moves POA&Ms to the state that their events lead to; the milestones of one that is completed are completed with it. */
async function move(
  tx: Tx,
  source: Source,
  decided: readonly Decided[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const today = now.toISOString().slice(0, 10);
  const moving = decided.flatMap(({ poam, decision }) => {
    const state = stateAfter(poam, decision);
    return state === undefined ? [] : [{ poam, decision, state }];
  });
  const changed = await changePoams(
    tx,
    source,
    moving.map(({ poam, decision, state }): PoamChange =>
      state === 'completed'
        ? ruledChange(
            poam.poamId,
            {
              status: statusOf.completed,
              actual_completion: today,
              comments: appended(poam.comments, evidenceNote(decision.evidence ?? [], today)),
            },
            'closed_by_evidence',
            reasonOf('fixed_everywhere'),
          )
        : ruledChange(
            poam.poamId,
            { status: statusOf[state] },
            state === 'pending_verification' ? 'closed_by_evidence' : 'found_again',
            state === 'pending_verification' ? reasonOf('fixed_everywhere') : reasonOf('back_before'),
          ),
    ),
  );
  const completed = moving.filter(({ state }) => state === 'completed');
  await completeMilestones(
    tx,
    source,
    completed.map(({ poam, decision }) => ({
      poamId: poam.poamId,
      on: today,
      note: evidenceNote(decision.evidence ?? [], today),
      decidedBy: { kind: 'rule', code: 'closed_by_evidence' } as const,
    })),
  );
  await endRequestsOf(
    tx,
    completed.map(({ poam }) => poam.poamId),
    now,
  );
  await keepClosure(
    tx.db,
    now,
    completed.map(({ poam }) => poam.poamId),
  );
  return changed;
}
