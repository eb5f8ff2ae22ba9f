export { approvePoamImport, discardPoamImport, fetchPoamImport, planPoamFile } from './import-poams.ts';
export type { PoamChange } from './known-poams.sql.ts';
export {
  listPoamImports,
  type PoamImport,
  type PoamImportRow,
  type PoamImportState,
} from './poam-imports.sql.ts';
export { familyOf } from './poam-file.ts';
export { dayOf, textOf } from './read-cells.ts';
export { type RawItem, type RawRow, readItems } from './read-sheet.ts';
export { findPoamSheets } from './read-workbook.ts';
