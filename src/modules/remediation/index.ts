export { type Assignee, listAssignees } from './assignees.sql.ts';
export {
  changeRemediation,
  type FindingSelection,
  tryRemediation,
  type WorkAsked,
  type WorkTried,
  type WorkWish,
} from './change-remediation.ts';
export {
  fetchPoamRemediation,
  fetchRemediation,
  type PoamRemediation,
  type RemediationDetail,
} from './read-remediation.sql.ts';
export { requireAssignee } from './require-assignee.ts';
export { remediationStep, settleRemediation } from './settle-remediation.ts';
