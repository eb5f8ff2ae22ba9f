export { grantList, securityEventList, tokenList, userList } from './account-lists.ts';
export { alertList, deliveryList } from './alert-list.ts';
export { approvalList } from './approval-list.ts';
export { deviationList, deviationStateWords } from './deviation-list.ts';
export { assetList } from './asset-list.ts';
export { conflictList } from './conflict-list.ts';
export {
  type FacetOf,
  type FilterOf,
  type ListDefinition,
  type ListQuery,
  type SortOf,
  systemFilter,
} from './define-list.ts';
export {
  type FindingGroup,
  findingGroups,
  findingList,
  findingPoamStates,
  findingStates,
} from './finding-list.ts';
export { importList, type ImportState, importStates } from './import-list.ts';
export { type InboxKind, inboxKinds, inboxList, type InboxPlace, inboxPlaces } from './inbox-list.ts';
export { matchList } from './match-list.ts';
export { callList, changeList, operationList } from './operation-list.ts';
export { outboxList, outboxStates } from './outbox-list.ts';
export { type Agreement, agreements, milestoneList, poamList } from './poam-list.ts';
export { systemList } from './system-list.ts';
export { privacyList } from './privacy-list.ts';
export { taskList } from './task-list.ts';
export { workflowRunList, workflowRunStates } from './workflow-run-list.ts';
