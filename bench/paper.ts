/**
 * `npm run bench -- paper`: a register of 200 pages as a tagged PDF, beside pdfkit writing the same words without structure, table or font of
 * our own, in turns in one run. Fails where the paper has not the pages that it is to have, or its bytes differ from run to run.
 */
import PDFDocument from 'pdfkit';
import { parseArgs } from 'node:util';
import { measured, median } from './own-cpu.ts';
import { type Block, type Paper, printPaper } from '../src/platform/paper/index.ts';

const { values } = parseArgs({
  options: { pages: { type: 'string', default: '200' }, runs: { type: 'string', default: '3' } },
});
const [leastPages, runs] = [Number(values.pages), Number(values.runs)];
const aimSeconds = 10;

/** Fewer rows of this kind fill a page. */
const rows = Array.from({ length: leastPages * 26 }, (_, n) => [
  `POAM-${n}`,
  `Weakness ${n} of a package that is older than its vendor supports, found by a scan with credentials on ${1 + (n % 40)} machines`,
  ['Critical', 'High', 'Medium', 'Low'][n % 4] ?? '',
  `2026-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`,
  `Owner ${n % 97}`,
]);
const table: Block = {
  kind: 'table',
  title: 'Register',
  columns: [
    { title: 'POA&M', share: 1.2 },
    { title: 'Weakness', share: 4 },
    { title: 'Rating', share: 1 },
    { title: 'Due', share: 1 },
    { title: 'Owner', share: 1 },
  ],
  rows,
  empty: '',
};
const paper: Paper = {
  title: 'Register',
  subtitle: 'Bench',
  marking: 'CUI // BENCH',
  orientation: 'portrait',
  at: new Date('2026-11-27T00:00:00Z'),
  author: 'bench',
  about: [],
  foot: 'bench',
  blocks: [table],
};

async function bare(): Promise<void> {
  const document = new PDFDocument({ size: 'LETTER' });
  document.on('data', () => undefined);
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.fontSize(7.6);
  for (const row of rows) document.text(row.join('  '));
  document.end();
  await ended;
}

const printed = [];
const plain = [];
for (let run = 0; run < runs; run++) {
  plain.push(await measured(bare));
  printed.push(await measured(() => printPaper(paper, new AbortController().signal)));
}
const [first] = printed;
const pages = first?.result.pages ?? 0;
const isSame = printed.every(({ result }) =>
  Buffer.from(result.bytes).equals(Buffer.from(first?.result.bytes ?? [])),
);
const cpuSeconds = median(printed.map((each) => each.cpuSeconds));
console.log(
  JSON.stringify({
    pages,
    bytes: first?.result.bytes.length,
    cpuSeconds,
    seconds: median(printed.map((each) => each.seconds)),
    aimSeconds,
    paperToBare: Number((cpuSeconds / median(plain.map((each) => each.cpuSeconds))).toFixed(2)),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
if (pages < leastPages || !isSame) {
  console.error(pages < leastPages ? `Only ${pages} pages.` : 'The same paper had other bytes.');
  process.exitCode = 1;
}
