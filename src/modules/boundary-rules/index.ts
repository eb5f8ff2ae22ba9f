export { applyBoundaryRules } from './apply.ts';
export {
  changeRule,
  makeRuleOfDecision,
  previewRuleChange,
  type RuleChange,
  type RuleEffect,
} from './change-rules.ts';
export { type BoundaryRule, listBoundaryRules, type RuleToMake } from './rules.sql.ts';
export {
  type BoundaryDecisionShown,
  listBoundaryDecisions,
  listMemberships,
  type Membership,
} from './explain.sql.ts';
