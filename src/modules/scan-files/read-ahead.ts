/**
 * What comes next is read while what came before is still at work: parsing a file while the database merges what was parsed. Some is
 * held meanwhile, no more than `most`. A failure of the source comes where it would have come, after all that was read before it.
 * @param sizeOf what an item counts against `most`.
 */
export async function* readAhead<T>(
  source: AsyncIterable<T>,
  most: number,
  sizeOf: (item: T) => number,
): AsyncGenerator<T, void, undefined> {
  const items: { readonly item: T; readonly size: number }[] = [];
  let held = 0;
  let ended: { readonly error?: unknown } | undefined;
  let stopped = false;
  let wake = Promise.withResolvers<void>();
  const signal = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };

  async function fill(): Promise<void> {
    try {
      for await (const item of source) {
        const size = sizeOf(item);
        items.push({ item, size });
        held += size;
        signal();
        while (held >= most && !stopped) await wake.promise;
        if (stopped) return;
      }
      ended = {};
    } catch (error) {
      ended = { error };
    } finally {
      signal();
    }
  }

  const filling = fill();
  try {
    for (;;) {
      const next = items.shift();
      if (next) {
        held -= next.size;
        signal();
        yield next.item;
      } else if (ended) {
        if ('error' in ended) throw ended.error;
        return;
      } else await wake.promise;
    }
  } finally {
    stopped = true;
    signal();
    await filling;
  }
}
