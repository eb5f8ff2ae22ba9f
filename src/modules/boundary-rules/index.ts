export { applyBoundaryRules } from './apply.ts';
export {
  changeRule,
  previewRuleChange,
  type RuleChange,
  type RuleChanged,
  type RuleEffect,
} from './change-rules.ts';
export { type BoundaryRule, listBoundaryRules, type RuleToMake } from './rules.sql.ts';
