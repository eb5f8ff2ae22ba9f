export type { CellValue } from './cell-values.ts';
export { columnLetters, columnNumber, dayOfSerial } from './cell-values.ts';
export { openWorkbook, type Sheet, type Workbook } from './open-workbook.ts';
export type { SheetRow } from './sheet-rows.ts';
