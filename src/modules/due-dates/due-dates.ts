/** The due dates of many weaknesses at once: what is known of them is gathered, and each is judged by the policies of its boundary. */
import type { Kysely } from 'kysely';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import {
  answersOf,
  type CveFacts,
  type DueAnswer,
  type DueDate,
  dueDateOf,
  dueWithoutPolicy,
  type DueInputs,
} from './due-date-of.ts';
import { reasonOfAnswer } from './due-reason.ts';
import {
  fetchAdjustments,
  fetchBoundaryFacts,
  fetchCveFacts,
  fetchEvaluations,
  fetchExposures,
  hasKevCatalogue,
  nameOfWeakness,
  type WeaknessName,
} from './facts.sql.ts';
import { fetchRuleParts, type RuleParts, rulesFrom } from './policies.sql.ts';

/** What a due date hangs on that the weakness itself says. */
export interface DatedWeakness extends WeaknessName {
  readonly severity: Severity;
  /** YYYY-MM-DD */
  readonly detectedOn: string;
  readonly cves: readonly string[];
  /** As the scanner names them. */
  readonly assets: readonly string[];
}

/** A due date with its reason in words. */
export interface ReasonedDate extends DueDate {
  readonly reason: string;
}

export type DueDatesOf = (weakness: DatedWeakness) => ReasonedDate;

/** What is known of a weakness. */
type InputsOf = (weakness: DatedWeakness) => DueInputs;

/** One that can be reached makes the weakness exposed; it is hidden only where that was said of every machine. */
function exposureOf(
  assets: readonly string[],
  exposures: ReadonlyMap<string, 'yes' | 'no'>,
): 'yes' | 'no' | undefined {
  if (exposures.size === 0 || assets.length === 0) return undefined;
  if (assets.some((each) => exposures.get(each) === 'yes')) return 'yes';
  return assets.every((each) => exposures.get(each) === 'no') ? 'no' : undefined;
}

/** Reads what there is to know of these weaknesses. What nobody has said stays unknown. */
export async function gatherInputs(
  db: Kysely<Database>,
  weaknesses: readonly DatedWeakness[],
): Promise<InputsOf> {
  const isKevKnown = await hasKevCatalogue(db);
  const cveFacts = await fetchCveFacts(db, [...new Set(weaknesses.flatMap((each) => each.cves))]);
  const exposures = await fetchExposures(db);
  const boundaries = await fetchBoundaryFacts(db);
  const evaluations = await fetchEvaluations(db);
  const adjustments = await fetchAdjustments(db);
  const aboutCve = (cve: string): CveFacts => {
    const facts = cveFacts.get(cve) ?? { cve };
    const isListed = facts.kevAdded !== undefined;
    return { ...facts, kev: isListed ? 'yes' : isKevKnown ? 'no' : undefined };
  };
  return (weakness) => ({
    severity: weakness.severity,
    adjusted: adjustments.get(nameOfWeakness(weakness)),
    detectedOn: weakness.detectedOn,
    cves: weakness.cves.map(aboutCve),
    exposed: exposureOf(weakness.assets, exposures),
    ...boundaries.get(weakness.systemId),
    ...evaluations.get(nameOfWeakness(weakness)),
  });
}

/** @returns when each of these weaknesses is due by the policies of its boundary; where none gives a date, by the usual days. */
export const fetchDueDates = async (
  db: Kysely<Database>,
  weaknesses: readonly DatedWeakness[],
): Promise<DueDatesOf> => dueDatesFrom(await fetchRuleParts(db), await gatherInputs(db, weaknesses));

/** The same under policies that are given. */
export function dueDatesFrom(parts: RuleParts, inputsOf: InputsOf): DueDatesOf {
  const rulesOf = rulesFrom(parts);
  return (weakness) => {
    const inputs = inputsOf(weakness);
    const rules = rulesOf(weakness.systemId);
    const due = dueDateOf(inputs, rules);
    if (due) return { ...due, reason: reasonOfAnswer(due.answer, weakness.severity) };
    const { answer, answers } = dueWithoutPolicy(inputs, rules);
    const reason = `no policy that applies gives a date, so the usual days count: ${reasonOfAnswer(answer, weakness.severity)}`;
    return { on: answer.on, answer, answers, reason };
  };
}

/** @returns what each policy of its boundary says of a weakness, the earliest first. */
export async function fetchAnswers(
  db: Kysely<Database>,
  weaknesses: readonly DatedWeakness[],
): Promise<(weakness: DatedWeakness) => (DueAnswer & { readonly reason: string })[]> {
  const rulesOf = rulesFrom(await fetchRuleParts(db));
  const inputsOf = await gatherInputs(db, weaknesses);
  return (weakness) =>
    answersOf(inputsOf(weakness), rulesOf(weakness.systemId)).map((answer) => ({
      ...answer,
      reason: reasonOfAnswer(answer, weakness.severity),
    }));
}
