/**
 * Small pages taken together. A GRC system lists what belongs to one of its systems, some 30 records a page; a transaction, a look at
 * what is known and a few writes for each such page took longer than the records.
 */
import type { ExternalRecord, ReadEvent } from '../../connectors/kit/index.ts';

type Page = Extract<ReadEvent, { type: 'page' }>;

/** Pages put together. Records that `passes` was true of are not in it: `passed` are their ids. */
export interface JoinedPage extends Page {
  readonly passed: readonly string[];
}
export type JoinedEvent = JoinedPage | Exclude<ReadEvent, Page>;

interface Together {
  readonly last: Page;
  readonly records: readonly ExternalRecord[];
  readonly passed: readonly string[];
  readonly since: number;
}

/** Longer than this nothing that was read waits for more: of a slow remote each page is stored as it comes. */
const longestWaitMs = 1_000;
/** Of a record that passes only its id is kept until the page is stored. */
const passedToOne = 5;

/**
 * The same events with pages put together until they hold `enough` records; the position is that of the last. What was read before the
 * events was interrupted is yielded first, and then what they threw is thrown, unless `signal` is aborted.
 * @param passes of which records there is nothing to store: they are let go as they come, before a page of them has been collected.
 */
export async function* joinPages(
  events: AsyncIterable<ReadEvent>,
  enough: number,
  signal: AbortSignal,
  passes: (record: ExternalRecord) => boolean = () => false,
): AsyncGenerator<JoinedEvent> {
  let together: Together | undefined;
  try {
    for await (const event of events) {
      if (event.type === 'page') {
        together = await withPage(together, event, passes);
        const held = together.records.length + together.passed.length / passedToOne;
        if (held < enough && performance.now() - together.since < longestWaitMs) continue;
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

async function withPage(
  before: Together | undefined,
  page: Page,
  passes: (record: ExternalRecord) => boolean,
): Promise<Together> {
  const records: ExternalRecord[] = [];
  const passed: string[] = [];
  for await (const record of page.records)
    if (passes(record)) passed.push(record.externalId);
    else records.push(record);
  return {
    last: page,
    records: [...(before?.records ?? []), ...records],
    passed: [...(before?.passed ?? []), ...passed],
    since: before?.since ?? performance.now(),
  };
}

const pageOf = ({ last, records, passed }: Together): JoinedPage => ({
  ...last,
  records: streamOf(records),
  passed,
});

async function* streamOf(records: readonly ExternalRecord[]): AsyncGenerator<ExternalRecord> {
  yield* records;
}
