export {
  type CompliancePart,
  complianceParts,
  type Grouping,
  groupings,
  inheritedRule,
  type SeveritySource,
  severitySources,
  templateFields,
  type WeaknessKind,
  type WeaknessRule,
  weaknessRule,
} from './weakness-rule.ts';
export { type KeptText, keptText, keptTextWords } from './kept-text.ts';
export { type Exclusion, exclusionScope, type ExclusionScope } from './exclusion.ts';
