export {
  type ApprovalRow,
  countAskedApprovals,
  findApproval,
  listApprovals as listApprovalRows,
  listAuthors,
  withdrawApprovals,
} from './approvals.sql.ts';
export {
  askApprovals,
  concludePlanning,
  decide,
  type DecidedApproval,
  describeApproval,
  fetchApproval,
  findApprovals,
  isWithin,
  judgeQueue,
} from './approvals.ts';
export { type DeciderRule, listDeciderRules } from './deciders.sql.ts';
export { levelOf, levelText, resetDeciderRule, setDeciderRule } from './deciders.ts';
export { delegateTurn, type RequestDelegated } from './delegate.ts';
export type { OpenLevel } from './levels.ts';
export {
  countPendingRequests,
  listRequests,
  lockOverdueRequest,
  lockOverdueRequests,
  type RequestRow,
} from './requests.sql.ts';
export {
  answerRequest,
  closeElsewhere,
  endOverdueRequest,
  endRequest,
  withdrawRequest,
  findRequest,
  type MadeRequest,
  recordRequestEnd,
  requestApproval,
  rolesText,
  rulesOf,
  turnOf,
} from './requests.ts';
