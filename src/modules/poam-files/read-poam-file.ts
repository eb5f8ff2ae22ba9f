/** A file of POA&Ms by what is in it, whatever it is called. */
import { TielineError } from '../../platform/errors/index.ts';
import { openWorkbook } from '../../platform/workbooks/index.ts';
import type { PoamFile } from './poam-file.ts';
import { readOscal } from './read-oscal.ts';
import { readPoamWorkbook } from './read-workbook.ts';

/** @throws TielineError WORKBOOK_INVALID, POAM_FILE_INVALID. */
export async function readPoamFile(name: string, bytes: Buffer): Promise<PoamFile> {
  const start = bytes
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (start === '') throw new TielineError('POAM_FILE_INVALID', `${name}: the file is empty.`);
  if (start.startsWith('{')) return readOscal(name, bytes);
  return readPoamWorkbook(name, await openWorkbook(name, bytes));
}
