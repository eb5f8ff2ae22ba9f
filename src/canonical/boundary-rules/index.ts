export {
  type AssetRole,
  assetRoles,
  type Condition,
  type ConditionKind,
  conditionKinds,
  conditionText,
  type RuleEvidence,
} from './condition.ts';
