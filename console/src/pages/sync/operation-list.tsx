import { type OperationRow } from '../../api/operations.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { countWords, statusOf, words } from './words.ts';

const columns: ListSpec<OperationRow>['columns'] = [
  {
    id: 'what',
    title: 'What',
    width: 220,
    cell: (row) => (
      <RecordLink kind="operation" id={row.operationId} title={row.what} inRow>
        {row.what}
      </RecordLink>
    ),
    text: (row) => row.what,
    filter: (row) => ['type', row.type],
  },
  {
    id: 'status',
    title: 'State',
    width: 176,
    cell: (row) => (
      <span className={statusOf(row).tone} title={row.error ?? undefined}>
        {statusOf(row).text}
      </span>
    ),
    text: (row) => statusOf(row).text,
    filter: (row) => ['status', row.status],
  },
  {
    id: 'connection',
    title: 'Other side',
    width: 110,
    cell: (row) => <span>{row.system}</span>,
    text: (row) => row.system,
  },
  {
    id: 'started',
    title: 'Started',
    width: 96,
    sort: 'started',
    cell: (row) => <When at={row.startedAt} />,
    text: (row) => row.startedAt ?? '',
  },
  {
    id: 'completed',
    title: 'Ended',
    width: 96,
    cell: (row) => <When at={row.completedAt} never="not yet" />,
    text: (row) => row.completedAt ?? '',
  },
  {
    id: 'counts',
    title: 'Records',
    meaning: 'Read = created + updated + unchanged + held + failed',
    width: 380,
    cell: (row) => (countWords(row) === '' ? <Nothing /> : <span>{countWords(row)}</span>),
    text: countWords,
  },
  {
    id: 'by',
    title: 'Started by',
    width: 120,
    cell: (row) => (row.by === null ? <Nothing word="a schedule" /> : <span>{row.by}</span>),
    text: (row) => row.by ?? '',
    filter: (row) => ['by', row.by ?? 'none'],
  },
  {
    id: 'error',
    title: 'Error',
    width: 240,
    extra: true,
    cell: (row) => (row.error === null ? <Nothing /> : <span title={row.error}>{row.error}</span>),
    text: (row) => row.error ?? '',
  },
  {
    id: 'retries',
    title: 'Retries',
    width: 72,
    align: 'end',
    extra: true,
    cell: (row) => <span>{row.retries}</span>,
    text: (row) => String(row.retries),
  },
];

export const operationList: ListSpec<OperationRow> = {
  noun: 'operations',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Running', filters: { status: 'in_progress' } },
    { title: 'Failed or with issues', filters: { status: 'failed,completed_with_issues' } },
    { title: 'Syncs', filters: { type: 'sync' } },
    { title: 'Decisions and edits', filters: { type: 'update' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.operationId,
  hrefOf: (row) => recordPath('operation', row.operationId),
  opensPage: true,
  nameOf: (row) => row.what,
};
