/**
 * Whether the POA&Ms about a weakness answer the findings that are open. Pure.
 *
 *   POA&M is                              then for an open finding it is
 *   open, in progress, …                  the answer
 *   risk accepted, false positive, n/a    the answer (a deviation that a person decided) until it ends
 *   completed before it was found (again) none: a new POA&M is made
 *   completed while it was open           a contradiction: shown, and nothing is made by itself; one that was completed here, with the
 *                                         findings in front of them, is shown once a later scan still sees the finding
 *   cancelled while it was open           likewise, if it was the answer until then; one that never was is not
 *
 * A person settles a contradiction: "the finding stands" makes the completed POA&M no answer, "the POA&M stands" leaves it.
 */
import { poamStandingOf, type Severity } from '../../canonical/vocabulary/index.ts';

/** On what grounds a POA&M is about a weakness, the surest first. */
export const grounds = ['tied', 'pointed', 'named', 'cve'] as const;
export type Ground = (typeof grounds)[number];

export interface Candidate {
  /** ingestion_poams.id and poam_id. */
  readonly id: number;
  readonly poamId: string;
  readonly ground: Ground;
  readonly status: string | null;
  /** What it says about itself so far, and what its remote calls it. */
  readonly comments?: string | null;
  readonly remoteId?: string | null;
  /** YYYY-MM-DD: when it was completed or cancelled, or an accepted risk that has run out ended; null where the record does not say. */
  readonly endedOn: string | null;
  /** When its present status came into the record, ISO in UTC; null where the journal does not know. */
  readonly seenAt: string | null;
  /** Whether it was here that its present status was set; a person did so with the findings in front of them. */
  readonly isEndedHere: boolean;
  /** Whether it was made here and no remote ever had it: a proposal, which says nothing once it was withdrawn. */
  readonly isProposal: boolean;
  /** What a person decided about the contradiction, or that it waits; null: there is none that still holds. */
  readonly contradiction: 'pending' | 'internal' | 'external' | null;
}

export interface OpenFinding {
  /** ingestion_vulnerabilities.id; of a failed check that of its result, negated. */
  readonly id: number;
  /** As the scanner names the machine. */
  readonly asset: string;
  /** Since when it is open: found, or found again; ISO in UTC. */
  readonly since: string;
  readonly firstFound: string;
  /** When a scan last saw it, ISO in UTC. */
  readonly lastSeen: string;
  readonly severity: Severity;
  /** ingestion_poams.id that it points at. */
  readonly poam: number | null;
}

export interface Contradicted {
  readonly poam: Candidate;
  readonly findings: readonly OpenFinding[];
}

export interface Answers {
  /** Counts the findings that no contradiction holds. */
  readonly by: Candidate | undefined;
  /** Further POA&Ms that answer the same. */
  readonly others: readonly Candidate[];
  /** What is to be shown to a person: POA&Ms that ended, with the findings that were open then. */
  readonly contradicted: readonly Contradicted[];
  /** The findings that are to have a POA&M: answered by `by`, or not answered. */
  readonly open: readonly OpenFinding[];
}

/** Whether it answers nothing any more that is found from now on. */
export const hasEnded = ({ status, endedOn }: Candidate): boolean => {
  const standing = poamStandingOf(status);
  return (
    standing === 'completed' || standing === 'cancelled' || (standing === 'deviation' && endedOn !== null)
  );
};
/** Tied by a weakness or pointed at by its findings is the same: of two such, the older is the answer (it may have been opened again). */
const rankOf = (ground: Ground): number => Math.max(1, grounds.indexOf(ground));
const sureness = (a: Candidate, b: Candidate): number =>
  rankOf(a.ground) - rankOf(b.ground) ||
  Number(poamStandingOf(a.status) !== 'live') - Number(poamStandingOf(b.status) !== 'live') ||
  a.id - b.id;

/** Whether a finding was open already when the POA&M was completed or cancelled. */
function wasOpenThen(poam: Candidate, finding: OpenFinding): boolean {
  const day = poam.endedOn ?? poam.seenAt?.slice(0, 10);
  const wasAnswer = poam.ground === 'tied' || poam.ground === 'pointed' || finding.poam === poam.id;
  // That one was completed says that it was fixed; one that was cancelled before it was tied to this says nothing.
  if (day === undefined) return poamStandingOf(poam.status) === 'completed' || wasAnswer;
  const since = finding.since.slice(0, 10);
  if (since !== day) return since < day;
  // On the same day, what came first is decided by when the completion was seen here, else from what pointed where.
  if (finding.poam === poam.id)
    return poam.seenAt === null || Date.parse(finding.since) <= Date.parse(poam.seenAt);
  return !wasAnswer;
}

/** Whether a scan has seen the finding since the POA&M ended. */
function wasSeenSince(poam: Candidate, finding: OpenFinding): boolean {
  const day = poam.endedOn ?? poam.seenAt?.slice(0, 10);
  const seen = finding.lastSeen.slice(0, 10);
  if (day === undefined || seen < day) return false;
  return seen > day || (poam.seenAt !== null && Date.parse(finding.lastSeen) > Date.parse(poam.seenAt));
}

/** Decides over the POA&Ms that are about a weakness, and its open findings. */
export function answersOf(candidates: readonly Candidate[], findings: readonly OpenFinding[]): Answers {
  const sorted = candidates.toSorted(sureness);
  const answering = sorted.filter((each) => !hasEnded(each));
  const ended = sorted.filter(
    (each) => hasEnded(each) && !each.isProposal && each.contradiction !== 'internal',
  );
  const holds = (poam: Candidate, finding: OpenFinding): boolean =>
    wasOpenThen(poam, finding) &&
    // Where another POA&M answers, only what is shown to a person already waits for them.
    (answering.length === 0 || (finding.poam === poam.id && poam.contradiction !== null));
  const heldBy = new Map(findings.map((finding) => [finding, ended.find((poam) => holds(poam, finding))]));
  return {
    by: answering[0],
    others: answering.slice(1),
    contradicted: ended.flatMap((poam) => {
      const held = findings.filter(
        (finding) =>
          heldBy.get(finding) === poam &&
          (!poam.isEndedHere || poam.contradiction !== null || wasSeenSince(poam, finding)),
      );
      return held.length > 0 ? [{ poam, findings: held }] : [];
    }),
    open: findings.filter((finding) => heldBy.get(finding) === undefined),
  };
}
