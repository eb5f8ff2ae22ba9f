import { describe, expect, it } from 'vitest';
import { PageWalk, type WalkedPage } from './page-walk.ts';

const ids = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

function walk(...pages: WalkedPage[]): () => void {
  const watched = new PageWalk('GET /list');
  return () => {
    for (const page of pages) watched.note(page);
  };
}
const stuck = { code: 'REMOTE_UNEXPECTED' };

describe('a walk through pages', () => {
  it('a walk through pages moves on while each page names another', () => {
    expect(
      walk(
        { next: '2', ids: ids(0, 20) },
        { at: '2', next: '3', ids: ids(20, 20) },
        { at: '3', next: undefined, ids: [] },
      ),
    ).not.toThrow();
  });

  it.each<[string, WalkedPage[]]>([
    ['a page names itself', [{ at: '2', next: '2', ids: ids(0, 5) }]],
    [
      'two pages name each other',
      [
        { at: 'a', next: 'b', ids: ids(0, 5) },
        { at: 'b', next: 'a', ids: ids(5, 5) },
      ],
    ],
    [
      'the server ignores what page it is asked for',
      [
        { next: '2', ids: ids(0, 100) },
        { at: '2', next: '3', ids: ids(0, 100) },
      ],
    ],
    [
      'a short page comes again and again',
      [
        { next: '2', ids: ids(0, 3) },
        { at: '2', next: '3', ids: ids(0, 3) },
        { at: '3', next: '4', ids: ids(0, 3) },
      ],
    ],
    [
      'empty pages name each other without end',
      Array.from({ length: 200 }, (_, at) => ({ at: `c${at}`, next: `c${at + 1}`, ids: [] })),
    ],
  ])('a walk through pages does not move on when %s', (_what, pages) => {
    expect(walk(...pages)).toThrow(expect.objectContaining(stuck));
  });

  it('a walk through pages moves on over a short page that repeats once, as others were added in front of it', () => {
    expect(
      walk(
        { next: '2', ids: ids(0, 3) },
        { at: '2', next: '3', ids: ids(0, 3) },
        { at: '3', next: undefined, ids: ids(3, 3) },
      ),
    ).not.toThrow();
  });
});
