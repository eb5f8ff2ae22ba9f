/**
 * Letters: which fonts there are, how wide a text is, where its lines end. pdfkit's own wrapping measures each word anew and moves a cursor of
 * its own; a table of 200 pages asks for the same words again and again.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Tone } from './blocks.ts';

export type Face = 'regular' | 'bold' | 'mono';

export interface Style {
  readonly face: Face;
  readonly size: number;
  readonly color: string;
}

const ink = '#1a1f26';
const quietInk = '#47515e';
export const colors = {
  ink,
  quiet: quietInk,
  head: '#1f3a5f',
  rule: '#b9c2cd',
  shade: '#eef2f6',
  bad: '#9c1c1c',
  good: '#1d5e34',
} as const;

export const styleOf = (tone: Tone, size: number): Style => ({
  face: tone === 'strong' ? 'bold' : tone === 'mono' ? 'mono' : 'regular',
  size,
  color:
    tone === 'quiet'
      ? colors.quiet
      : tone === 'bad'
        ? colors.bad
        : tone === 'good'
          ? colors.good
          : colors.ink,
});

/** From the top of a line to the top of the next. */
export const leading = ({ size }: Style): number => size * 1.32;

const files: Readonly<Record<Face, string>> = {
  regular: 'DejaVuSansCondensed.ttf',
  bold: 'DejaVuSansCondensed-Bold.ttf',
  mono: 'DejaVuSansMono.ttf',
};
export const faces: readonly Face[] = ['regular', 'bold', 'mono'];
const cached = new Map<Face, Buffer>();

/** The file of a font, as it is embedded. */
export function fontFile(face: Face): Buffer {
  const known = cached.get(face);
  if (known) return known;
  const read = readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${files[face]}`));
  cached.set(face, read);
  return read;
}

/** What of pdfkit letters are measured with. */
export interface Measuring {
  font(name: string, size?: number): unknown;
  widthOfString(text: string): number;
  readonly _font: { readonly font: { hasGlyphForCodePoint(code: number): boolean } };
}

export interface TypeSetter {
  /** The lines of a text, none wider than so much. An empty text has one. */
  readonly linesOf: (text: string, style: Style, width: number) => readonly string[];
  readonly widthOf: (text: string, style: Style) => number;
  readonly lacking: ReadonlySet<string>;
}

const em = 1000;

export function createTypeSetter(document: Measuring): TypeSetter {
  const widths: Record<Face, Map<string, number>> = { regular: new Map(), bold: new Map(), mono: new Map() };
  const printable = new Map<number, boolean>();
  const lacking = new Set<string>();
  const emWidth = (word: string, face: Face): number => {
    const known = widths[face].get(word);
    if (known !== undefined) return known;
    document.font(face, em);
    const width = document.widthOfString(word);
    // Words of a report repeat; what does not must not be kept for ever.
    if (widths[face].size < 50_000) widths[face].set(word, width);
    return width;
  };
  const widthOf = (text: string, { face, size }: Style): number => (emWidth(text, face) * size) / em;
  /** Bold and mono have what regular has, but for a few rare signs. */
  const isPrintable = (code: number): boolean => {
    const known = printable.get(code);
    if (known !== undefined) return known;
    const has = faces.every((face) => {
      document.font(face, em);
      return document._font.font.hasGlyphForCodePoint(code);
    });
    printable.set(code, has);
    return has;
  };
  const cleaned = (text: string): string => {
    if (/^[\n -~]*$/.test(text)) return text;
    const plain = text
      .normalize('NFC')
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll(/[\t\u00a0\u2028\u2029]/g, ' ');
    return Array.from(plain, (letter) => {
      const code = letter.codePointAt(0) ?? 0;
      if (letter === '\n') return letter;
      if (code < 32 || (code >= 127 && code < 160) || code === 0xfeff || code === 0xfffd)
        return code < 32 ? '' : ' ';
      if (isPrintable(code)) return letter;
      const name = `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
      lacking.add(name);
      return name;
    }).join('');
  };
  return {
    lacking,
    widthOf,
    linesOf: (text, style, width) =>
      cleaned(text)
        .split('\n')
        .flatMap((line) => wrapped(line, width, (piece) => widthOf(piece, style))),
  };
}

/** Breaks a line at spaces, and a word that is wider than the line after a sign or, at last, anywhere. */
function wrapped(line: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  const space = widthOf(' ');
  let current = '';
  let used = 0;
  const put = (word: string, its: number): void => {
    if (current !== '' && used + space + its > width) {
      lines.push(current);
      current = '';
    }
    used = current === '' ? its : used + space + its;
    current = current === '' ? word : `${current} ${word}`;
  };
  for (const word of line.split(/ +/)) {
    const its = widthOf(word);
    if (its <= width) put(word, its);
    else for (const piece of broken(word, width, widthOf)) put(piece, widthOf(piece));
  }
  return [...lines, current];
}

function* broken(word: string, width: number, widthOf: (text: string) => number): Generator<string> {
  let rest = Array.from(word);
  while (rest.length > 0) {
    let [low, high] = [1, rest.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (widthOf(rest.slice(0, middle).join('')) <= width) low = middle;
      else high = middle - 1;
    }
    const sign =
      low === rest.length ? -1 : rest.slice(0, low).findLastIndex((letter) => /[-/_.,;:@&?=]/.test(letter));
    const end = sign > low / 2 ? sign + 1 : low;
    yield rest.slice(0, end).join('');
    rest = rest.slice(end);
  }
}
