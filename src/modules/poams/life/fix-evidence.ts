/**
 * Whether a scan proves that a finding is fixed, in four parts, each yes, no or unknown (grc-formats 3.3, "pending verification"; the closing
 * rule of FedRAMP asks for the like). Pure. Nothing is taken for granted: what the record does not know is unknown, and waits for a person.
 *
 *   after          the scan that shows it fixed came after the fix was reported, else after the finding was last found
 *   sawHost        it saw the machine
 *   authenticated  it had credentials at least as good as the scan that found it: a check that needs none needs none now
 *   ranPlugin      it ran the check
 */
export type Answer = 'yes' | 'no' | 'unknown';
export const evidenceParts = ['after', 'sawHost', 'authenticated', 'ranPlugin'] as const;
export type EvidencePart = (typeof evidenceParts)[number];
export type FixEvidence = Readonly<Record<EvidencePart, Answer>>;

/** What the record knows of a fix; times are ISO in UTC. */
export interface FixFacts {
  /** When a scan showed it fixed. */
  readonly fixedAt: string | null;
  readonly lastFound: string | null;
  readonly fixReportedAt: string | null;
  /** When the scanner last saw the machine. */
  readonly assetSeenAt: string | null;
  /** When a scan with credentials of the machine was last done, as its scanner says. */
  readonly authenticatedAt: string | null;
  /** Whether the check needs no credentials; null: its text does not say. */
  readonly isRemoteCheck: boolean | null;
  /** Scans with credentials of the machine at the time of the fix or later, from files: whether any of them ran the check. */
  readonly covered: { readonly scans: number; readonly ranPlugin: boolean };
  /** The scanner itself reported the finding as fixed; else it was concluded from what scans did not show. */
  readonly isReportedFixed: boolean;
}

const day = (time: string): string => time.slice(0, 10);
const answer = (holds: boolean): Answer => (holds ? 'yes' : 'no');

/** The answers of one finding. */
export function evidenceOfFix(facts: FixFacts): FixEvidence {
  const { fixedAt, covered } = facts;
  const from = facts.fixReportedAt ?? facts.lastFound;
  return {
    after: fixedAt === null || from === null ? 'unknown' : answer(Date.parse(fixedAt) > Date.parse(from)),
    sawHost: sawHost(facts),
    authenticated:
      covered.scans > 0 || facts.isRemoteCheck === true
        ? 'yes'
        : fixedAt === null || facts.authenticatedAt === null
          ? 'unknown'
          : answer(day(facts.authenticatedAt) >= day(fixedAt)),
    // A scanner that says "fixed" has looked; that it no longer shows the finding says nothing by itself.
    ranPlugin: facts.isReportedFixed || covered.ranPlugin ? 'yes' : covered.scans > 0 ? 'no' : 'unknown',
  };
}

function sawHost({ covered, fixedAt, assetSeenAt }: FixFacts): Answer {
  if (covered.scans > 0) return 'yes';
  if (fixedAt === null || assetSeenAt === null) return 'unknown';
  // The machine may be looked up less often than it is scanned: that it was not seen since proves nothing against the scan.
  return day(assetSeenAt) >= day(fixedAt) ? 'yes' : 'unknown';
}

export const isProven = (evidence: FixEvidence): boolean =>
  evidenceParts.every((part) => evidence[part] === 'yes');
