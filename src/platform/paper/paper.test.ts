import { describe, expect, it } from 'vitest';
import { hasPoppler, objectsOf, readWithPoppler } from '../../../test/support/read-pdf.ts';
import { type Block, type Paper, printPaper } from './index.ts';

const paper = (blocks: readonly Block[], changes: Partial<Paper> = {}): Paper => ({
  title: 'Monthly summary',
  subtitle: 'Payroll & Time (SYS-1)',
  marking: 'CUI // TEST',
  orientation: 'portrait',
  at: new Date('2026-11-27T09:00:00Z'),
  author: 'Tieline 9.9',
  about: [['Period', '2026-10-28 to 2026-11-27']],
  foot: 'Tieline 9.9, snapshot 0123456789ab',
  blocks,
  ...changes,
});
const { signal } = new AbortController();
const table = (rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  title: 'Everything',
  columns: [
    { title: 'POA&M', share: 1 },
    { title: 'Weakness', share: 4 },
  ],
  rows,
  empty: 'Nothing is open.',
});
const everyKind: readonly Block[] = [
  { kind: 'heading', level: 1, text: 'Findings' },
  { kind: 'heading', level: 2, text: 'By rating' },
  { kind: 'text', text: 'A sentence about it.' },
  { kind: 'list', items: ['first', 'second'] },
  {
    kind: 'facts',
    title: 'System',
    items: [
      ['ISSO', 'Ben Isso'],
      ['Owner', null],
    ],
  },
  { kind: 'numbers', items: [{ title: 'Open', value: '12', note: 'no target', tone: 'plain' }] },
  {
    kind: 'bars',
    title: 'Open by rating',
    alt: 'High: 5',
    head: ['Rating', 'Open'],
    bars: [{ of: 'High', value: 5, shown: '5' }],
  },
  {
    kind: 'lines',
    title: 'A year',
    alt: 'From 9 to 7.',
    along: 'Month',
    places: ['2026-10', '2026-11'],
    lines: [{ of: 'Late', values: [9, null] }],
    show: String,
  },
  { kind: 'signatures', of: [['Authorizing official', 'Dee Ao']] },
  table([['V-1', 'Apache']]),
];
const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;

describe('a printed paper', () => {
  it('has title, language, structure, header cells with their scope, alternative texts and bookmarks', async () => {
    const { bytes } = await printPaper(paper(everyKind), signal);
    const objects = objectsOf(bytes);
    expect(objects).toContain('/Lang (en-US)');
    expect(objects).toContain('/DisplayDocTitle true');
    expect(objects).toContain('(Monthly summary)');
    expect(objects).toMatch(/\/Marked true/);
    for (const tag of [
      'Document',
      'H1',
      'H2',
      'H3',
      'P',
      'L',
      'LI',
      'LBody',
      'Table',
      'Caption',
      'THead',
      'TBody',
      'TR',
      'TH',
      'TD',
      'Figure',
    ])
      expect(objects, tag).toMatch(new RegExp(`/S /${tag}\\b`));
    expect(objects).toContain('/Scope /Column');
    expect(objects).toContain('/Scope /Row');
    expect(objects).toContain('/Alt (High: 5)');
    expect(objects).toContain('/Alt (From 9 to 7.)');
    expect(objects).toContain('/Title (By rating)');
    expect(objects).toContain('/Outlines ');
  });

  it('names no font that it does not bring along', async () => {
    const { bytes } = await printPaper(paper(everyKind), signal);
    const objects = objectsOf(bytes);
    const fonts = [...new Set([...objects.matchAll(/\/BaseFont \/(\S+)/g)].map(([, name]) => name ?? ''))];
    expect(fonts.every((name) => name.includes('DejaVu'))).toBe(true);
    expect(count(objects, /\/FontFile2 /g)).toBe(fonts.length);
  });

  it('is the same to the byte whenever it is printed', async () => {
    const first = await printPaper(paper(everyKind), signal);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await printPaper(paper(everyKind), signal);
    expect(Buffer.from(second.bytes).equals(Buffer.from(first.bytes))).toBe(true);
  });

  it('prints the code of a letter that its fonts lack, and names it', async () => {
    const { lacking } = await printPaper(paper([{ kind: 'text', text: 'Straße, Łódź, Ελλάδα, 中' }]), signal);
    expect(lacking).toEqual(['[U+4E2D]']);
  });

  it('ends when it is asked to', async () => {
    const ended = new AbortController();
    ended.abort(new Error('enough'));
    await expect(printPaper(paper(everyKind), ended.signal)).rejects.toThrow('enough');
  });

  it.skipIf(!hasPoppler)(
    'read by another program: tagged, every font embedded, marking and page x of y on each page, the head of a table on each',
    async () => {
      const words = Array.from({ length: 1500 }, (_, n) => `word${n}`).join(' ');
      const rows = [
        ...Array.from({ length: 120 }, (_, n) => [`V-${n}`, `Weakness ${n} ${'long '.repeat(n % 30)}`]),
        ['V-long', words],
      ];
      const { bytes, pages } = await printPaper(paper([...everyKind, table(rows)]), signal);
      const read = await readWithPoppler(bytes);
      expect(read.info).toMatch(/Tagged: +yes/);
      expect(read.info).toMatch(/Title: +Monthly summary/);
      expect(read.fonts.length).toBeGreaterThan(0);
      expect(read.fonts.every(({ isEmbedded, hasUnicode }) => isEmbedded && hasUnicode)).toBe(true);
      expect(read.pages.length).toBe(pages);
      expect(pages).toBeGreaterThan(3);
      for (const [index, text] of read.pages.entries()) {
        expect(text).toContain(`Page ${index + 1} of ${pages}`);
        expect(count(text, /CUI \/\/ TEST/g)).toBe(2);
      }
      // The rest of the table fills the last pages, each under its head.
      for (const text of read.pages.slice(-2)) expect(text).toMatch(/POA&M +Weakness/);
      // A row that is longer than a page continues, and loses no word.
      const all = read.pages.join('\n');
      expect(
        Array.from({ length: 1500 }, (_, n) => n).filter((n) => !new RegExp(`\\bword${n}\\b`).test(all)),
      ).toEqual([]);
      // Repeated heads are no part of the structure: each table has one.
      expect(count(read.structure, /^ *THead\b/gm)).toBe(count(read.structure, /^ *Table\b/gm) - 2);
    },
  );

  it.skipIf(!hasPoppler)(
    'a fact that is longer than a page continues on the next, and loses no word',
    async () => {
      const words = Array.from({ length: 1500 }, (_, n) => `word${n}`);
      const { bytes, pages } = await printPaper(
        paper([{ kind: 'facts', title: 'What was done', items: [['Comments', words.join(' ')]] }]),
        signal,
      );
      expect(pages).toBeGreaterThan(1);
      const all = (await readWithPoppler(bytes)).pages.join('\n');
      expect(words.filter((word) => !new RegExp(`\\b${word}\\b`).test(all))).toEqual([]);
    },
  );
});
