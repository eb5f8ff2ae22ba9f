/** What a PDF says of itself, by its objects, and by poppler where that is installed: a reader that shares no code with what wrote it. */
import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeScratchDirectory } from './scratch-directory.ts';

const run = promisify(execFile);

const isThere = (): boolean => {
  try {
    execFileSync('pdfinfo', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(
      'poppler (pdfinfo, pdffonts, pdftotext) is not installed: what only it can see of PDFs is not tested.',
    );
    return false;
  }
};
export const hasPoppler = isThere();

/** The objects of a PDF as text, without its streams; of strings in UTF-16 the letters. */
export const objectsOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/stream\r?\n[\s\S]*?endstream/g, 'stream endstream')
    .replaceAll('\u00fe\u00ff', '')
    .replaceAll('\0', '');

export interface PopplerReading {
  readonly info: string;
  readonly structure: string;
  readonly fonts: readonly {
    readonly name: string;
    readonly isEmbedded: boolean;
    readonly hasUnicode: boolean;
  }[];
  /** The text of each page. */
  readonly pages: readonly string[];
}

/** Only where `hasPoppler`. */
export async function readWithPoppler(bytes: Uint8Array): Promise<PopplerReading> {
  const path = join(await makeScratchDirectory(), 'paper.pdf');
  await writeFile(path, bytes);
  const output = async (program: string, ...args: string[]): Promise<string> =>
    (await run(program, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  const fonts = (await output('pdffonts', path))
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [embedded, , unicode] = line.split(/\s+/).slice(-5);
      return {
        name: line.split(/\s+/)[0] ?? '',
        isEmbedded: embedded === 'yes',
        hasUnicode: unicode === 'yes',
      };
    });
  return {
    info: await output('pdfinfo', path),
    structure: await output('pdfinfo', '-struct', path),
    fonts,
    pages: (await output('pdftotext', '-layout', path, '-')).split('\f').slice(0, -1),
  };
}
