export { assetList } from './asset-list.ts';
export { defineList, type FacetOf, type FilterOf, type ListDefinition, type SortOf } from './define-list.ts';
export {
  type FindingGroup,
  findingGroups,
  findingList,
  findingPoamStates,
  findingStates,
} from './finding-list.ts';
export { milestoneList } from './milestone-list.ts';
export { type Agreement, agreements, poamList } from './poam-list.ts';
export { systemList } from './system-list.ts';
