export { type LifeSettings, listLifeSettings, usualLife } from './life-settings.sql.ts';
export { dropEvidence, keepClosure, keepEvidence, keepFirstValues } from './poam-lives.sql.ts';
export {
  addQuestions,
  askAbout,
  closeRatingQuestions,
  countQuestions,
  listQuestions,
} from './poam-questions.sql.ts';
