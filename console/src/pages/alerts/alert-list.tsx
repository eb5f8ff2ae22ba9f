import type { AlertRow } from '../../api/work/alerts.ts';
import { assigneeWords } from '../../kit/assignee-field.tsx';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityWord } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { stateWords, words } from './words.ts';

const columns: ListSpec<AlertRow>['columns'] = [
  {
    id: 'severity',
    title: 'Severity',
    width: 96,
    sort: 'severity',
    cell: (row) => <SeverityWord of={row.severity} />,
    text: (row) => row.severity,
    filter: (row) => ['severity', row.severity],
  },
  {
    id: 'what',
    title: 'What',
    width: 500,
    cell: (row) => (
      <span title={row.title}>
        <RecordLink kind="alert" id={row.id} inRow>
          {row.title}
        </RecordLink>
      </span>
    ),
    text: (row) => row.title,
  },
  {
    id: 'system',
    title: 'System',
    width: 112,
    cell: (row) =>
      row.systemId === null ? (
        <Nothing word="no system" />
      ) : (
        <RecordLink kind="system" id={row.systemId} inRow>
          {row.systemId}
        </RecordLink>
      ),
    text: (row) => row.systemId ?? '',
    filter: (row) => ['system', row.systemId ?? 'none'],
  },
  {
    id: 'state',
    title: 'State',
    width: 112,
    cell: (row) => <span>{stateWords[row.state]}</span>,
    text: (row) => row.state,
    filter: (row) => ['state', row.state],
  },
  {
    id: 'for',
    title: 'For',
    width: 112,
    cell: (row) => <span className={row.assignedTo === null ? 'quiet' : ''}>{assigneeWords(row)}</span>,
    text: (row) => row.assignedTo ?? '',
    filter: (row) => ['assigned', row.assignedTo ?? 'none'],
  },
  {
    id: 'raised',
    title: 'Raised',
    width: 100,
    sort: 'raised',
    cell: (row) => <When at={row.raisedAt} />,
    text: (row) => row.raisedAt,
  },
  {
    id: 'updated',
    title: 'Last change',
    width: 120,
    sort: 'updated',
    cell: (row) => <When at={row.updatedAt} />,
    text: (row) => row.updatedAt ?? '',
  },
  {
    id: 'why',
    title: 'Why it is closed',
    width: 240,
    extra: true,
    cell: (row) => <span title={row.resolution ?? undefined}>{row.resolution}</span>,
    text: (row) => row.resolution ?? '',
  },
];

export const alertList: ListSpec<AlertRow> = {
  noun: 'alerts',
  columns,
  views: [
    { title: 'Not over', filters: { open: 'yes' } },
    { title: 'Critical and high', filters: { open: 'yes', severity: 'Critical,High' } },
    { title: 'Mine', filters: { open: 'yes', assigned: 'me' } },
    { title: 'Suppressed', filters: { state: 'suppressed' } },
    { title: 'Over', filters: { state: 'resolved' }, sort: '-updated' },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('alert', row.id),
  opensPage: true,
  nameOf: (row) => row.title,
};
