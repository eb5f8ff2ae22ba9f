import { describe, expect, it } from 'vitest';
import { meant, nothingAround } from './fewer-words.ts';

const read = (field: string, word: string, ours: string) =>
  meant('fedramp-2', field, {
    word,
    read: word,
    base: { [field]: ours },
    ours: { [field]: ours },
    around: nothingAround,
  });

describe('what a file of POA&Ms with fewer words means', () => {
  it('the day of an instant that we keep is that instant', () => {
    expect(read('last_review', '2026-11-27', '2026-11-27T08:15:00Z')).toBe('2026-11-27T08:15:00Z');
  });

  it('a text that a person cut to its first ten letters is what the person wrote', () => {
    expect(read('comments', 'Waits for ', 'Waits for the vendor')).toBe('Waits for ');
  });
});
