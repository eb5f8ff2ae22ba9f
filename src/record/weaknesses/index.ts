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
export {
  type ExcludedFinding,
  keepExcluded,
  keepWeaknessFindings,
  listExcluded,
} from './weakness-findings.sql.ts';
export {
  addExclusion,
  addRuleVersion,
  endExclusion,
  findPoamRule,
  isExcluding,
  listExclusions,
  listRulesByBoundary,
  listRulesInForce,
  listRuleVersions,
  type PoamRule,
  recordPoamRules,
  type RuleInForce,
  type RuleVersion,
} from './weakness-rules.sql.ts';
