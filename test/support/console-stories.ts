/** What stories in a real browser share: two systems, the server and a browser over them, and windows that end with their story. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { keepPictures, type OpenBrowser, openBrowser, signInByForm, type Window } from './chromium.ts';
import type { ServeProcess } from './serve-process.ts';
import { password, startServe } from './served.ts';
import type { TwoSystems } from './two-systems.ts';

export interface ConsoleStories {
  /** A window that nobody has signed in to. */
  readonly open: () => Promise<Window>;
  readonly signIn: (name: string, path?: string) => Promise<Window>;
  /** Those of this story. */
  readonly windows: readonly Window[];
}

/**
 * Call it in the `describe` of the stories.
 * @param prepare what is there before the first of them: records, and the people who sign in.
 */
export function consoleStories(
  start: () => Promise<TwoSystems>,
  prepare: (world: TwoSystems) => Promise<void>,
  timeoutMs = 120_000,
): ConsoleStories {
  let world: TwoSystems | undefined;
  let served: ServeProcess;
  let browser: OpenBrowser;
  const windows: Window[] = [];

  beforeAll(async () => {
    world = await start();
    await prepare(world);
    [served, browser] = await Promise.all([startServe(world.environment()), openBrowser()]);
  }, timeoutMs);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await served?.stop();
    await world?.stop();
  });
  // What a page showed when its story failed is what explains it best.
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPictures(windows, task.name);
    for (const { context } of windows.splice(0)) await context.close();
  });

  async function open(): Promise<Window> {
    const window = await browser.open(served.address);
    windows.push(window);
    return window;
  }
  return {
    windows,
    open,
    signIn: async (name, path = '/') => {
      const window = await open();
      await signInByForm(window.page, path, name, password);
      return window;
    },
  };
}
