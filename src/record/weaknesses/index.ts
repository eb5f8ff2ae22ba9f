export {
  countOpenFindings,
  followDates,
  letGoOfMovedPoams,
  listOpenWeaknesses,
  listRatingChanges,
  lowerSeverities,
  moveWeaknesses,
  noteRated,
  type RatingChange,
  openFindingsOf,
  saveWeaknesses,
  type Unanswered,
  untieWeaknesses,
  type WeaknessToSave,
} from './weaknesses.sql.ts';
export {
  type ExcludedFinding,
  keepExcluded,
  keepWeaknessFindings,
  listExcluded,
  recordKey,
} from './weakness-findings.sql.ts';
export {
  continueWeaknesses,
  followRules,
  keepGathered,
  listChangedBoundaries,
  listChangedWeaknesses,
  releaseSplitFindings,
  supersedeWeaknesses,
  type WeaknessBefore,
} from './regrouping.sql.ts';
export {
  listComposedTexts,
  listPoamOutcomes,
  type PoamOutcome,
  recordFates,
  recordTexts,
} from './poam-fates.sql.ts';
export { hasNamedFindings, isNamedByHand, nameFindings, nameFindingsOf } from './named-findings.sql.ts';
export {
  addExclusion,
  addRuleVersion,
  endExclusion,
  findPoamRule,
  isExcluding,
  listExclusions,
  listRulesByBoundary,
  listRulesInForce,
  listRulesNumbered,
  lockRules,
  listRuleVersions,
  type PoamRule,
  recordPoamRules,
  type RuleInForce,
  type RuleVersion,
} from './weakness-rules.sql.ts';
