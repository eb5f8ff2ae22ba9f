export {
  type Counted,
  countedAtMost,
  countFindings,
  type Facet,
  facetFindings,
} from './count-findings.sql.ts';
export {
  addressedSo,
  type FindingFilter,
  inSet,
  systemCondition,
  taggedSo,
} from './finding-conditions.sql.ts';
export type { FindingRow } from './finding-row.sql.ts';
export { type FindingQuery, type FindingSort, listFindings } from './list-findings.sql.ts';
