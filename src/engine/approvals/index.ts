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
export { type DeciderRule, listDeciderRules, type RulePlace } from './deciders.sql.ts';
export { levelOf, levelText, resetDeciderRule, type RuleToSet, setDeciderRule } from './deciders.ts';
export type { Level, OpenLevel } from './levels.ts';
export {
  type AskedLine,
  countPendingRequests,
  type GivenAnswer,
  listRequests,
  lockOverdueRequests,
  type RequestRow,
  type RequestSubject,
} from './requests.sql.ts';
export {
  type Answered,
  answerRequest,
  endOverdueRequest,
  endRequest,
  findRequest,
  type MadeRequest,
  recordRequestEnd,
  type RequestAnswer,
  requestApproval,
  requestsAbout,
  type RequestToMake,
  rolesText,
  turnOf,
} from './requests.ts';
