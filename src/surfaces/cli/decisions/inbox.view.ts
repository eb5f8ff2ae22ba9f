/** What waits for a person, as a table: what, which, where, since when; and how many of each kind there are. */
import type { InboxCount, InboxItem } from '../../../review/inbox/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type PlaceFlags, runnable } from '../kit/hint.ts';
import { minuteText } from '../kit/instants.ts';

interface Page {
  readonly width: number | undefined;
  readonly place: PlaceFlags;
}

export function inboxText(items: readonly InboxItem[], counts: readonly InboxCount[], page: Page): string {
  if (counts.length === 0) return 'Nothing waits for a person.';
  const total = counts.reduce((sum, each) => sum + each.count, 0);
  const more = total - items.length;
  return [
    fittedTable(
      ['SINCE (UTC)', 'WHAT', 'WHICH', 'BOUNDARY', 'WHY'],
      items.map((item) => [
        minuteText(item.since),
        item.kind.replaceAll('_', ' '),
        item.title,
        item.boundary ?? item.connection ?? '',
        item.detail ?? '',
      ]),
      page.width,
    ),
    ...(more > 0 ? [`… ${more.toLocaleString('en-US')} more: --limit ${total} shows all.`] : []),
    '',
    ...counts.map(
      ({ count, words, command }) =>
        `${count.toLocaleString('en-US')} ${words}: ${runnable(command, page.place)}`,
    ),
  ].join('\n');
}
