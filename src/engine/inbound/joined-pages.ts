/**
 * Small pages taken together. A GRC system lists what belongs to one of its systems, some 30 records a page; a transaction, a look at
 * what is known and a few writes for each such page took longer than the records.
 */
import type { ExternalRecord, ReadEvent } from '../../connectors/kit/index.ts';

type Page = Extract<ReadEvent, { type: 'page' }>;

interface Together {
  readonly last: Page;
  readonly records: readonly ExternalRecord[];
  readonly since: number;
}

/** Longer than this nothing that was read waits for more: of a slow remote each page is stored as it comes. */
const longestWaitMs = 1_000;

/**
 * The same events with pages put together until they hold `enough` records; the position is that of the last. What was read before the
 * events was interrupted is yielded first, and then what they threw is thrown, unless `signal` is aborted.
 */
export async function* joinPages(
  events: AsyncIterable<ReadEvent>,
  enough: number,
  signal: AbortSignal,
): AsyncGenerator<ReadEvent> {
  let together: Together | undefined;
  try {
    for await (const event of events) {
      if (event.type === 'page') {
        const records = await Array.fromAsync(event.records);
        const { records: before = [], since = performance.now() }: Partial<Together> = together ?? {};
        together = { last: event, records: [...before, ...records], since };
        if (together.records.length < enough && performance.now() - since < longestWaitMs) continue;
      }
      if (together) yield pageOf(together);
      together = undefined;
      if (event.type !== 'page') yield event;
    }
  } catch (error) {
    if (together && !signal.aborted) yield pageOf(together);
    throw error;
  }
  if (together) yield pageOf(together);
}

const pageOf = ({ last, records }: Together): Page => ({ ...last, records: streamOf(records) });

async function* streamOf(records: readonly ExternalRecord[]): AsyncGenerator<ExternalRecord> {
  yield* records;
}
