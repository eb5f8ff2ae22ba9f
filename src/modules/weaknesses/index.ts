export { addDays, type DueDate } from './due-dates.ts';
export {
  type Controls,
  isAnswered,
  isUnanswered,
  judge,
  type JudgedWeakness,
  ownControls,
  repointed,
} from './judge-weaknesses.ts';
export { listWeaknesses, type WeaknessRow } from './list-weaknesses.sql.ts';
export type { Candidate, Ground } from './poam-answers.ts';
export { renewMentions } from './poam-mentions.sql.ts';
export { tokensIn } from './poam-mentions.ts';
export type { Weakness } from './weakness.ts';
export { listControlRules, listPoamsLackingAssets, listSystemControls } from './weaknesses.sql.ts';
