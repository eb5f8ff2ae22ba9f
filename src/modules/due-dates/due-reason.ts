/** Why a weakness is due, in a sentence, from a policy's answer. Pure. */
import type { DueBasis } from '../../canonical/due-dates/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { DueAnswer, Silence } from './due-date-of.ts';

const started: Readonly<Record<DueBasis, (on: string) => string>> = {
  first_found: (on) => `of first detection on ${on}`,
  original_detection: (on) => `of original detection, or the vendor’s release, on ${on}`,
  evaluation_completed: (on) => `of its evaluation on ${on}`,
  kev_or_detection: (on) => `of its listing as exploited, or its detection, on ${on}`,
  kev_due: (on) => `the day that the catalogue of exploited vulnerabilities gives, ${on}`,
  comply_by: (on) => `the day that its notice gives, ${on}`,
};

const silences: Readonly<Record<Silence, string>> = {
  not_in_force: 'it was not in force when the clock started',
  not_approved:
    'it begins after the clock had started, and nobody has approved yet that it dates what was open',
  began_later: 'it began after the clock had started, and does not count here for what was open',
  no_cve: 'it is about CVEs, and the weakness has none',
  national_security: 'it does not apply to national security systems',
  no_day_given: 'no day was given',
  no_row: 'its table has no row for this',
  no_deadline: 'it gives no date',
};

const words: Readonly<Record<string, string>> = {
  kev: 'known exploited',
  exposed: 'publicly exposed',
  agency_impact: 'agency impact',
  reachable: 'reachable from the internet',
  exploitable: 'likely exploitable',
  impact: 'technical impact',
  epss: 'EPSS score',
};

const spanOf = (days: number): string =>
  days > 0 && days < 1 ? `${days * 24} hours` : `${days} ${days === 1 ? 'day' : 'days'}`;

/** "organization matrix (version 1): critical within 7 days of first detection on 2026-01-01". */
export function reasonOfAnswer(answer: DueAnswer, severity: Severity): string {
  const policy = `${answer.title} (version ${answer.version})`;
  if (answer.silence !== null)
    return `${policy}: ${answer.remark ?? silences[answer.silence]}${unknownText(answer)}`;
  const about = answer.cve === null ? '' : `${answer.cve} `;
  const level = 'severity' in answer.facts ? `${ratingText(answer, severity)} ` : about;
  const clock = answer.since === null ? '' : started[answer.basis](answer.since);
  const within = answer.days === null ? clock : `within ${spanOf(answer.days)} ${clock}`;
  const remark = answer.remark === null ? '' : `, ${answer.remark}`;
  return `${policy}: ${level}${within}${remark}${unknownText(answer)}`;
}

/** "high"; "medium (adjusted from high)". */
function ratingText({ facts, adjustment }: DueAnswer, severity: Severity): string {
  const found = severity.toLowerCase();
  return adjustment === null
    ? found
    : `${(facts['severity'] ?? found).toLowerCase()} (adjusted from ${found} by deviation ${adjustment})`;
}

function unknownText({ unknown, latest, on }: DueAnswer): string {
  if (unknown.length === 0) return '';
  const asked = unknown.map((each) => words[each] ?? each).join(', ');
  const other =
    on === null ? '' : `; otherwise ${latest === null ? 'possibly no date' : `as late as ${latest}`}`;
  return ` (not known: ${asked}${other})`;
}
