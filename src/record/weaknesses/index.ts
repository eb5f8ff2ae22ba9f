export {
  countOpenFindings,
  followDates,
  letGoOfMovedPoams,
  listOpenWeaknesses,
  moveWeaknesses,
  openFindingsOf,
  saveWeaknesses,
  type Unanswered,
  untieWeaknesses,
  type WeaknessToSave,
} from './weaknesses.sql.ts';
export { type ExcludedFinding, keepExcluded, keepWeaknessFindings, listExcluded } from './weakness-findings.sql.ts';
export {
  addExclusion,
  addRuleVersion,
  endExclusion,
  isExcluding,
  listExclusions,
  listRulesByBoundary,
  listRulesInForce,
  listRuleVersions,
  recordPoamRules,
  type RuleInForce,
  type RuleVersion,
} from './weakness-rules.sql.ts';
