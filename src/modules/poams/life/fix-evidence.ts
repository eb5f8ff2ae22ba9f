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
const minuteMs = 60_000;
/** Clocks of a scan's parts differ by so much. */
const toleranceMs = 15 * minuteMs;
/** A scan takes no longer; its beginning is not kept. */
const longestScanMs = 24 * 60 * minuteMs;

/** The answers of one finding. */
export function evidenceOfFix(facts: FixFacts): FixEvidence {
  const { covered } = facts;
  return {
    after: cameAfter(facts),
    sawHost: sawHost(facts),
    authenticated: covered.scans > 0 || facts.isRemoteCheck === true ? 'yes' : hadCredentials(facts),
    // A scanner that says "fixed" has looked; that it no longer shows the finding says nothing by itself.
    ranPlugin: facts.isReportedFixed || covered.ranPlugin ? 'yes' : covered.scans > 0 ? 'no' : 'unknown',
  };
}

/** What is known is when a scan showed it fixed, and not when that scan began: a fix reported shortly before may lie behind its beginning. */
function cameAfter({ fixedAt, fixReportedAt, lastFound }: FixFacts): Answer {
  const from = fixReportedAt ?? lastFound;
  if (fixedAt === null || from === null) return 'unknown';
  const later = Date.parse(fixedAt) - Date.parse(from);
  if (later <= 0) return 'no';
  return fixReportedAt !== null && later < longestScanMs ? 'unknown' : 'yes';
}

/** Credentials of the scan that found it say nothing of the one that no longer does. */
function hadCredentials({ fixedAt, lastFound, authenticatedAt }: FixFacts): Answer {
  if (fixedAt === null || authenticatedAt === null) return 'unknown';
  const at = Date.parse(authenticatedAt);
  if (lastFound !== null && at <= Date.parse(lastFound)) return 'no';
  return at >= Date.parse(fixedAt) - toleranceMs ? 'yes' : 'unknown';
}

function sawHost({ covered, fixedAt, assetSeenAt }: FixFacts): Answer {
  if (covered.scans > 0) return 'yes';
  if (fixedAt === null || assetSeenAt === null) return 'unknown';
  // The machine may be looked up less often than it is scanned: that it was not seen since proves nothing against the scan.
  return day(assetSeenAt) >= day(fixedAt) ? 'yes' : 'unknown';
}

export const isProven = (evidence: FixEvidence): boolean =>
  evidenceParts.every((part) => evidence[part] === 'yes');
