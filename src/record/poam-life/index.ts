export {
  fetchStoredSettings,
  type LifeSettings,
  listLifeSettings,
  saveLifeSettings,
  settingsInForce,
  type StoredLifeSettings,
  usualLife,
} from './life-settings.sql.ts';
export { dropEvidence, fetchLife, keepClosure, keepEvidence, keepFirstValues } from './poam-lives.sql.ts';
export {
  addQuestions,
  askAbout,
  closeRatingQuestions,
  countQuestions,
  listQuestions,
  settleQuestions,
} from './poam-questions.sql.ts';
