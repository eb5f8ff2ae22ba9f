/** Checklists beside scan files: a reader that knows both. What a file is its first bytes say, not its name. */
import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TielineError } from '../../platform/errors/index.ts';
import type { FilesWithin, ScanFile, ScanFileReader } from '../kit/index.ts';
import { xccdfOfArf } from './arf-parts.ts';
import { checklistKind, type ChecklistKind, readChecklist } from './read-checklist.ts';

/** Real checklists have 1 to 20 MB; the parsers hold one whole. */
const largest = 64 * 1024 * 1024;
/** How far a root element may be from the beginning: behind comments of who wrote the file. */
const headBytes = 64 * 1024;

/** The reader given, which also reads CKL, CKLB, XCCDF results (SCC among them) and ARF, alone or in a zip beside scan files. */
export const withChecklists = (reader: ScanFileReader): ScanFileReader => ({
  ...reader,
  endings: [...new Set([...reader.endings, '.ckl', '.cklb'])],
  async *open(path, timeZone) {
    if (await isChecklist(path)) yield* await checklistFiles(path);
    else yield* reader.open(path, timeZone, checklistsWithin);
  },
});

/** What the other reader asks of each file of an archive. */
const checklistsWithin: FilesWithin = {
  largest,
  headBytes,
  takes: (start) => checklistKind(textOf(Buffer.from(start.subarray(0, headBytes)))) !== undefined,
  read: (name, bytes, at) => filesOf(name, bytes, at),
};

/** A file that cannot be read is left to the other reader, which says so. */
async function isChecklist(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return checklistKind(textOf(buffer.subarray(0, bytesRead))) !== undefined;
  } finally {
    await handle.close();
  }
}

const textOf = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8');

async function checklistFiles(path: string): Promise<ScanFile[]> {
  const name = basename(path);
  const { size, mtime } = await stat(path);
  if (size > largest)
    throw new TielineError(
      'SCAN_FILE_INVALID',
      `${name}: the checklist has ${size} bytes, at most ${largest} are read.`,
    );
  return filesOf(name, await readFile(path), mtime);
}

/** The results in a file: one, or of ARF as many as it wraps. @throws TielineError SCAN_FILE_INVALID where ARF wraps none. */
function filesOf(name: string, bytes: Buffer, at: Date): ScanFile[] {
  const text = textOf(bytes);
  const kind = checklistKind(text.slice(0, headBytes));
  if (kind === undefined) return [];
  if (kind !== 'arf') return [resultFile(name, { kind, text, bytes, at })];
  const parts = xccdfOfArf(text);
  if (parts.length === 0)
    throw new TielineError('SCAN_FILE_INVALID', `${name}: the report holds no test result (TestResult).`);
  return parts.map((part, index) =>
    resultFile(parts.length === 1 ? name : `${name}/${index + 1}`, {
      kind: 'xccdf',
      text: part,
      bytes: Buffer.from(part),
      at,
    }),
  );
}

const resultFile = (
  name: string,
  {
    kind,
    text,
    bytes,
    at,
  }: { readonly kind: ChecklistKind; readonly text: string; readonly bytes: Buffer; readonly at: Date },
): ScanFile => ({
  name,
  fingerprint: () => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
  async *events() {
    yield* readChecklist(name, kind, text, at.toISOString());
    await Promise.resolve();
  },
});
