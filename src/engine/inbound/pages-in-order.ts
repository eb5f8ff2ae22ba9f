/**
 * Pages become part of the record one after the other, in their order; while one is merged the next one is already read and staged,
 * on a connection of its own. Two are in progress at most.
 */
export class PagesInOrder {
  /** The page begun last, and the one before it. */
  #last: Promise<void> = Promise.resolve();
  #before: Promise<void> = Promise.resolve();

  /**
   * Begins a page. `work` calls `turn` when all of the page is staged; that resolves once every page before it is stored.
   * @returns when the page is staged. @throws what `work` throws until then, or what a page before it threw.
   */
  async begin(work: (turn: () => Promise<void>) => Promise<void>): Promise<void> {
    await this.#before;
    const last = this.#last;
    const staged = Promise.withResolvers<undefined>();
    const done = work(async () => {
      staged.resolve(undefined);
      await last;
    });
    this.#before = last;
    this.#last = done;
    // Both are awaited by the next page, and in the end.
    done.catch(() => undefined);
    await Promise.race([staged.promise, done]);
  }

  /** @returns when all pages are stored. @throws what one of them threw. */
  async settle(): Promise<void> {
    await this.#before;
    await this.#last;
  }
}
