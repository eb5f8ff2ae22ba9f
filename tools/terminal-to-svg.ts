/**
 * `node bin/run.js tools/terminal-to-svg.ts TITLE < CAPTURE > docs/demo.svg`: draws a terminal's screen, with its colours, as
 * a picture that needs no font and no script. The picture of the README is made by:
 *
 *   tmux new-session -d -s demo -x 140 -y 60 'npm run demo -- --once; sleep 60'
 *   tmux capture-pane -p -e -J -t demo
 */
import { text } from 'node:stream/consumers';

const cell = { width: 8.4, height: 19 };
const margin = 16;
const titleHeight = 34;
const colours: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
};

interface Style {
  readonly colour?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
}
interface Run {
  readonly text: string;
  readonly style: Style;
}

/** The style after one SGR code; a code that means nothing here changes nothing. */
function after(style: Style, code: number): Style {
  const { colour, ...rest } = style;
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return rest;
  const next = colours[code] ?? colour;
  return next === undefined ? rest : { ...rest, colour: next };
}

/** Lines as runs of one style each. A style lasts over the end of its line. */
function parse(screen: string): Run[][] {
  let style: Style = {};
  return screen.split('\n').map((line) => {
    const runs: Run[] = [];
    // oxlint-disable-next-line no-control-regex -- the escape is what is looked for
    for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
      if (part.startsWith('\u001b'))
        for (const code of part.slice(2, -1).split(';')) style = after(style, Number(code));
      else if (part !== '') runs.push({ text: part, style });
    }
    return runs;
  });
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function attributes({ colour, bold, dim }: Style): string {
  return [
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity="0.6"'] : []),
  ].join(' ');
}

function draw(lines: readonly Run[][], title: string): string {
  const columns = Math.max(...lines.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)));
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = Math.ceil(lines.length * cell.height + titleHeight + 1.5 * margin);
  const rows = lines.flatMap((runs, row) => {
    let column = 0;
    return runs.flatMap((run) => {
      const x = margin + column * cell.width;
      column += run.text.length;
      if (run.text.trim() === '') return [];
      const y = titleHeight + margin + row * cell.height;
      // The length is fixed, so that columns stand below each other in any font.
      const length = (run.text.length * cell.width).toFixed(1);
      return [
        `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}" ${attributes(run.style)} xml:space="preserve">${escaped(run.text)}</text>`,
      ];
    });
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${margin + 6 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...dots,
    `<text x="${width / 2}" y="21" text-anchor="middle" fill="#8b949e" font-family="sans-serif" font-size="13">${escaped(title)}</text>`,
    '<g fill="#e6edf3" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14">',
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const [title = 'terminal'] = process.argv.slice(2);
const screen = (await text(process.stdin)).trimEnd();
process.stdout.write(draw(parse(screen), title));
