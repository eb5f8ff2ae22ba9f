import type { Terminal } from './command-context.ts';

/** Columns of the terminal; undefined where the output goes to a file or a program, which is given whole lines. */
export function widthOf(terminal: Terminal): number | undefined {
  return terminal.out.isTTY ? terminal.out.columns : undefined;
}

/** Columns of a cell at least. */
export const narrowest = 8;

/** `text` in lines of at most `width`, broken between words where that can be. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      // A path, an address or a list is read better when it breaks after its separators.
      const at = rest.slice(0, width).search(/[-/.,:_][^-/.,:_]*$/);
      const end = at > width / 2 ? at + 1 : width;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

/**
 * Text for a terminal: a line of prose that is longer than the width continues a little further in, broken between words. Rows of a table
 * (columns two spaces apart) and lines with colours are left as they are.
 * @param width undefined: as it is.
 */
export function fittedText(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) =>
      line.length <= width || line.includes('\u001B') || /\S {2,}\S/.test(line.trimStart())
        ? [line]
        : hanging(line, width),
    )
    .join('\n');
}

function hanging(line: string, width: number): string[] {
  const indent = line.slice(0, line.length - line.trimStart().length);
  return wrapped(line.trimStart(), Math.max(width - indent.length - 2, narrowest)).map(
    (part, at) => `${indent}${at === 0 ? '' : '  '}${part}`,
  );
}
