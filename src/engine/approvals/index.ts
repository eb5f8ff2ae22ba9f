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
