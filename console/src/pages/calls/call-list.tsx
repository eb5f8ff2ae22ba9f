import type { ApiCall } from '../../api/sync.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';

const toneOf = ({ status }: ApiCall): string =>
  status === null || status >= 500 ? 'bad strong' : status >= 400 ? 'attention' : '';

const columns: ListSpec<ApiCall>['columns'] = [
  {
    id: 'at',
    title: 'When',
    width: 190,
    sort: 'at',
    cell: (row) => <At at={row.at} />,
    text: (row) => row.at,
  },
  {
    id: 'connection',
    title: 'Other side',
    width: 120,
    cell: (row) => (row.connection === null ? <Nothing word="removed" /> : <span>{row.connection}</span>),
    text: (row) => row.connection ?? '',
    filter: (row) => (row.connection === null ? undefined : ['connection', row.connection]),
  },
  {
    id: 'method',
    title: 'Method',
    width: 76,
    cell: (row) => <span className="mono">{row.method}</span>,
    text: (row) => row.method,
    filter: (row) => ['method', row.method],
  },
  {
    id: 'path',
    title: 'Path',
    meaning: 'Without its query',
    width: 330,
    cell: (row) => (
      <span className="mono" title={row.path}>
        {row.path}
      </span>
    ),
    text: (row) => row.path,
  },
  {
    id: 'status',
    title: 'Answer',
    width: 96,
    cell: (row) => <span className={toneOf(row)}>{row.status ?? 'none came'}</span>,
    text: (row) => String(row.status ?? ''),
    filter: (row) => ['status', row.status === null ? 'none' : String(row.status)],
  },
  {
    id: 'ms',
    title: 'Took',
    meaning: 'Milliseconds until the answer',
    width: 76,
    align: 'end',
    cell: (row) => (row.ms === null ? <Nothing /> : <span>{row.ms.toLocaleString('en')} ms</span>),
    text: (row) => String(row.ms ?? ''),
  },
  {
    id: 'operation',
    title: 'Of the run',
    width: 100,
    cell: (row) =>
      row.operationId === null ? (
        <Nothing word="none" />
      ) : (
        <RecordLink kind="operation" id={row.operationId} inRow>
          <span className="mono">{row.operationId.slice(0, 8)}</span>
        </RecordLink>
      ),
    text: (row) => row.operationId ?? '',
    filter: (row) => (row.operationId === null ? undefined : ['operation', row.operationId]),
  },
];

export const callList: ListSpec<ApiCall> = {
  noun: 'api-calls',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Failed', filters: { failed: 'yes' } },
    { title: 'No answer', filters: { status: 'none' } },
    { title: 'Slower than 2 seconds', filters: { ms: '2000..' } },
  ],
  viewStrip: true,
  words: { many: 'calls', nothingYet: 'No other side has been called yet. Calls are kept for 90 days.' },
  keyOf: (row) => String(row.id),
  // A call has no page of its own: its run has.
  hrefOf: (row) => (row.operationId === null ? '/sync/calls' : recordPath('operation', row.operationId)),
  opensPage: true,
  nameOf: (row) => `${row.method} ${row.path}`,
};
