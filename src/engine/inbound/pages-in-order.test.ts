import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PagesInOrder } from './pages-in-order.ts';

describe('pages', () => {
  it('pages are stored in their order, however long one takes, with two in progress at most', async () => {
    const pages = new PagesInOrder();
    const stored: number[] = [];
    let underWay = 0;
    let most = 0;
    for (let page = 0; page < 12; page += 1)
      await pages.begin(async (turn) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await delay((page * 7) % 4);
        await turn();
        await delay((page * 5) % 6);
        stored.push(page);
        underWay -= 1;
      });
    await pages.settle();
    expect(stored).toEqual(Array.from({ length: 12 }, (_, page) => page));
    expect(most).toBe(2);
  });

  it('pages after one that fails are not stored, and the failure is reported', async () => {
    const pages = new PagesInOrder();
    const stored: string[] = [];
    await pages.begin(async (turn) => {
      await turn();
      await delay(5);
      throw new Error('the disk is full');
    });
    await pages.begin(async (turn) => {
      await turn();
      stored.push('second');
    });
    await expect(pages.settle()).rejects.toThrow('the disk is full');
    await expect(
      pages.begin(async () => {
        stored.push('third');
      }),
    ).rejects.toThrow('the disk is full');
    expect(stored).toEqual([]);
  });

  it('pages that fail while they are staged report it at once', async () => {
    const pages = new PagesInOrder();
    await expect(pages.begin(() => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
  });
});
