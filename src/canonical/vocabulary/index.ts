export { type Comparison, comparisonOf, registerComparisons } from './comparison.ts';
export {
  type ConflictChoice,
  conflictChoices,
  type ConflictEffect,
  conflictEffects,
  type ConflictType,
  conflictTypes,
} from './conflict.ts';
export { type Danger, dangerOf, dangerRank, dangers, dangerTitles, type JudgedChange } from './danger.ts';
export type { EntityName, EntityType } from './entity-type.ts';
export { type PlanDocument, planDocument, type PlanItem, planItem } from './plan.ts';
export {
  type RemediationStatus,
  remediationStatuses,
  saidStatuses,
  settledBy,
  type TaskSubject,
  taskSubjects,
  type ValidationStatus,
  validationStatuses,
} from './remediation.ts';
export {
  type DeviationKind,
  deviationKinds,
  type RequestEnd,
  type RequestKind,
  requestDangers,
  requestKinds,
  requestTitles,
} from './request-kinds.ts';
export {
  byPerson,
  byPolicy,
  byRule,
  type Decider,
  type DeciderKind,
  deciderText,
  type Reason,
  type ReasonCode,
  reasonOf,
  type ReasonParams,
  reasonSentence,
  reasonSentences,
  type RuleCode,
  ruleSentence,
  ruleSentences,
} from './rule-codes.ts';
export {
  followedStates,
  isScanOver,
  nextScanState,
  type ScanEvent,
  type ScanState,
  type ScanVerdict,
  verdictOf,
} from './scan-request.ts';
export {
  acceptanceKinds,
  acceptanceStatuses,
  canonicalStatus,
  complianceStatuses,
  type PoamStanding,
  poamStandingOf,
  poamStandings,
  implementationStatuses,
  findingLifecycles,
  lifecycleStates,
  milestoneStatuses,
  otherSeverities,
  poamStatuses,
  severities,
  type Severity,
  severityNamed,
  severityModifications,
  statusSpellings,
} from './vocabulary.ts';
export { type QuestionCode, questionSentence } from './poam-questions.ts';
