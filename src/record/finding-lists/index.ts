export {
  type Counted,
  countedAtMost,
  countFindings,
  type Facet,
  facetFindings,
} from './count-findings.sql.ts';
export {
  fetchFinding,
  type FindingDetail,
  type FindingEvent,
  findFindingKeys,
  findingHistory,
} from './fetch-finding.sql.ts';
export { fetchPlugin, type PluginDetail } from './fetch-plugin.sql.ts';
export {
  addressedSo,
  type FindingFilter,
  inSet,
  systemCondition,
  taggedSo,
} from './finding-conditions.sql.ts';
export type { FindingRow } from './finding-row.sql.ts';
export { type FindingGroupRow, groupFindings } from './group-findings.sql.ts';
export { type FindingSort, listFindingIds, listFindings, streamFindings } from './list-findings.sql.ts';
