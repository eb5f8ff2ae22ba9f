/** How long a page takes in a browser that has seen nothing of Tieline yet, and what it fetches before it can be used. */
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { Person } from '../api/people.ts';
import { openAs, type SharedTimes, sharedTimes, until } from './window.ts';

/** What is usable, in the words of the page: rows that can be clicked, a home page with all of its numbers. */
export interface FirstPage {
  readonly name: string;
  readonly path: string;
  readonly usable: string;
}
const firstRow = `document.querySelector('[role="row"][data-index="0"]')`;
const allNumbers = `document.querySelector('main table tbody tr') && ![...document.querySelectorAll('main li')].some(({ textContent }) => textContent.startsWith('…'))`;

export const firstPages: readonly FirstPage[] = [
  { name: 'home', path: '/', usable: allNumbers },
  { name: 'findings', path: '/findings', usable: firstRow },
  {
    name: 'findings, most severe without a POA&M',
    path: '/findings?state=open,reopened&severity=critical,high&poam=none',
    usable: firstRow,
  },
  { name: 'POA&Ms', path: '/poams', usable: firstRow },
  { name: 'conflicts', path: '/conflicts', usable: firstRow },
];

/** Before the first script runs: notes when it holds for the first time, and the frame that shows it is out. Milliseconds from the navigation. */
const noteUsable = (usable: string): string => `(() => {
  const look = () => {
    if (!(${usable})) return void requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => { window.usableAfter = performance.now(); }));
  };
  requestAnimationFrame(look);
})()`;

export async function measureFirstPage(
  browser: Browser,
  address: string,
  person: Person,
  { path, usable }: FirstPage,
  times: number,
): Promise<SharedTimes> {
  const taken: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const { page, context } = await openAs(browser, address, person);
    await page.addInitScript(noteUsable(usable));
    await page.goto(path, { waitUntil: 'commit' });
    await until(page, 'window.usableAfter !== undefined');
    taken.push(await page.evaluate<number>('window.usableAfter'));
    await context.close();
  }
  return sharedTimes(taken);
}

/**
 * Of the scripts and styles that index.html itself names: what must be there before anything is drawn.
 * @returns kilobytes, gzip -9, whatever the server sends.
 */
export async function entrySizes(
  address: string,
  { headers }: Person,
): Promise<{ readonly script: number; readonly style: number }> {
  const html = await (await fetch(`${address}/`, { headers })).text();
  const sizeOf = async (pattern: RegExp): Promise<number> => {
    let bytes = 0;
    for (const [, path = ''] of html.matchAll(pattern)) {
      const answer = await fetch(address + path, { headers: { ...headers, 'accept-encoding': 'identity' } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      bytes += gzipSync(new Uint8Array(await answer.arrayBuffer()), { level: 9 }).length;
    }
    if (bytes === 0) throw new Error('index.html names no such file');
    return Number((bytes / 1000).toFixed(1));
  };
  return {
    script: await sizeOf(/(?:src|href)="(\/static\/[^"]+\.js)"/g),
    style: await sizeOf(/href="(\/static\/[^"]+\.css)"/g),
  };
}
