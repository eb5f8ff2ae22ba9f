/**
 * Prints a paper as PDF: tagged for who listens (PDF/UA, Section 508), with bookmarks, embedded fonts, its marking and page x of y on each page.
 * The same paper gives the same bytes: its dates are the paper's, and pdfkit makes its file id of them.
 */
import type { Block, Paper, Printed } from './blocks.ts';
import { openPress, type Press } from './press.ts';
import {
  printFacts,
  printHeading,
  printList,
  printNumbers,
  printSignatures,
  printText,
} from './print-blocks.ts';
import { printBars, printLines } from './print-chart.ts';
import { printTable } from './print-table.ts';
import { colors, leading, type Style, styleOf } from './type-setter.ts';

type Outline = Press['document']['outline'];

/** Bookmarks: headings of the second level lie beneath those of the first. */
function createBookmarks({ document }: Press): (level: 1 | 2, text: string) => void {
  let parent: Outline = document.outline;
  return (level, text) => {
    if (level === 1) parent = document.outline.addItem(text, { expanded: false });
    else parent.addItem(text);
  };
}

function printTitle(press: Press, { title, subtitle, about }: Paper): void {
  const large: Style = { face: 'bold', size: 18, color: colors.head };
  const lines = press.letters.linesOf(title, large, press.width);
  press.within(press.element('H1'), () =>
    press.write(lines, { x: press.frame.left, y: press.y, width: press.width }, large),
  );
  press.y += lines.length * leading(large);
  if (subtitle !== '') {
    const style = styleOf('plain', 10.5);
    const under = press.letters.linesOf(subtitle, style, press.width);
    press.within(press.element('P'), () =>
      press.write(under, { x: press.frame.left, y: press.y, width: press.width }, style),
    );
    press.y += under.length * leading(style);
  }
  press.y += 4;
  press.artifact('Layout', () => {
    press.document
      .moveTo(press.frame.left, press.y)
      .lineTo(press.frame.right, press.y)
      .lineWidth(1)
      .strokeColor(colors.head)
      .stroke();
  });
  press.y += 7;
  printFacts(press, { kind: 'facts', title: 'About this report', items: about });
}

/** Marking, foot and page x of y, when it is known how many there are. */
function printMargins(press: Press, { marking, foot }: Paper): number {
  const { document, frame, letters } = press;
  const strong: Style = { face: 'bold', size: 8, color: colors.ink };
  const small = styleOf('quiet', 7);
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    document.switchToPage(page);
    const shown = `Page ${page - start + 1} of ${count}`;
    press.artifact('Pagination', () => {
      if (marking !== '') {
        press.write(
          letters.linesOf(marking, strong, press.width).slice(0, 1),
          { x: frame.left, y: 26, width: press.width, align: 'center' },
          strong,
        );
        press.write(
          letters.linesOf(marking, strong, press.width).slice(0, 1),
          { x: frame.left, y: frame.bottom + 27, width: press.width, align: 'center' },
          strong,
        );
      }
      press.write(
        letters.linesOf(foot, small, press.width - 70).slice(0, 1),
        { x: frame.left, y: frame.bottom + 14, width: press.width },
        small,
      );
      press.write(
        [shown],
        { x: frame.left, y: frame.bottom + 14, width: press.width, align: 'right' },
        small,
      );
    });
  }
  return count;
}

function printBlock(
  press: Press,
  block: Block,
  {
    bookmark,
    signal,
  }: { readonly bookmark: (level: 1 | 2, text: string) => void; readonly signal: AbortSignal },
): void {
  switch (block.kind) {
    case 'heading':
      return printHeading(press, block, bookmark);
    case 'text':
      return printText(press, block);
    case 'list':
      return printList(press, block);
    case 'facts':
      return printFacts(press, block);
    case 'numbers':
      return printNumbers(press, block);
    case 'table':
      return printTable(press, block, signal);
    case 'bars':
      return printBars(press, block, signal);
    case 'lines':
      return printLines(press, block, signal);
    case 'signatures':
      return printSignatures(press, block);
    case 'newPage':
      if (press.y > press.frame.top) press.newPage();
  }
}

/** @param signal ends it between blocks and rows, with its reason. */
export async function printPaper(paper: Paper, signal: AbortSignal): Promise<Printed> {
  const press = openPress(paper);
  const chunks: Uint8Array[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  press.document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  press.document.on('end', () => resolve(undefined));
  press.document.on('error', reject);
  const bookmark = createBookmarks(press);
  printTitle(press, paper);
  for (const block of paper.blocks) {
    signal.throwIfAborted();
    printBlock(press, block, { bookmark, signal });
  }
  const pages = printMargins(press, paper);
  press.document.end();
  await promise;
  return { bytes: Buffer.concat(chunks), pages, lacking: [...press.letters.lacking] };
}
