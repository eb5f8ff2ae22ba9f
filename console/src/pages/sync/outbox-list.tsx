import { withoutId } from '../../kit/titles.ts';
import type { OutboxRow } from '../../api/operations.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { nameWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { outboxState, words } from './words.ts';

/** A change in one line. */
const lineWords = ({ lines }: OutboxRow): string =>
  lines
    .map(({ field, before, after }) =>
      before === undefined ? `${field}: ${after}` : `${field}: ${before} → ${after}`,
    )
    .join('; ');

const columns: ListSpec<OutboxRow>['columns'] = [
  {
    id: 'record',
    title: 'Record',
    width: 220,
    cell: (row) => (
      <span title={row.title}>
        <RecordLink kind="change" id={row.id} inRow>
          {row.entityId}
        </RecordLink>{' '}
        <span className="quiet">{withoutId(row.title, row.entityId)}</span>
      </span>
    ),
    text: (row) => `${row.entityId} ${row.title}`,
    filter: (row) => ['entity', row.entity],
  },
  {
    id: 'change',
    title: 'Change',
    width: 320,
    cell: (row) => <span title={lineWords(row)}>{lineWords(row)}</span>,
    text: lineWords,
  },
  {
    id: 'connection',
    title: 'Goes to',
    width: 100,
    cell: (row) => <span>{row.system}</span>,
    text: (row) => row.system,
    filter: (row) => ['connection', row.system],
  },
  {
    id: 'state',
    title: 'State',
    width: 150,
    cell: (row) => (
      <span className={outboxState(row).tone} title={outboxState(row).meaning}>
        {outboxState(row).text}
      </span>
    ),
    text: (row) => outboxState(row).text,
    filter: (row) => ['state', row.state],
  },
  {
    id: 'attempts',
    title: 'Sent',
    meaning: 'How often it was sent',
    width: 64,
    align: 'end',
    sort: 'attempts',
    cell: (row) => <span>{row.attempts}×</span>,
    text: (row) => String(row.attempts),
  },
  {
    id: 'age',
    title: 'Queued',
    width: 96,
    sort: 'age',
    cell: (row) => <When at={row.createdAt} />,
    text: (row) => row.createdAt,
  },
  {
    id: 'reason',
    title: 'Why',
    width: 220,
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
    text: (row) => row.reason,
  },
  {
    id: 'next',
    title: 'Not before',
    width: 96,
    extra: true,
    cell: (row) => <When at={row.notBefore} never="at once" />,
    text: (row) => row.notBefore ?? '',
  },
  {
    id: 'kind',
    title: 'Kind',
    width: 140,
    extra: true,
    cell: (row) => (
      <span>
        {row.kind === 'create' ? 'New' : 'Change of'} {nameWords(row.entity).toLowerCase()}
      </span>
    ),
    text: (row) => row.kind,
    filter: (row) => ['kind', row.kind],
  },
];

export const outboxList: ListSpec<OutboxRow> = {
  noun: 'outbox',
  columns,
  views: [
    { title: 'Not settled', filters: {} },
    { title: 'Failed', filters: { state: 'failed' } },
    { title: 'Waits for approval', filters: { state: 'waiting' } },
    { title: 'Sent more than once', filters: { attempts: '2..' } },
    { title: 'Arrived', filters: { state: 'confirmed' } },
    { title: 'Dropped or replaced', filters: { state: 'dropped,superseded' } },
  ],
  viewStrip: true,
  words: { many: words.outboxMany, nothingYet: words.outboxNothing },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('change', row.id),
  nameOf: (row) => `${row.entityId} to ${row.system}`,
};
