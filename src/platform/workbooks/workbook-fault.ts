import { TielineError } from '../errors/index.ts';

/** What a workbook may hold before it is taken for an attack, or for something else than a workbook that people work with. */
export interface WorkbookLimits {
  /** Of the file as it is carried. */
  readonly packedBytes: number;
  readonly entries: number;
  /** Of one part when it is unpacked, and of all that are read; one that is read again counts once. */
  readonly partBytes: number;
  /** How much a part may grow when it is unpacked, once it is larger than `freeBytes`. Sheets shrink to a thirtieth, hardly ever to a hundredth. */
  readonly ratio: number;
  readonly freeBytes: number;
  readonly sheets: number;
  /** Of all shared texts together, in characters. */
  readonly sharedCharacters: number;
  readonly rows: number;
  /** Cells to which a merged range of several rows hands its value. */
  readonly mergedCells: number;
  /** Characters of a cell: Excel allows 32,767. */
  readonly cellCharacters: number;
  readonly depth: number;
}

export const usualLimits: WorkbookLimits = {
  packedBytes: 64 * 1024 * 1024,
  entries: 2_000,
  partBytes: 256 * 1024 * 1024,
  ratio: 200,
  freeBytes: 16 * 1024 * 1024,
  sheets: 256,
  sharedCharacters: 64 * 1024 * 1024,
  rows: 200_000,
  mergedCells: 2_000_000,
  cellCharacters: 32_767,
  depth: 64,
};

/** The workbook cannot be read; `place` is a part of it (`xl/worksheets/sheet1.xml`), a sheet or a cell. */
export function workbookFault(place: string, message: string, cause?: unknown): TielineError {
  return new TielineError('WORKBOOK_INVALID', `${place}: ${message}`, {
    fields: [{ field: place, message }],
    ...(cause === undefined ? {} : { cause }),
  });
}
