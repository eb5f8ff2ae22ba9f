export { renewAllExposure, renewExposure } from './asset-exposure.sql.ts';
export { beginComplianceLoad } from './compliance.sql.ts';
export { uuidText } from './finding-columns.sql.ts';
export { isAcceptedFinding, isOpenFinding, severityWord } from './finding-lifecycle.sql.ts';
export { digestOf, type FindingSource, type ReportedFinding } from './finding-staging.sql.ts';
export {
  beginFindingLoad,
  countFindingsByState,
  countUnlinkedFindings,
  type FindingLoad,
  type RefusedFinding,
  type WaitingFinding,
} from './findings.sql.ts';
export { countNewlyMissing, countNotShown, markNotShown, settleGone } from './gone-findings.sql.ts';
export {
  moveAllFindings,
  moveCompliance,
  moveCoverage,
  moveOwnCoverage,
  moveOwnFindings,
} from './move-findings.sql.ts';
export {
  mergeFindingsOfPoams,
  moveFindingsOfPoams,
  pointFindings,
  releaseFindings,
  releaseFindingsOfPoams,
  tieFindings,
} from './poams-of-findings.sql.ts';
export { projectRemediation } from './remediation-projection.sql.ts';
export { saveCoverage, saveScope, settleCovered } from './scan-coverage.sql.ts';
