/**
 * The life cycle of a finding: what it is once a report is joined with what is stored of it. Pure. The store does the same in SQL,
 * many rows at a time (src/record/findings/finding-lifecycle.sql.ts); a property test holds the two against each other, so that each rule
 * here says what the SQL must do.
 *
 * States: `open` (seen, never fixed), `fixed` (fixed no earlier than it was last seen), `reopened` (fixed before, and seen again), `missing`
 * (not in the last full read), `gone` (its machine is gone: only the machine's return or a fix ends that, since a server goes on reporting
 * what it last saw of a machine that it knows to be terminated).
 * All times are texts of one spelling that sorts.
 */
import type {
  findingLifecycles,
  lifecycleStates,
  severityModifications,
} from '../../canonical/vocabulary/index.ts';

export type LifecycleState = (typeof lifecycleStates)[number];
/** As it is stored. */
export type FindingLifecycle = (typeof findingLifecycles)[number];
export type SeverityModification = (typeof severityModifications)[number];
type Time = string | null;

/** How many sightings are kept of a finding: more than a year of daily scans. */
export const sightingsKept = 400;
/** The words of several servers' rules, the one that wins first. */
export const rulePrecedence = [
  'accepted',
  'recast',
  'none',
] as const satisfies readonly SeverityModification[];

/** What a server's rule says: its word, the severity that it leaves, and of when that is. */
export type RuleReport = readonly [
  modification: SeverityModification,
  severityRank: number,
  evidenceAt: Time,
];
export type RuleReports = Readonly<Record<string, RuleReport>>;

interface Times {
  readonly first_found: Time;
  readonly last_found: Time;
  readonly last_fixed: Time;
  readonly resurfaced_at: Time;
  readonly evidence_at: Time;
  readonly seen_at: readonly string[] | null;
}

/** What is stored of a finding. */
export interface StoredFinding extends Times {
  /** Null: a row from before Tieline, which no server has reported yet. */
  readonly external_system_id: number | null;
  readonly lifecycle_state: FindingLifecycle | null;
  readonly severity_rank: number | null;
  readonly severity_modification: SeverityModification | null;
  readonly rule_evidence_at: Time;
  readonly rule_reports: RuleReports | null;
  /** The owner's word. */
  readonly state: string | null;
}

/** What a server reports of a finding. */
export interface FindingReport extends Times {
  readonly lifecycle_state: LifecycleState;
  readonly severity_rank: number;
  /** Null: this source knows of no rules. */
  readonly severity_modification: SeverityModification | null;
}

export interface JoinedFinding extends Times {
  /** Whether the report is of a later time than what is stored: it then decides output and service. */
  readonly is_newer: boolean;
  readonly lifecycle_state: FindingLifecycle;
  readonly severity_rank: number;
  readonly severity_modification: SeverityModification | null;
  readonly rule_reports: RuleReports | null;
  readonly rule_evidence_at: Time;
  /** Whether it is this very report whose rule counts. */
  readonly says_rules: boolean;
}

const present = (times: readonly Time[]): string[] => times.filter((time) => time !== null).toSorted();
const least = (...times: Time[]): Time => present(times)[0] ?? null;
const greatest = (...times: Time[]): Time => present(times).at(-1) ?? null;

/** The state that follows from the times; `otherwise` where they say nothing of a fix. */
export function lifecycleStateOf(
  { last_found, last_fixed, resurfaced_at }: Pick<Times, 'last_found' | 'last_fixed' | 'resurfaced_at'>,
  otherwise: FindingLifecycle,
): FindingLifecycle {
  if (last_fixed !== null && (last_found === null || last_fixed >= last_found)) return 'fixed';
  return last_fixed !== null || resurfaced_at !== null ? 'reopened' : otherwise;
}

/** What is gone stays so while its machine does, unless it was fixed. */
const goneStays = (before: FindingLifecycle | null, after: FindingLifecycle): FindingLifecycle =>
  before === 'gone' && after !== 'fixed' ? 'gone' : after;

const storedSightings = (seenAt: readonly string[] | null, lastFound: Time): readonly string[] =>
  seenAt ?? present([lastFound]);
const reportedSightings = (report: FindingReport): readonly string[] =>
  report.seen_at ?? [...new Set(present([report.first_found, report.last_found]))];

function unite(one: readonly string[], other: readonly string[]): readonly string[] | null {
  const all = [...new Set([...one, ...other])].toSorted().slice(-sightingsKept);
  return all.length === 0 ? null : all;
}

function storedRules(stored: StoredFinding): RuleReports | null {
  if (stored.rule_reports !== null) return stored.rule_reports;
  const { external_system_id: system, severity_modification: modification } = stored;
  if (system === null || modification === null || stored.severity_rank === null) return null;
  return { [system]: [modification, stored.severity_rank, stored.rule_evidence_at] };
}

function rulesAfter(known: RuleReports | null, report: FindingReport, system: number): RuleReports | null {
  if (report.severity_modification === null) return known;
  const before = known?.[system]?.[2] ?? null;
  if (before !== null && report.evidence_at !== null && before > report.evidence_at) return known;
  return { ...known, [system]: [report.severity_modification, report.severity_rank, report.evidence_at] };
}

/** The server's word that counts among those of all. */
function standingRule(
  rules: RuleReports | null,
): { readonly system: number; readonly report: RuleReport } | undefined {
  const [standing] = Object.entries(rules ?? {})
    .map(([system, report]) => ({ system: Number(system), report }))
    .toSorted(
      (a, b) =>
        rulePrecedence.indexOf(a.report[0]) - rulePrecedence.indexOf(b.report[0]) ||
        (b.report[2] ?? '').localeCompare(a.report[2] ?? '') ||
        a.system - b.system,
    );
  return standing;
}

/** What a row from before Tieline says about times counts for nothing. */
const knownTimes = (stored: StoredFinding): Pick<Times, 'first_found' | 'last_found'> =>
  stored.external_system_id === null ? { first_found: null, last_found: null } : stored;

function isNewer(stored: StoredFinding, report: FindingReport, system: number): boolean {
  if (stored.evidence_at === null) return true;
  if (report.evidence_at === null) return false;
  if (report.evidence_at !== stored.evidence_at) return report.evidence_at > stored.evidence_at;
  return stored.external_system_id !== null && system <= stored.external_system_id;
}

/** Joins what is stored of a finding with what the server `system` reports of it. */
export function joinEvidence(stored: StoredFinding, report: FindingReport, system: number): JoinedFinding {
  const known = knownTimes(stored);
  const newer = isNewer(stored, report, system);
  const times = {
    first_found: least(known.first_found, report.first_found),
    last_found: greatest(known.last_found, report.last_found),
    last_fixed: greatest(stored.last_fixed, report.last_fixed),
    resurfaced_at: greatest(stored.resurfaced_at, report.resurfaced_at),
  };
  const reported = reportedSightings(report);
  const isSeen = stored.seen_at !== null && reported.every((time) => stored.seen_at?.includes(time));
  const rules = rulesAfter(storedRules(stored), report, system);
  const rule = standingRule(rules);
  return {
    ...times,
    is_newer: newer,
    seen_at: isSeen ? stored.seen_at : unite(storedSightings(stored.seen_at, known.last_found), reported),
    lifecycle_state: goneStays(
      stored.lifecycle_state,
      lifecycleStateOf(
        times,
        newer ? report.lifecycle_state : (stored.lifecycle_state ?? report.lifecycle_state),
      ),
    ),
    severity_rank:
      rule?.report[1] ?? (newer ? report.severity_rank : (stored.severity_rank ?? report.severity_rank)),
    severity_modification: rule?.report[0] ?? null,
    rule_reports: rules,
    rule_evidence_at: rule?.report[2] ?? null,
    says_rules:
      rule?.system === system &&
      report.severity_modification !== null &&
      rule.report[2] === report.evidence_at,
    evidence_at: greatest(stored.evidence_at, report.evidence_at),
  };
}

/**
 * The owner's word after a report; it knows none for reopened.
 * @param acceptance of the report: whether it names a rule of the server, and whether that one says that there is no weakness at all.
 */
export function reportedStateOf(
  stored: Pick<StoredFinding, 'state' | 'severity_modification'>,
  joined: JoinedFinding,
  acceptance: 'none' | 'accepted' | 'false positive',
): string {
  if (joined.lifecycle_state === 'fixed') return 'Fixed';
  if (joined.severity_modification === 'accepted') {
    const isNamed = acceptance !== 'none' && joined.says_rules;
    if (isNamed) return acceptance === 'false positive' ? 'False Positive' : 'Accepted';
    return stored.state === 'False Positive' ? stored.state : 'Accepted';
  }
  const isDecided = stored.state === 'Accepted' || stored.state === 'False Positive';
  return isDecided && stored.state !== null && stored.severity_modification !== 'accepted'
    ? stored.state
    : 'Open';
}

/** The owner's word where no report came, only the life cycle moved. */
export function movedStateOf(
  stored: Pick<StoredFinding, 'state' | 'severity_modification'>,
  lifecycle: FindingLifecycle,
): string {
  if (lifecycle === 'fixed') return 'Fixed';
  if (stored.state !== null && stored.state !== 'Fixed') return stored.state;
  return stored.severity_modification === 'accepted' ? 'Accepted' : 'Open';
}

/**
 * The state once it is concluded again from scans when the finding was last fixed.
 * @param isWithdrawn whether a fix that was concluded before is not any more.
 */
export function concludedStateOf(
  stored: StoredFinding & { readonly lifecycle_state: FindingLifecycle },
  lastFixed: Time,
  isWithdrawn: boolean,
): { readonly lifecycle_state: FindingLifecycle; readonly state: string } {
  const rests = stored.lifecycle_state === 'fixed' || (stored.lifecycle_state === 'reopened' && isWithdrawn);
  const lifecycle = goneStays(
    stored.lifecycle_state,
    lifecycleStateOf({ ...stored, last_fixed: lastFixed }, rests ? 'open' : stored.lifecycle_state),
  );
  return { lifecycle_state: lifecycle, state: movedStateOf(stored, lifecycle) };
}

/** What two stored rows are that turned out to be the same finding; `kept` is the one that stays. */
export function joinTwins(
  kept: StoredFinding,
  other: StoredFinding,
): Omit<Times, 'evidence_at'> &
  Pick<JoinedFinding, 'lifecycle_state' | 'rule_reports'> & { readonly state: string } {
  const times = {
    first_found: least(kept.first_found, other.first_found),
    last_found: greatest(kept.last_found, other.last_found),
    last_fixed: greatest(kept.last_fixed, other.last_fixed),
    resurfaced_at: greatest(kept.resurfaced_at, other.resurfaced_at),
  };
  const lifecycle = lifecycleStateOf(times, 'open');
  return {
    ...times,
    seen_at: unite(
      storedSightings(kept.seen_at, kept.last_found),
      storedSightings(other.seen_at, other.last_found),
    ),
    rule_reports:
      kept.rule_reports === null && other.rule_reports === null
        ? null
        : { ...other.rule_reports, ...kept.rule_reports },
    lifecycle_state: lifecycle,
    state: movedStateOf(kept, lifecycle),
  };
}
