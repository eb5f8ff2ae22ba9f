export { addDays } from './calendar/days.ts';
export { fetchWorkingDays } from './working-days.ts';
export { fetchDueDates, type DueDatesOf, type ReasonedDate } from './due-dates.ts';
export {
  adjustmentOf,
  countNewlyLate,
  isLateAgainstObligation,
  recordObligations,
} from './obligations.sql.ts';
export { promisedDate } from './promised-date.ts';
export {
  type DueExplanation,
  explainDueDate,
  keepPromise,
  letPromiseStand,
  type ReasonedAnswer,
  tryDueDate,
} from './explain.ts';
export {
  addPolicyVersion,
  changeFreeDay,
  fetchDuePolicy,
  listDuePolicies,
  listFreeDays,
  listPolicyHistory,
  type PolicyView,
  previewPolicyUse,
  setPolicyUse,
  type UsePreview,
} from './policies.ts';
export type { PolicyUse } from './policies.sql.ts';
export { inputsOfTrial } from './trial.ts';
export { evaluatePoam, listSaidOfPoam, listToldFacts, setBoundaryFacts, setExposure } from './facts.ts';
export { type ToldFacts, unansweredFacts } from './facts.sql.ts';
export { planPolicyStarts } from './policy-starts.ts';
export { followObligations } from './follow-obligations.ts';
export { listUnanswered, listZones } from './unanswered.sql.ts';
