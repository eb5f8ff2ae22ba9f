/** Everything that is neither table nor chart: headings, text, lists, facts, numbers, lines to sign on. */
import { type Block, textOf, type Tone, toneOf } from './blocks.ts';
import type { Press } from './press.ts';
import { colors, leading, type Style, styleOf } from './type-setter.ts';

type Of<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

const headings: Readonly<
  Record<1 | 2, { readonly style: Style; readonly before: number; readonly after: number }>
> = {
  1: { style: { face: 'bold', size: 13, color: colors.head }, before: 10, after: 5 },
  2: { style: { face: 'bold', size: 10.5, color: colors.head }, before: 6, after: 4 },
};
const bodySize = 9;

/** A heading, with a bookmark; it never stands alone at the foot of a page. */
export function printHeading(
  press: Press,
  { level, text }: Of<'heading'>,
  outline: (level: 1 | 2, text: string) => void,
): void {
  const { style, before, after } = headings[level];
  const lines = press.letters.linesOf(text, style, press.width);
  const isNew = press.room(before + lines.length * leading(style) + after + 44);
  if (!isNew && press.y > press.frame.top) press.y += before;
  outline(level, text);
  press.within(press.element(level === 1 ? 'H2' : 'H3'), () =>
    press.write(lines, { x: press.frame.left, y: press.y, width: press.width }, style),
  );
  press.y += lines.length * leading(style) + after;
}

/** A paragraph; of a long one at least two lines stay together. */
export function printText(press: Press, { text, tone = 'plain' }: Of<'text'>): void {
  const style = styleOf(tone, bodySize);
  let lines = press.letters.linesOf(text, style, press.width);
  const paragraph = press.element('P');
  while (lines.length > 0) {
    press.room(Math.min(lines.length, 3) * leading(style));
    const fit = Math.floor((press.frame.bottom - press.y) / leading(style));
    const here = lines.length - fit === 1 ? fit - 1 : fit;
    const shown = lines.slice(0, Math.max(1, here));
    press.within(paragraph, () =>
      press.write(shown, { x: press.frame.left, y: press.y, width: press.width }, style),
    );
    press.y += shown.length * leading(style);
    lines = lines.slice(shown.length);
  }
  paragraph.end();
  press.y += 6;
}

export function printList(press: Press, { items }: Of<'list'>): void {
  const style = styleOf('plain', bodySize);
  const list = press.element('L');
  for (const item of items) {
    const lines = press.letters.linesOf(item, style, press.width - 14);
    press.room(lines.length * leading(style));
    const entry = press.element('LI', {}, list);
    press.within(press.element('Lbl', {}, entry), () =>
      press.write(['•'], { x: press.frame.left + 3, y: press.y, width: 10 }, style),
    );
    press.within(press.element('LBody', {}, entry), () =>
      press.write(lines, { x: press.frame.left + 14, y: press.y, width: press.width - 14 }, style),
    );
    press.y += lines.length * leading(style) + 2;
  }
  list.end();
  press.y += 5;
}

/** Draws lines that stand side by side, whole where they fit on a page, else as many on each page as it has room for. */
function inParts(
  press: Press,
  { count, leading: step, gap }: { readonly count: number; readonly leading: number; readonly gap: number },
  draw: (from: number, to: number) => void,
): void {
  const { top, bottom } = press.frame;
  if (count * step + gap <= bottom - top) press.room(count * step + gap);
  for (let from = 0; from < count;) {
    press.room(step + gap);
    const fit = Math.max(1, Math.floor((bottom - press.y - gap) / step));
    const to = Math.min(count, from + fit);
    draw(from, to);
    press.y += (to - from) * step + (to === count ? gap : 0);
    from = to;
  }
}

/** Names and values in two pairs of columns where there are many. */
export function printFacts(press: Press, { items, title }: Of<'facts'>): void {
  const wide = items.length > 3 ? 2 : 1;
  const column = press.width / wide;
  const name = Math.min(122, column * 0.42);
  const nameStyle = styleOf('quiet', 8);
  const table = press.element('Table', { title });
  for (let at = 0; at < items.length; at += wide) {
    const row = items.slice(at, at + wide).map(([label, value]) => ({
      label: press.letters.linesOf(label, nameStyle, name - 6),
      value: press.letters.linesOf(
        textOf(value) === '' ? 'not recorded' : textOf(value),
        styleOf(toneOf(value), 8.4),
        column - name - 10,
      ),
      style: styleOf(textOf(value) === '' ? 'quiet' : toneOf(value), 8.4),
    }));
    const element = press.element('TR', {}, table);
    const cells = row.map((each, index) => ({
      ...each,
      x: press.frame.left + index * column,
      head: press.element('TH', { scope: 'Row' }, element),
      body: press.element('TD', {}, element),
    }));
    const count = Math.max(...row.map(({ label, value }) => Math.max(label.length, value.length)));
    inParts(press, { count, leading: leading(styleOf('plain', 8.4)), gap: 4 }, (from, to) => {
      for (const { x, head, body, label, value, style } of cells) {
        press.within(head, () =>
          press.write(label.slice(from, to), { x, y: press.y, width: name }, nameStyle),
        );
        press.within(body, () =>
          press.write(value.slice(from, to), { x: x + name, y: press.y, width: column - name }, style),
        );
      }
    });
  }
  table.end();
  press.y += 6;
}

const inRow = 4;

const numberStyle = (tone: Tone): Style =>
  tone === 'quiet'
    ? styleOf('quiet', 12)
    : { face: 'bold', size: 17, color: tone === 'bad' ? colors.bad : colors.head };

/** Numbers in boxes, four in a row; for who listens a list. */
export function printNumbers(press: Press, { items }: Of<'numbers'>): void {
  const gap = 8;
  const box = (press.width - gap * (inRow - 1)) / inRow;
  const list = press.element('L');
  for (let at = 0; at < items.length; at += inRow) {
    const row = items.slice(at, at + inRow).map((item) => ({
      ...item,
      titleLines: press.letters.linesOf(item.title, styleOf('strong', 8), box - 14),
      noteLines: press.letters.linesOf(item.note, styleOf('quiet', 7.4), box - 14),
    }));
    const titles = Math.max(...row.map(({ titleLines }) => titleLines.length));
    const notes = Math.max(...row.map(({ noteLines }) => noteLines.length));
    const height = 12 + titles * 10.6 + 23 + notes * 9.8;
    press.room(height);
    for (const [index, { value, tone, titleLines, noteLines }] of row.entries()) {
      const x = press.frame.left + index * (box + gap);
      press.artifact('Layout', () => {
        press.document.rect(x, press.y, box, height).fill(colors.shade);
        press.document
          .rect(x, press.y, 2.5, height)
          .fill(tone === 'bad' ? colors.bad : tone === 'good' ? colors.good : colors.head);
      });
      const body = press.element('LBody', {}, press.element('LI', {}, list));
      press.within(body, () => {
        press.write(titleLines, { x: x + 8, y: press.y + 6, width: box }, styleOf('strong', 8));
        press.write([value], { x: x + 8, y: press.y + 7 + titles * 10.6, width: box }, numberStyle(tone));
        press.write(
          noteLines,
          { x: x + 8, y: press.y + 8 + titles * 10.6 + 22, width: box },
          styleOf('quiet', 7.4),
        );
      });
    }
    press.y += height + gap;
  }
  list.end();
  press.y += 2;
}

/** Where people sign: role and name, a line for the name's hand and one for the day. */
export function printSignatures(press: Press, { of }: Of<'signatures'>): void {
  const style = styleOf('plain', 8.4);
  const small = styleOf('quiet', 7.4);
  const high = 44;
  press.room(of.length * high);
  for (const [role, name] of of) {
    press.within(press.element('P'), () =>
      press.write(
        [`${role}: ${name ?? '(name)'}`],
        { x: press.frame.left, y: press.y, width: press.width },
        style,
      ),
    );
    const y = press.y + 32;
    const at = press.frame.left + press.width * 0.62;
    press.artifact('Layout', () => {
      for (const [from, to] of [
        [press.frame.left, at - 20],
        [at, press.frame.right],
      ] as const)
        press.document.moveTo(from, y).lineTo(to, y).lineWidth(0.6).strokeColor(colors.quiet).stroke();
    });
    press.within(press.element('P'), () => {
      press.write(['Signature'], { x: press.frame.left, y: y + 2, width: 80 }, small);
      press.write(['Date'], { x: at, y: y + 2, width: 80 }, small);
    });
    press.y += high + 6;
  }
}
