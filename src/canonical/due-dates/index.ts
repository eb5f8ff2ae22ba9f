export {
  type DayCount,
  dayCounts,
  type DueBasis,
  dueBases,
  type DueCondition,
  dueConditions,
  type DueFacts,
  earlierRules,
  type PolicyTime,
  policyTime,
  type PolicyVersion,
  policyVersion,
} from './policy-words.ts';
