export { previewRuleChange, type RuleChangePreview } from './preview-rule-change.ts';
