export {
  type ApprovalListFilter,
  type ApprovalListQuery,
  countApprovals,
  countApprovalsBy,
} from './approval-list.sql.ts';
export {
  type ApprovalDecision,
  type ApprovalDetail,
  type ApprovalGroup,
  type ApprovalItem,
  decideApproval,
  fetchApproval,
  listApprovalItems,
  type ListedApproval,
  listApprovals,
} from './approvals.ts';
