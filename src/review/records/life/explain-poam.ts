/** Why a POA&M is as it is: who made it by which rule, which findings it is about, why it is due then, in which state and why, what may follow. */
import type { Scope } from '../../../canonical/access/index.ts';
import { questionSentence } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { listHistory } from '../../../ledger/operations/index.ts';
import {
  afterEvent,
  type EvidenceRow,
  lacksFor,
  poamEvents,
  type PoamEvent,
  poamStates,
  type PoamState,
  statusOf,
} from '../../../modules/poams/index.ts';
import type { FieldFault } from '../../../platform/errors/index.ts';
import { fetchLife, listQuestions } from '../../../record/poam-life/index.ts';
import { listPoamWeaknesses } from '../../../record/poams/index.ts';
import { findPoamRule } from '../../../record/weaknesses/index.ts';
import { contentsOf, gatherLife, type PoamAtHand } from './gather-life.ts';
import { isVerified } from './is-verified.ts';

export interface PoamMove {
  readonly event: PoamEvent;
  readonly what: string;
  readonly status: string;
  /** What it lacks for that; empty: it may. */
  readonly lacks: readonly FieldFault[];
}

export interface FindingExplained {
  readonly id: number;
  readonly plugin: string;
  readonly asset: string;
  readonly state: string;
  readonly isFalsePositive: boolean;
  readonly isInside: boolean;
  readonly lastFound: string | null;
  readonly fixedAt: string | null;
  /** Of a fixed one, each answer yes, no or unknown. */
  readonly evidence: Pick<EvidenceRow, 'after' | 'sawHost' | 'authenticated' | 'ranPlugin'> | null;
}

export interface PoamExplanation {
  readonly poamId: string;
  readonly state: PoamState | null;
  readonly status: string | null;
  readonly meaning: string | null;
  /** Since when, by whom and why it has this status; null: the journal does not know. */
  readonly since: { readonly at: Date; readonly by: string; readonly reason: string | null } | null;
  readonly made: {
    readonly at: Date | null;
    readonly by: string | null;
    readonly reason: string | null;
    readonly rule: { readonly boundary: string | null; readonly version: number } | null;
    readonly follows: string | null;
    readonly followedBy: string | null;
  };
  readonly due: {
    readonly promised: string | null;
    readonly original: string | null;
    /** The weaknesses' own days, with the policy of each. */
    readonly weaknesses: readonly { readonly what: string; readonly due: string; readonly reason: string }[];
  };
  readonly rating: { readonly present: string | null; readonly original: string | null };
  readonly findings: readonly FindingExplained[];
  readonly isVerified: boolean;
  readonly questions: readonly { readonly code: string; readonly text: string; readonly since: Date }[];
  readonly moves: readonly PoamMove[];
}

const mostJournal = 1_000;
const findingsShown = 500;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function explainPoam(app: App, scope: Scope, poamId: string): Promise<PoamExplanation> {
  const { db } = app;
  const poam = await gatherLife(app, db, scope, poamId);
  const [life, rule, weaknesses, questions, history] = await Promise.all([
    fetchLife(db, poamId),
    findPoamRule(db, poamId),
    listPoamWeaknesses(db, poamId),
    listQuestions(db, poamId),
    listHistory(db, [{ entity: 'poam', entityId: poamId }], { limit: mostJournal }),
  ]);
  const { row } = poam.record;
  const moved = history.find(({ field, after }) => field === 'status' && after === row['status']);
  const made = history.findLast(({ field }) => field === null);
  return {
    poamId,
    state: poam.state ?? null,
    status: text(row['status']),
    meaning: poam.state === undefined ? null : poamStates[poam.state],
    since: moved ? { at: moved.at, by: moved.decidedBy, reason: moved.reason } : null,
    made: {
      at: made?.at ?? null,
      by: made?.decidedBy ?? null,
      reason: made?.reason ?? null,
      rule: rule === undefined ? null : { boundary: rule.systemId, version: rule.version },
      follows: life.followsPoamId,
      followedBy: life.followedBy,
    },
    due: {
      promised: text(row['scheduled_completion'])?.slice(0, 10) ?? null,
      original: life.originalCompletion,
      weaknesses: weaknesses.map((each) => ({
        what: `${each.grouping} ${each.identifier}`,
        due: each.dueOn,
        reason: each.dueReason,
      })),
    },
    rating: {
      present: text(row['weakness_risk_level']) ?? text(row['risk_rating']),
      original: life.originalRating,
    },
    findings: findingsOf(poam),
    isVerified: isVerified(poam),
    questions: questions.map(({ code, params, since }) => ({
      code,
      text: questionSentence(code, params),
      since,
    })),
    moves: movesOf(poam),
  };
}

function findingsOf({ findings, evidence }: PoamAtHand): FindingExplained[] {
  const known = new Map(evidence.map((each) => [each.finding, each]));
  return findings.slice(0, findingsShown).map((each) => {
    const of = known.get(each.id);
    return {
      id: each.id,
      plugin: each.pluginId,
      asset: each.asset,
      state: each.lifecycle,
      isFalsePositive: each.isFalsePositive,
      isInside: each.isInside,
      lastFound: each.lastFound,
      fixedAt: each.fixedAt,
      evidence: of
        ? {
            after: of.after,
            sawHost: of.sawHost,
            authenticated: of.authenticated,
            ranPlugin: of.ranPlugin,
          }
        : null,
    };
  });
}

/** Moves that a person makes; the others follow from findings and decisions. */
const personsEvents = [
  'submitted',
  'started',
  'completed',
  'reopened',
  'cancelled',
] as const satisfies readonly PoamEvent[];

/** What a person may make of it, each with what it lacks. Why it is done is asked when it is done. */
function movesOf(poam: PoamAtHand): PoamMove[] {
  return personsEvents.flatMap((event) => {
    const to = poam.state === undefined ? undefined : afterEvent(poam.state, event);
    if (to === undefined) return [];
    const fields = to === 'completed' ? { actual_completion: poam.today } : {};
    return [
      {
        event,
        what: poamEvents[event],
        status: statusOf[to],
        lacks: lacksFor(to, contentsOf(poam, fields, 'said when it is done')),
      },
    ];
  });
}
