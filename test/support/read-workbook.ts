/** What a workbook says to openpyxl, where that is installed: a reader that shares no code with what wrote it. */
import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeScratchDirectory } from './scratch-directory.ts';

const run = promisify(execFile);

/** Debian's own Python has Debian's packages; another one may come first on the path. */
function pythonWithIt(): string | undefined {
  for (const python of ['python3', '/usr/bin/python3'])
    try {
      execFileSync(python, ['-c', 'import openpyxl'], { stdio: 'ignore' });
      return python;
    } catch {
      // the next one
    }
  console.warn(
    'openpyxl (apt-get install python3-openpyxl) is not installed: workbooks are not read by a second reader.',
  );
  return undefined;
}
const found = pythonWithIt();
export const hasOpenpyxl = found !== undefined;

export interface SecondReading {
  /** By name: the cells that hold something, by `B7`; days as YYYY-MM-DD. */
  readonly sheets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By name: where panes are frozen, widths of columns, ranges of lists and of conditional formats. */
  readonly shape: Readonly<
    Record<
      string,
      {
        readonly freeze: string | null;
        readonly widths: Readonly<Record<string, number>>;
        readonly lists: number;
        readonly formats: number;
      }
    >
  >;
  /** Cells that hold a formula. */
  readonly formulas: readonly string[];
}

const program = `
import sys, json, datetime, warnings
import openpyxl
warnings.simplefilter('ignore')
book = openpyxl.load_workbook(sys.argv[1])
sheets, shape, formulas = {}, {}, []
def said(value):
    if isinstance(value, datetime.datetime):
        return value.strftime('%Y-%m-%d') if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
for sheet in book.worksheets:
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None or cell.value == '':
                continue
            if cell.data_type == 'f':
                formulas.append(sheet.title + '!' + cell.coordinate)
            cells[cell.coordinate] = said(cell.value)
    sheets[sheet.title] = cells
    shape[sheet.title] = {
        'freeze': sheet.freeze_panes,
        'widths': {name: round(column.width, 3) for name, column in sheet.column_dimensions.items() if column.width},
        'lists': len(sheet.data_validations.dataValidation),
        'formats': len(list(sheet.conditional_formatting)),
    }
print(json.dumps({'sheets': sheets, 'shape': shape, 'formulas': formulas}))
`;

/** Only where `hasOpenpyxl`. */
export async function readWithOpenpyxl(bytes: Uint8Array): Promise<SecondReading> {
  const path = join(await makeScratchDirectory(), 'book.xlsx');
  await writeFile(path, bytes);
  const { stdout } = await run(found ?? 'python3', ['-c', program, path], { maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(stdout) as SecondReading; // as the program above prints it
}
