import type { PrivacyRow } from '../../api/work/privacy.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Due } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { personOf, statusWords, typeWords, words } from './words.ts';

const columns: ListSpec<PrivacyRow>['columns'] = [
  {
    id: 'person',
    title: 'Person',
    width: 240,
    cell: (row) => (
      <RecordLink kind="privacy" id={row.id} inRow title={row.mail ?? undefined}>
        {personOf(row)}
      </RecordLink>
    ),
    text: personOf,
  },
  {
    id: 'type',
    title: 'Asks for',
    width: 260,
    cell: (row) => <span>{typeWords[row.type]}</span>,
    text: (row) => typeWords[row.type],
    filter: (row) => ['type', row.type],
  },
  {
    id: 'status',
    title: 'Status',
    width: 150,
    cell: (row) => <span>{statusWords[row.status]}</span>,
    text: (row) => statusWords[row.status],
    filter: (row) => ['status', row.status],
  },
  {
    id: 'received',
    title: 'Received',
    width: 110,
    sort: 'received',
    cell: (row) => <span>{row.receivedOn}</span>,
    text: (row) => row.receivedOn,
  },
  {
    id: 'due',
    title: 'Due',
    width: 180,
    sort: 'due',
    cell: (row) =>
      row.due === null ? (
        <Nothing word="no day" />
      ) : (
        <Due by={row.due} settled={row.status === 'closed'} withDay />
      ),
    text: (row) => row.due ?? '',
  },
  {
    id: 'by',
    title: 'Last worked on by',
    width: 160,
    cell: (row) => (row.processedBy === null ? <Nothing word="nobody" /> : <span>{row.processedBy}</span>),
    text: (row) => row.processedBy ?? '',
    filter: (row) => ['by', row.processedBy ?? ''],
  },
];

export const privacyList: ListSpec<PrivacyRow> = {
  noun: 'privacy',
  columns,
  views: [
    { title: 'Open', filters: { state: 'open' }, sort: 'due' },
    { title: 'Late', filters: { state: 'open', late: 'yes' }, sort: 'due' },
    { title: 'Closed', filters: { state: 'closed' }, sort: '-received' },
    { title: 'All', filters: {} },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('privacy', row.id),
  nameOf: (row) => `privacy request ${row.id}, ${personOf(row)}`,
};
