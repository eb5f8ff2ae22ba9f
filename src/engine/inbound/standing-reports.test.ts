import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ExternalRecord, ReadEvent } from '../../connectors/kit/contract.ts';
import { joinPages, type JoinedEvent } from './joined-pages.ts';
import { standingAmong } from './standing-reports.ts';

const digestOf = (n: number): string => createHash('md5').update(String(n)).digest('hex');

/** The digests of the numbers below `count`, as the database gives them: by their first byte, in order. */
function digestsBelow(count: number) {
  const all = Array.from({ length: count }, (_, n) => digestOf(n)).toSorted();
  const byFirst = Map.groupBy(all, (digest) => Number.parseInt(digest.slice(0, 2), 16));
  return [...byFirst].map(([first, group]) => ({ first, digests: Buffer.from(group.join(''), 'hex') }));
}

it('of 3,000 digests each is found to stand, and no other one', () => {
  const stands = standingAmong(digestsBelow(3000));
  const found = Array.from({ length: 6000 }, (_, n) => n).filter((n) => stands(`P-${n}`, digestOf(n)));
  expect(found).toEqual(Array.from({ length: 3000 }, (_, n) => n));
});

it('a record that showed something new does not stand again in the same read, though it shows what it showed before', () => {
  const stands = standingAmong(digestsBelow(2));
  expect(stands('P-1', digestOf(1))).toBe(true);
  expect(stands('P-1', digestOf(99))).toBe(false);
  expect(stands('P-1', digestOf(1))).toBe(false);
  expect(stands('P-0', digestOf(0))).toBe(true);
});

async function* pagesOf(...pages: readonly (readonly string[])[]): AsyncGenerator<ReadEvent> {
  async function* records(ids: readonly string[]): AsyncGenerator<ExternalRecord> {
    for (const externalId of ids) yield { externalId, raw: {} };
  }
  for (const [position, ids] of pages.entries()) yield { type: 'page', records: records(ids), position };
  yield { type: 'end', mark: 'later' };
}

async function shown(events: AsyncIterable<JoinedEvent>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events)
    all.push(
      event.type === 'page'
        ? {
            position: event.position,
            passed: event.passed,
            records: (await Array.fromAsync(event.records)).map(({ externalId }) => externalId),
          }
        : event.type,
    );
  return all;
}

it('pages put together name the records that pass, and hold the others, with the position of the last page', async () => {
  const events = joinPages(
    pagesOf(['a', 'b'], ['c'], ['d', 'e']),
    100,
    new AbortController().signal,
    (record) => 'ace'.includes(record.externalId),
  );
  expect(await shown(events)).toEqual([{ position: 2, passed: ['a', 'c', 'e'], records: ['b', 'd'] }, 'end']);
});

it('pages in which all records pass are handed on too, so that their position is kept', async () => {
  const many = Array.from({ length: 30 }, (_, n) => `P-${n}`);
  const events = joinPages(pagesOf(many, many, many), 10, new AbortController().signal, () => true);
  expect(await shown(events)).toEqual([
    { position: 1, passed: [...many, ...many], records: [] },
    { position: 2, passed: many, records: [] },
    'end',
  ]);
});
