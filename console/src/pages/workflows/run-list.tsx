import type { WorkflowRun } from '../../api/workflows.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { AboutRecord } from './about-record.tsx';
import { isGrave, stateWords, words } from './words.ts';

const columns: ListSpec<WorkflowRun>['columns'] = [
  {
    id: 'workflow',
    title: 'Workflow',
    width: 240,
    cell: (row) => (
      <RecordLink kind="workflowRun" id={row.runId} inRow>
        {row.title}
      </RecordLink>
    ),
    text: (row) => row.title,
    filter: (row) => ['workflow', row.workflow],
  },
  {
    id: 'record',
    title: 'About',
    width: 240,
    cell: (row) => <AboutRecord of={row} inRow />,
    text: (row) => `${row.recordKind} ${row.recordId}`,
    filter: (row) => ['record', row.recordId],
  },
  {
    id: 'state',
    title: 'State',
    width: 170,
    cell: (row) => <span className={isGrave(row.state) ? 'bad' : ''}>{stateWords[row.state]}</span>,
    text: (row) => stateWords[row.state],
    filter: (row) => ['state', row.state],
  },
  {
    id: 'problem',
    title: 'Why',
    width: 260,
    cell: (row) =>
      row.problem === null ? <Nothing word="" /> : <span title={row.problem}>{row.problem}</span>,
    text: (row) => row.problem ?? '',
  },
  {
    id: 'mode',
    title: 'Mode',
    width: 90,
    cell: (row) => <span>{row.mode}</span>,
    text: (row) => row.mode,
    filter: (row) => ['mode', row.mode],
  },
  {
    id: 'trigger',
    title: 'Started by',
    width: 150,
    cell: (row) => <span>{row.startedBy ?? row.trigger}</span>,
    text: (row) => row.startedBy ?? row.trigger,
    filter: (row) => ['trigger', row.trigger],
  },
  {
    id: 'started',
    title: 'Started',
    width: 130,
    sort: 'started',
    cell: (row) => <When at={row.startedAt} />,
    text: (row) => row.startedAt,
  },
];

export const runList: ListSpec<WorkflowRun> = {
  noun: 'workflow-runs',
  columns,
  views: [
    { title: 'Needs somebody', filters: { state: 'failed,held,halted' }, sort: '-started' },
    { title: 'Under way', filters: { state: 'pending,waiting,asking' }, sort: '-started' },
    { title: 'Live', filters: { mode: 'live' }, sort: '-started' },
    { title: 'Simulated', filters: { mode: 'simulate' }, sort: '-started' },
    { title: 'All', filters: {} },
  ],
  viewStrip: true,
  words: { many: words.manyRuns, nothingYet: words.noRuns },
  keyOf: (row) => row.runId,
  hrefOf: (row) => recordPath('workflowRun', row.runId),
  nameOf: (row) => `run of ${row.title} about ${row.recordId}`,
};
