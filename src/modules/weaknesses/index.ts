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
export type { Ground } from './poam-answers.ts';
export { renewMentions } from './poam-mentions.sql.ts';
export { tokensIn } from './poam-mentions.ts';
export type { Weakness } from './weakness.ts';
export { listControlRules, listPoamsLackingAssets, listSystemControls } from './weaknesses.sql.ts';
