/** The due dates of many weaknesses at once: what is known of them is gathered, and each is judged by the policies of its boundary. */
import type { Kysely } from 'kysely';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { answersOf, type DueAnswer, type DueDate, dueDateOf, type DueInputs } from './due-date-of.ts';
import { reasonOfAnswer } from './due-reason.ts';
import { fetchRuleParts, type RuleParts, rulesFrom } from './policies.sql.ts';

/** What a due date hangs on that the weakness itself says. */
export interface DatedWeakness {
  readonly systemId: string;
  readonly severity: Severity;
  /** YYYY-MM-DD */
  readonly detectedOn: string;
  readonly cves: readonly string[];
}

/** A due date with its reason in words. */
export interface ReasonedDate extends DueDate {
  readonly reason: string;
}

export type DueDatesOf = (weakness: DatedWeakness) => ReasonedDate | undefined;

/** What is known of a weakness; what nobody has said stays unknown. */
const inputsOf = (weakness: DatedWeakness): DueInputs => ({
  severity: weakness.severity,
  detectedOn: weakness.detectedOn,
  cves: weakness.cves.map((cve) => ({ cve, kev: undefined })),
});

/** @returns when a weakness is due by the policies of its boundary; undefined where none gives a date. */
export const fetchDueDates = async (db: Kysely<Database>): Promise<DueDatesOf> =>
  dueDatesFrom(await fetchRuleParts(db));

/** The same under policies that are given. */
export function dueDatesFrom(parts: RuleParts): DueDatesOf {
  const rulesOf = rulesFrom(parts);
  return (weakness) => {
    const due = dueDateOf(inputsOf(weakness), rulesOf(weakness.systemId));
    return due && { ...due, reason: reasonOfAnswer(due.answer, weakness.severity) };
  };
}

/** @returns what each policy of its boundary says of a weakness, the earliest first. */
export async function fetchAnswers(
  db: Kysely<Database>,
): Promise<(weakness: DatedWeakness) => (DueAnswer & { readonly reason: string })[]> {
  const rulesOf = rulesFrom(await fetchRuleParts(db));
  return (weakness) =>
    answersOf(inputsOf(weakness), rulesOf(weakness.systemId)).map((answer) => ({
      ...answer,
      reason: reasonOfAnswer(answer, weakness.severity),
    }));
}
