export {
  closeAfterWords,
  contradictionWords,
  type LifeSettings,
  listLifeSettings,
  settingsInForce,
  type StoredLifeSettings,
  usualLife,
} from './life-settings.sql.ts';
export { dropEvidence, keepClosure, keepEvidence, keepFirstValues } from './poam-lives.sql.ts';
export {
  addQuestions,
  askAbout,
  closeRatingQuestions,
  countQuestions,
  listQuestions,
  type OpenQuestion,
  type QuestionToAsk,
  settleQuestions,
} from './poam-questions.sql.ts';
