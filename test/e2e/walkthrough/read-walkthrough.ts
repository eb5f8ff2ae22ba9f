/** Reads docs/walkthrough.md: what is done, in order, and what is shown. Blocks that it does not know are refused, so that none is left out. */

export type Act =
  | { readonly kind: 'command'; readonly line: number; readonly args: readonly string[] }
  | { readonly kind: 'shows'; readonly line: number; readonly lines: readonly string[] }
  | { readonly kind: 'scanner' | 'record'; readonly line: number; readonly body: unknown }
  | { readonly kind: 'clock'; readonly line: number; readonly now: Date };

/** Words of a command line; double quotes hold words together. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
}

interface Block {
  readonly line: number;
  readonly info: string;
  readonly lines: readonly string[];
}

function blocksIn(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (open) {
      blocks.push(open);
      open = undefined;
    } else open = { line: index + 1, info: (fence[1] ?? '').trim(), lines: [] };
  }
  return blocks;
}

/** @param names what stands for `@name` in what is done to the scanner or the record. @throws Error for a block that is none of these. */
export function readWalkthrough(text: string, names: Readonly<Record<string, string>>): Act[] {
  return blocksIn(text).flatMap(({ line, info, lines }): Act[] => {
    const body = lines.join('\n').replaceAll(/@(\w+)/g, (whole, name: string) => names[name] ?? whole);
    switch (info) {
      case 'sh':
        return lines
          .filter((each) => each.startsWith('tieline '))
          .map((each) => ({ kind: 'command', line, args: wordsOf(each).slice(1) }));
      case 'text':
        return [{ kind: 'shows', line, lines: lines.filter((each) => each.trim() !== '') }];
      case 'json in Tenable':
        return (JSON.parse(body) as readonly unknown[]).map((each) => ({
          kind: 'scanner',
          line,
          body: each,
        }));
      case 'json in Xacta':
        return [{ kind: 'record', line, body: JSON.parse(body) }];
      case 'time':
        return [{ kind: 'clock', line, now: new Date(lines[0] ?? '') }];
      default:
        throw new Error(`line ${line}: a block of "${info}" is none that is done or shown`);
    }
  });
}

const asPattern = (line: string): RegExp =>
  new RegExp(
    line
      .trim()
      .split('…')
      .map((part) =>
        part
          .split(/\s+/)
          .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
          .join('\\s+'),
      )
      .join('.*'),
  );

/** The first of the lines that is not shown, in this order; undefined: all are. `…` stands for anything, spaces for any number of them. */
export function firstNotShown(shown: string, lines: readonly string[]): string | undefined {
  const rows = shown.split('\n');
  let at = 0;
  for (const line of lines) {
    const pattern = asPattern(line);
    const found = rows.findIndex((row, index) => index >= at && pattern.test(row));
    if (found === -1) return line;
    at = found + 1;
  }
  return undefined;
}
