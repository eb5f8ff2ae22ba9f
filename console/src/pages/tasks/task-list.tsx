import type { Task } from '../../api/work/tasks.ts';
import { assigneeWords } from '../../kit/assignee-field.tsx';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Due, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { aboutKinds, aboutWords, recordName, words } from './words.ts';

const columns: ListSpec<Task>['columns'] = [
  {
    id: 'what',
    title: 'Task',
    width: 300,
    cell: (row) => (
      <RecordLink kind="task" id={row.id} inRow title={row.note ?? undefined}>
        {row.what}
      </RecordLink>
    ),
    text: (row) => row.what,
  },
  {
    id: 'about',
    title: 'About',
    width: 300,
    cell: (row) => (
      <span title={row.recordTitle ?? row.recordId}>
        <span className="quiet">{aboutWords[row.about]} </span>
        <RecordLink kind={aboutKinds[row.about].link} id={row.recordId} inRow>
          {recordName(row)}
        </RecordLink>
        {row.about === 'poam' || row.about === 'system' ? (
          <span className="quiet"> {row.recordTitle}</span>
        ) : null}
      </span>
    ),
    text: (row) => `${aboutWords[row.about]} ${recordName(row)}`,
    filter: (row) => ['record', row.recordId],
  },
  {
    id: 'for',
    title: 'For',
    width: 140,
    cell: (row) => (row.assignedTo === null ? <Nothing word="anybody" /> : <span>{assigneeWords(row)}</span>),
    text: assigneeWords,
    filter: (row) => ['assigned', row.assignedTo ?? 'none'],
  },
  {
    id: 'due',
    title: 'Due',
    width: 170,
    sort: 'due',
    cell: (row) => <Due by={row.due} settled={row.doneAt !== null} withDay />,
    text: (row) => row.due ?? '',
  },
  {
    id: 'state',
    title: 'State',
    width: 180,
    cell: (row) =>
      row.doneAt === null ? (
        <span>open</span>
      ) : (
        <span title={row.doneNote ?? undefined}>
          <span className="good">done</span> <When at={row.doneAt} />{' '}
          <span className="quiet">by {row.doneBy}</span>
        </span>
      ),
    text: (row) => (row.doneBy === null ? 'open' : `done by ${row.doneBy}`),
    filter: (row) => ['state', row.doneAt === null ? 'open' : 'done'],
  },
  {
    id: 'system',
    title: 'System',
    width: 90,
    cell: (row) => (row.systemId === null ? <Nothing word="none" /> : <span>{row.systemId}</span>),
    text: (row) => row.systemId ?? '',
    filter: (row) => ['system', row.systemId ?? 'none'],
  },
  {
    id: 'made',
    title: 'Made',
    width: 170,
    sort: 'made',
    cell: (row) => (
      <span>
        <When at={row.madeAt} /> <span className="quiet">by {row.madeBy}</span>
      </span>
    ),
    text: (row) => row.madeAt,
    filter: (row) => ['by', row.madeBy],
  },
];

export const taskList: ListSpec<Task> = {
  noun: 'tasks',
  columns,
  views: [
    { title: 'Open', filters: { state: 'open' }, sort: 'due' },
    { title: 'Waits for me', filters: { waits: 'me' }, sort: 'due' },
    { title: 'Due within 7 days', filters: { state: 'open', due: '..7d' }, sort: 'due' },
    { title: 'Given by me', filters: { by: 'me' }, sort: '-made' },
    { title: 'Done', filters: { state: 'done' }, sort: '-made' },
    { title: 'All', filters: {} },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('task', row.id),
  nameOf: (row) => `task ${row.id}, ${row.what}`,
};
