export {
  fetchStoredSettings,
  type LifeSettings,
  listLifeSettings,
  saveLifeSettings,
  settingsInForce,
  type StoredLifeSettings,
  usualLife,
} from './life-settings.sql.ts';
export {
  dropEvidence,
  fetchLife,
  keepClosure,
  keepEvidence,
  keepExtensionMilestone,
  keepFirstValues,
  listDueClosures,
  noteClosureFile,
} from './poam-lives.sql.ts';
export {
  addQuestions,
  askAbout,
  closeRatingQuestions,
  countQuestions,
  isAskedOfDeciders,
  listAskedOfDeciders,
  listQuestions,
  settleQuestions,
} from './poam-questions.sql.ts';
export { followStanding } from './poam-standing.sql.ts';
