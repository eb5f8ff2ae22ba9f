import { describe, expect, it } from 'vitest';
import { createCursors, parseSort } from './page.ts';

describe('cursors of lists', () => {
  const cursors = createCursors(Buffer.alloc(32, 7));
  const use = { list: 'findings', sort: '-severity', filter: { severity: 'high' } };
  const cursor = cursors.write({ value: 4, id: 12 }, use);

  it('a cursor leads back to where its page ended', () => {
    expect(cursors.read(cursor, use)).toEqual({ value: 4, id: 12 });
  });

  it.each([
    ['another list', cursor, { ...use, list: 'assets' }],
    ['another sort', cursor, { ...use, sort: 'severity' }],
    ['another filter', cursor, { ...use, filter: { severity: 'low' } }],
    ['a changed position', `${Buffer.from('[4,99]').toString('base64url')}.${cursor.split('.')[1]}`, use],
    ['no signature', cursor.split('.')[0] ?? '', use],
    ['another installation', createCursors(Buffer.alloc(32, 8)).write({ value: 4, id: 12 }, use), use],
  ])('a cursor is refused with %s', (_what, text, asked) => {
    expect(() => cursors.read(text, asked)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  it('an unknown sort is refused with those there are', () => {
    expect(parseSort('-due', ['due', 'severity'])).toEqual({ by: 'due', descending: true });
    expect(() => parseSort('serverity', ['due', 'severity'])).toThrow('Unknown sort "serverity"');
  });
});
