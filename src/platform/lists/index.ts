export {
  type Filter,
  type FilterFields,
  type FilterKind,
  filterPairs,
  type FilterTerm,
  parseFilter,
} from './filter.ts';
export {
  type Conditions,
  escapedLike,
  every,
  filtered,
  flagOf,
  instantOf,
  networksOf,
  numberOf,
  textOf,
  wordsOf,
} from './filter.sql.ts';
export { type After, createCursors, type CursorUse, type Page, parseSort, type Sort } from './page.ts';
export { behind, type KeySet, orderOf, pageOf, type SortColumn, sortValue } from './page.sql.ts';
export { csvLine, csvStart, type CsvValue } from './csv.ts';
export { streamRows } from './stream-rows.ts';
