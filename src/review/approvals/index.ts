export { countApprovals, countApprovalsBy } from './approval-list.sql.ts';
export {
  decideApproval,
  fetchApproval,
  viewApprovalGroup,
  listApprovalItems,
  type ListedApproval,
  listApprovals,
} from './approvals.ts';
export { askingOf } from './requests.ts';
