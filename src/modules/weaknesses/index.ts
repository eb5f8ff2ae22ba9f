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
export { controlMatches, controlRuleMatches, type ControlRule, controlsFor } from './weakness.ts';
export { keyOfWeakness, namedWeakness, titleOf, type Weakness, type WeaknessKey } from './weakness.ts';
export {
  type BoundaryRule,
  endExclusionNow,
  exclude,
  fetchBoundaryRule,
  fetchExclusion,
  fetchExclusions,
  fetchRuleHistory,
  fetchRules,
  type RulesInForce,
  setRule,
  setRuleWithin,
} from './rules/change-rules.ts';
export { previewRule, type RulePreview } from './rules/preview-rule.ts';
export { followPointers, gatherWeakFindings, listGathered } from './rules/weak-findings.sql.ts';
export { listControlRules, listPoamsLackingAssets, listSystemControls } from './weaknesses.sql.ts';
