export { csvLine, csvLines, csvStart, type CsvValue } from './csv.ts';
export { everyPage } from './every-page.ts';
export {
  addressOf,
  addressPatterns,
  type Conditions,
  every,
  filtered,
  flagOf,
  instantOf,
  networksOf,
  numberOf,
  textOf,
  wordsOf,
} from './filter.sql.ts';
export {
  type Filter,
  type FilterFields,
  type FilterKind,
  filterPairs,
  type FilterTerm,
  parseFilter,
  withMe,
} from './filter.ts';
export { behind, type KeySet, orderOf, pageOf, type SortColumn, sortValue } from './page.sql.ts';
export { type After, createCursors, type Page, parseSort, type Sort } from './page.ts';
export {
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  inOrderOf,
  type ListCount,
  selectKeys,
} from './select.sql.ts';
export { streamRows } from './stream-rows.ts';
