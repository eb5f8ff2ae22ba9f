/**
 * A remediation scan: a scanner's server looks again at just those plugins on just those machines, because somebody has
 * patched something. Only a scan can make a finding fixed.
 *
 * States: `waiting` (a policy wants a person's consent), `requested` (decided here; whether the server has it is not known),
 * `created` (the server has the scan; whether it was launched is not known), `launched`, `running`, and the three ends.
 */

export const scanStates = [
  'waiting',
  'requested',
  'created',
  'launched',
  'running',
  'completed',
  'failed',
  'cancelled',
] as const;
export type ScanState = (typeof scanStates)[number];

export type ScanEvent =
  /** A person agreed to it, or did not. */
  | 'approved'
  | 'rejected'
  /** It was to go out, and by the policies in force now it needs a person's consent. */
  | 'held'
  /** The server has it, has begun with it, works on it. */
  | 'created'
  | 'launched'
  | 'running'
  /** The server's run came to an end: as it should, by a fault, by somebody who stopped it. */
  | 'completed'
  | 'aborted'
  | 'stopped'
  /** The server refused what was sent. */
  | 'refused'
  /** The server does not have it any more. */
  | 'gone';

const ended = {
  approved: undefined,
  rejected: undefined,
  held: undefined,
  created: undefined,
  launched: undefined,
  running: undefined,
  completed: undefined,
  aborted: undefined,
  stopped: undefined,
  refused: undefined,
  gone: undefined,
} as const;

/**
 * What each event makes of each state; undefined: nothing. A step that was not seen may be left out; none is gone back, but for a scan that
 * waits for consent after all: once that is given, what the server has of it already is looked up.
 */
const transitions: Record<ScanState, Record<ScanEvent, ScanState | undefined>> = {
  waiting: { ...ended, approved: 'requested', rejected: 'cancelled' },
  requested: { ...ended, held: 'waiting', created: 'created', refused: 'failed' },
  created: {
    ...ended,
    held: 'waiting',
    launched: 'launched',
    running: 'running',
    completed: 'completed',
    aborted: 'failed',
    stopped: 'cancelled',
    refused: 'failed',
    gone: 'failed',
  },
  launched: {
    ...ended,
    running: 'running',
    completed: 'completed',
    aborted: 'failed',
    stopped: 'cancelled',
    gone: 'failed',
  },
  running: { ...ended, completed: 'completed', aborted: 'failed', stopped: 'cancelled', gone: 'failed' },
  completed: ended,
  failed: ended,
  cancelled: ended,
};

/** The state that an event leads to; undefined where it changes nothing. */
export function nextScanState(state: ScanState, event: ScanEvent): ScanState | undefined {
  return transitions[state][event];
}

/** Whether nothing more will come of it. */
export function isScanOver(state: ScanState): boolean {
  return Object.values(transitions[state]).every((next) => next === undefined);
}

/** States in which something is to be asked of the server, or sent to it. */
export const followedStates: readonly ScanState[] = scanStates.filter(
  (state) => !isScanOver(state) && state !== 'waiting',
);

export type ScanVerdict =
  /** The scan is not over, or the findings were not read since. */
  | 'pending'
  /** This scan, or one after it, did not see it any more. */
  | 'fixed'
  /** It is fixed, and not by this scan: another was first. */
  | 'fixed_otherwise'
  /** The scan, or one after it, saw it again. */
  | 'open'
  /** The scan said nothing of it: the machine was not reached, not signed in to, or the port was closed. */
  | 'not_covered';

/**
 * What came of a scan for one finding, judged from the finding as it is stored. By the server's clock, which gives the
 * scan's start and the finding's times alike; only whether the findings were read since goes by ours.
 */
export function verdictOf(
  scan: { readonly state: ScanState; readonly startedAt: Date | null; readonly settledAt: Date | null },
  finding: {
    readonly lifecycleState: string | null;
    readonly lastFound: Date | null;
    readonly lastFixed: Date | null;
  },
  findingsReadAt: Date | null,
): ScanVerdict {
  const { startedAt, settledAt } = scan;
  const since = (at: Date | null): boolean => startedAt !== null && at !== null && at >= startedAt;
  if (finding.lifecycleState === 'fixed') {
    if (startedAt === null) return isScanOver(scan.state) ? 'fixed_otherwise' : 'pending';
    return since(finding.lastFixed) ? 'fixed' : 'fixed_otherwise';
  }
  if (since(finding.lastFound)) return 'open';
  const isRead = settledAt !== null && findingsReadAt !== null && findingsReadAt > settledAt;
  return isScanOver(scan.state) && (isRead || startedAt === null) ? 'not_covered' : 'pending';
}
