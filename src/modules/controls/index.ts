export { addControlRule, explainControls, removeControlRule } from './control-rules.ts';
export { listStoredRules } from './control-rules.sql.ts';
