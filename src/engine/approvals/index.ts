export { type ApprovalRow, countAskedApprovals, withdrawApprovals } from './approvals.sql.ts';
export {
  askApprovals,
  concludePlanning,
  decide,
  describeApproval,
  fetchApproval,
  findApprovals,
  judgeQueue,
} from './approvals.ts';
