/** Charts: bars and lines from numbers. Each has words for who does not see it, and a table of its numbers beneath. */
import type { Block } from './blocks.ts';
import type { Press } from './press.ts';
import { printTable } from './print-table.ts';
import { colors, leading, type Style, styleOf } from './type-setter.ts';

type Of<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

const titleStyle: Style = { face: 'bold', size: 9, color: colors.head };
const label = styleOf('plain', 7.6);
const quiet = styleOf('quiet', 7);
const barColor = '#2f5d8a';

function titled(press: Press, title: string): void {
  press.within(press.element('P'), () =>
    press.write([title], { x: press.frame.left, y: press.y, width: press.width }, titleStyle),
  );
  press.y += leading(titleStyle) + 4;
}

function drawBars(press: Press, { bars }: Of<'bars'>, step: number): void {
  const { document, frame, width, letters } = press;
  const names = width * 0.28;
  const most = Math.max(...bars.map(({ value }) => value), 1e-9);
  const long = width - names - 70;
  for (const [index, { of, value, shown }] of bars.entries()) {
    const y = press.y + index * step;
    const [name = ''] = letters.linesOf(of, label, names - 8);
    press.write([name], { x: frame.left, y: y + 2, width: names - 8 }, label);
    const end = Math.max(value > 0 ? 1 : 0, (value / most) * long);
    document.rect(frame.left + names, y + 1.5, end, step - 5).fill(barColor);
    press.write([shown], { x: frame.left + names + end + 5, y: y + 2, width: 60 }, styleOf('strong', 7.6));
  }
}

/** Bars side by side: their names and values are written beside them and read as a table. */
export function printBars(press: Press, block: Of<'bars'>, signal: AbortSignal): void {
  const { bars, title, alt, head } = block;
  const step = 15;
  const height = bars.length * step;
  if (bars.length > 0) {
    press.room(height + leading(titleStyle) + 8);
    titled(press, title);
    const figure = press.element('Figure', {
      alt,
      bbox: [press.frame.left, press.y, press.frame.right, press.y + height],
    });
    press.within(figure, () => drawBars(press, block, step));
    press.y += height + 8;
  }
  printTable(
    press,
    {
      kind: 'table',
      title: bars.length > 0 ? `${title}: the numbers` : title,
      columns: [
        { title: head[0], share: 3 },
        { title: head[1], share: 1, align: 'right' },
      ],
      isNarrow: true,
      rows: bars.map(({ of, shown }) => [of, shown]),
      empty: 'Nothing to show.',
    },
    signal,
  );
}

/** Each line has a dash and a mark of its own, so that they are told apart without color. */
const looks = [
  { color: '#7a1420', dash: [] as number[], mark: 'square' },
  { color: '#b4530a', dash: [5, 2], mark: 'circle' },
  { color: '#2f5d8a', dash: [2, 2], mark: 'triangle' },
  { color: '#47515e', dash: [6, 2, 1, 2], mark: 'square' },
] as const;
type Look = (typeof looks)[number];

function drawMark({ document }: Press, look: Look, x: number, y: number): void {
  if (look.mark === 'circle') document.circle(x, y, 2.2);
  else if (look.mark === 'square') document.rect(x - 1.9, y - 1.9, 3.8, 3.8);
  else document.polygon([x, y - 2.6], [x - 2.4, y + 1.9], [x + 2.4, y + 1.9]);
  document.fill(look.color);
}

/** A number above all of them that is easy to read: 1, 2 or 5 with noughts. */
function ceilingOf(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly most: number;
}

function drawAxes(press: Press, { places, show }: Of<'lines'>, plot: Plot): void {
  const { document } = press;
  for (const share of [0, 0.5, 1]) {
    const y = plot.bottom - share * (plot.bottom - plot.top);
    document
      .moveTo(plot.left, y)
      .lineTo(plot.right, y)
      .lineWidth(0.4)
      .undash()
      .strokeColor(colors.rule)
      .stroke();
    press.write([show(plot.most * share)], { x: plot.left - 46, y: y - 5, width: 40, align: 'right' }, quiet);
  }
  const each = Math.ceil(places.length / 12);
  const step = (plot.right - plot.left) / Math.max(1, places.length - 1);
  for (const [index, place] of places.entries())
    if (index % each === 0 || places.length === 1)
      press.write(
        [place],
        { x: plot.left + index * step - 25, y: plot.bottom + 4, width: 50, align: 'center' },
        quiet,
      );
}

function drawLines(press: Press, block: Of<'lines'>, plot: Plot): void {
  const { document } = press;
  const step = (plot.right - plot.left) / Math.max(1, block.places.length - 1);
  const yOf = (value: number): number => plot.bottom - (value / plot.most) * (plot.bottom - plot.top);
  for (const [index, { values }] of block.lines.entries()) {
    const look = looks[index % looks.length] ?? looks[0];
    let isDrawn = false;
    for (const [at, value] of values.entries()) {
      if (value === null) isDrawn = false;
      else {
        const [x, y] = [plot.left + at * step, yOf(value)];
        if (isDrawn) document.lineTo(x, y);
        else document.moveTo(x, y);
        isDrawn = true;
      }
    }
    document.lineWidth(1.2).strokeColor(look.color);
    if (look.dash.length > 0) document.dash(look.dash[0] ?? 1, { space: look.dash[1] ?? 1 });
    else document.undash();
    document.stroke();
    document.undash();
    for (const [at, value] of values.entries())
      if (value !== null) drawMark(press, look, plot.left + at * step, yOf(value));
  }
}

function drawKey(press: Press, lines: Of<'lines'>['lines'], y: number): void {
  let x = press.frame.left + 50;
  for (const [index, { of }] of lines.entries()) {
    const look = looks[index % looks.length] ?? looks[0];
    press.document
      .moveTo(x, y + 5)
      .lineTo(x + 18, y + 5)
      .lineWidth(1.2)
      .strokeColor(look.color);
    if (look.dash.length > 0) press.document.dash(look.dash[0] ?? 1, { space: look.dash[1] ?? 1 });
    press.document.stroke().undash();
    drawMark(press, look, x + 9, y + 5);
    press.write([of], { x: x + 23, y, width: 120 }, label);
    x += 23 + press.letters.widthOf(of, label) + 18;
  }
}

/** Lines over places, each with its own dash and mark, and a table of all values. */
export function printLines(press: Press, block: Of<'lines'>, signal: AbortSignal): void {
  const { title, alt, along, places, lines, show } = block;
  const values = lines.flatMap((line) => line.values).filter((value) => value !== null);
  const high = 120;
  // One place is no line: its numbers are in the table.
  const isDrawn = values.length > 0 && places.length > 1;
  if (isDrawn) {
    const height = high + 34;
    press.room(height + leading(titleStyle) + 8);
    titled(press, title);
    const plot = {
      left: press.frame.left + 50,
      right: press.frame.right - 14,
      top: press.y + 18,
      bottom: press.y + 18 + high - 8,
      most: ceilingOf(Math.max(...values)),
    };
    const figure = press.element('Figure', {
      alt,
      bbox: [press.frame.left, press.y, press.frame.right, press.y + height],
    });
    press.within(figure, () => {
      drawKey(press, lines, press.y);
      drawAxes(press, block, plot);
      drawLines(press, block, plot);
    });
    press.y += height + 8;
  }
  printTable(
    press,
    {
      kind: 'table',
      title: isDrawn ? `${title}: the numbers` : title,
      columns: [
        { title: along, share: 1.4 },
        ...lines.map(({ of }) => ({ title: of, share: 1, align: 'right' as const })),
      ],
      rows:
        values.length === 0
          ? []
          : places.map((place, at) => [
              place,
              ...lines.map((line) => {
                const value = line.values[at] ?? null;
                return value === null ? 'no value' : show(value);
              }),
            ]),
      empty: 'No value was kept for this period yet.',
    },
    signal,
  );
}
