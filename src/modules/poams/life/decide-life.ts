/**
 * What becomes of a POA&M when the findings under it have moved. Pure.
 *
 *   something under it is open             it stays; what waited to be verified goes back to work
 *   all is fixed, and proven               pending verification, then completed: at once, after days, or by the word of a person
 *   all is fixed, something is not known   a person is asked, by name
 *   nothing is open, but not all is fixed  a person is asked: machines that are gone or left, findings that are no longer shown
 *
 * A check of an audit counts as a finding does: a later result that passes is its evidence.
 *
 * A false positive that was approved is as good as fixed; an accepted risk is not: its finding is open. A POA&M that a person wrote may be
 * about more than its findings, so only their word completes it.
 */
import { poamStandingOf, type QuestionCode } from '../../../canonical/vocabulary/index.ts';
import { addDays } from '../../due-dates/index.ts';
import type { Json, JsonObject } from '../../../platform/values/index.ts';
import { type LifeSettings } from '../../../record/poam-life/index.ts';
import type { CheckUnder } from '../../../record/poams/index.ts';
import { evidenceOfFix, evidenceParts, type FixEvidence, type FixFacts, isProven } from './fix-evidence.ts';
import { afterEvent, type PoamEvent, stateOf } from './poam-states.ts';

export interface FindingUnder extends FixFacts {
  readonly id: number;
  readonly pluginId: string;
  /** As people know the machine. */
  readonly asset: string;
  readonly lifecycle: 'open' | 'reopened' | 'fixed' | 'missing' | 'gone';
  /** By an approved deviation. */
  readonly isFalsePositive: boolean;
  /** Dismissed at the scanner's server, by whomever. */
  readonly isDismissed?: boolean;
  /** Whether its machine is in the boundary of the POA&M. */
  readonly isInside: boolean;
}

export interface LivingPoam {
  readonly poamId: string;
  readonly status: string | null;
  /** Whether Tieline composed it. */
  readonly isMadeHere: boolean;
  readonly settings: LifeSettings;
  /** Since when its findings are known to be fixed with evidence, ISO; null: they were not. */
  readonly verifiedAt: string | null;
  /** Whether the policies let a change of its state out. */
  readonly mayMove: boolean;
  readonly findings: readonly FindingUnder[];
  /** The checks of audits that it answers. */
  readonly checks?: readonly CheckUnder[];
}

export interface Question {
  readonly code: QuestionCode;
  readonly params: JsonObject;
}

export interface EvidenceRow extends FixEvidence {
  /** Null: a check of an audit, which `plugin` names. */
  readonly finding: number | null;
  readonly asset: string;
  readonly plugin: string;
  readonly fixedAt: string | null;
}

export interface LifeDecision {
  /** In order; the last one says what the POA&M becomes. */
  readonly events: readonly PoamEvent[];
  readonly questions: readonly Question[];
  /** Of each fixed finding, where all are. */
  readonly evidence: readonly EvidenceRow[] | null;
  /** Whether all of it is proven. */
  readonly isVerified: boolean;
}

const nothing: LifeDecision = { events: [], questions: [], evidence: null, isVerified: false };
const machinesOf = (findings: readonly { readonly asset: string }[]): Json => [
  ...new Set(findings.map(({ asset }) => asset)),
];

/** @param now ISO in UTC. */
export function decideLife(poam: LivingPoam, now: string): LifeDecision {
  const state = stateOf(poam.status);
  if (state === undefined || state === 'draft' || poamStandingOf(poam.status) !== 'live') return nothing;
  const counting = poam.findings.filter((each) => !each.isFalsePositive || each.lifecycle === 'fixed');
  const checks = poam.checks ?? [];
  if (poam.findings.length === 0 && checks.length === 0) return nothing;
  const open = counting.filter(({ lifecycle, isInside }) => isInside && isOpen(lifecycle));
  if (open.length > 0 && open.every((each) => each.isDismissed === true))
    return {
      ...nothing,
      questions: [{ code: 'dismissed_there', params: { findings: open.length, machines: machinesOf(open) } }],
    };
  if (open.length > 0 || checks.some(({ isFailing }) => isFailing))
    // Only what evidence had brought there: a person who says that it is to be verified knows more.
    return state === 'pending_verification' && poam.verifiedAt !== null && poam.mayMove
      ? { ...nothing, events: ['fix_lost'] }
      : nothing;
  const absent = counting.filter(({ lifecycle }) => lifecycle !== 'fixed');
  if (absent.length > 0) return { ...nothing, questions: absenceOf(absent) };
  const passed = checks.map(evidenceOfCheck);
  // A check that no longer fails, without a later result that passes: a person says what that means.
  if (passed.some((each) => !isProven(each)))
    return { ...nothing, questions: [{ code: 'checks_pass', params: { checks: checks.length } }] };
  if (counting.length === 0 && passed.length === 0)
    return {
      ...nothing,
      questions: [{ code: 'all_false_positive', params: { findings: poam.findings.length } }],
    };
  const evidence = [...counting.map(evidenceOf), ...passed];
  const unproven = evidence.filter((each) => !isProven(each));
  if (unproven.length > 0)
    return { ...nothing, evidence, questions: [unprovenQuestion(evidence.length, unproven)] };
  return {
    ...closing({ ...poam, verifiedAt: verifiedSince(poam, evidence) }, evidence.length, now),
    evidence,
    isVerified: true,
  };
}

/** The evidence of one fixed finding. */
export const evidenceOf = (finding: FindingUnder): EvidenceRow => ({
  finding: finding.id,
  asset: finding.asset,
  plugin: finding.pluginId,
  fixedAt: finding.fixedAt,
  ...evidenceOfFix(finding),
});

/**
 * The evidence of one check of an audit (grc-formats 3.7, the same four parts): a result that passes comes of a scan that saw the host, signed in
 * (an audit reads nothing otherwise) and made the check. It must be of a later day than the one on which the weakness was found.
 */
export function evidenceOfCheck({ check, asset, isPassed, seenAt, detectedOn }: CheckUnder): EvidenceRow {
  const isLater = seenAt !== null && detectedOn !== null && seenAt.slice(0, 10) > detectedOn.slice(0, 10);
  const looked = isPassed ? 'yes' : 'unknown';
  return {
    finding: null,
    asset,
    plugin: `check ${check}`,
    fixedAt: seenAt,
    after: isPassed && isLater ? 'yes' : 'unknown',
    sawHost: looked,
    authenticated: looked,
    ranPlugin: looked,
  };
}

/** Since when it is verified; null: from now on, as what returned and was fixed again since is proven anew. */
function verifiedSince({ verifiedAt }: LivingPoam, evidence: readonly EvidenceRow[]): string | null {
  const isOlder = evidence.some(
    ({ fixedAt }) => verifiedAt !== null && fixedAt !== null && Date.parse(fixedAt) > Date.parse(verifiedAt),
  );
  return isOlder ? null : verifiedAt;
}

const isOpen = (lifecycle: FindingUnder['lifecycle']): boolean =>
  lifecycle === 'open' || lifecycle === 'reopened';

/** Why nothing is open though not all is fixed: one question for each reason, which names the machines. */
function absenceOf(absent: readonly FindingUnder[]): Question[] {
  const reasonOf = (finding: FindingUnder): QuestionCode =>
    !finding.isInside
      ? 'machines_left'
      : finding.lifecycle === 'missing'
        ? 'findings_missing'
        : 'machines_gone';
  return [...Map.groupBy(absent, reasonOf)].map(([code, of]) => ({
    code,
    params: { findings: of.length, machines: machinesOf(of) },
  }));
}

function unprovenQuestion(findings: number, unproven: readonly EvidenceRow[]): Question {
  const lacking = evidenceParts.map((part): [string, number] => [
    part,
    unproven.filter((each) => each[part] !== 'yes').length,
  ]);
  return {
    code: 'fix_unproven',
    params: {
      findings,
      unproven: unproven.length,
      machines: machinesOf(unproven),
      ...Object.fromEntries(lacking),
    },
  };
}

/** What the settings make of a POA&M whose findings are all fixed, and proven to be. */
function closing(
  poam: LivingPoam,
  findings: number,
  now: string,
): Pick<LifeDecision, 'events' | 'questions'> {
  const state = stateOf(poam.status);
  const isPending = state === 'pending_verification';
  const proven: PoamEvent[] = isPending ? [] : ['fix_proven'];
  const since = poam.verifiedAt ?? now;
  const { closeAfter, closeDays } = poam.settings;
  const isDue =
    poam.isMadeHere &&
    (closeAfter === 'at once' ||
      (closeAfter === 'days' && now.slice(0, 10) >= addDays(since.slice(0, 10), closeDays)));
  const events: PoamEvent[] = isDue ? [...proven, 'completed'] : proven;
  if (events.length > 0 && !poam.mayMove)
    return {
      events: [],
      questions: [
        { code: 'not_let_out', params: { status: isDue ? 'Completed' : 'Pending Verification', findings } },
      ],
    };
  const waits = !isDue && (closeAfter === 'word' || !poam.isMadeHere);
  return { events, questions: waits ? [{ code: 'awaits_word', params: { findings } }] : [] };
}

/** The state that a decision leads to; undefined: it stays. */
export function stateAfter(poam: Pick<LivingPoam, 'status'>, { events }: Pick<LifeDecision, 'events'>) {
  let state = stateOf(poam.status);
  if (events.length === 0) return undefined;
  for (const event of events) state = state && afterEvent(state, event);
  return state;
}
