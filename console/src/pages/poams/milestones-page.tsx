import type { MilestoneRow } from '../../api/poams.ts';
import { ListPage } from '../../kit/list/list-page.tsx';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Day, Due } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { words } from './words.ts';

const milestoneList: ListSpec<MilestoneRow> = {
  noun: 'milestones',
  columns: [
    {
      id: 'poam',
      title: 'POA&M',
      width: 132,
      sort: 'poam',
      cell: (row) => (
        <RecordLink kind="poam" id={row.poamId} inRow title={row.weakness ?? undefined}>
          {row.poamId}
        </RecordLink>
      ),
      text: (row) => row.poamId,
      filter: (row) => ['poam', row.poamId],
    },
    {
      id: 'milestone',
      title: 'Milestone',
      width: 360,
      cell: (row) => <span title={row.description ?? undefined}>{row.description}</span>,
      text: (row) => row.description ?? '',
    },
    {
      id: 'due',
      title: 'Planned',
      width: 168,
      sort: 'due',
      cell: (row) => <Due by={row.due} settled={!row.isOpen} withDay />,
      text: (row) => row.due ?? '',
    },
    {
      id: 'completed',
      title: 'Completed',
      width: 96,
      cell: (row) => <Day at={row.completed} />,
      text: (row) => row.completed ?? '',
    },
    {
      id: 'status',
      title: 'Status',
      width: 104,
      cell: (row) => (row.status === null ? <Nothing /> : <span>{row.status}</span>),
      text: (row) => row.status ?? '',
      filter: (row) => (row.status === null ? undefined : ['status', row.status]),
    },
    {
      id: 'owner',
      title: 'Owner',
      width: 120,
      cell: (row) => (row.owner === null ? <Nothing word="nobody" /> : <span>{row.owner}</span>),
      text: (row) => row.owner ?? '',
      filter: (row) => ['owner', row.owner ?? 'none'],
    },
    {
      id: 'system',
      title: 'System',
      width: 84,
      cell: (row) => (row.systemId === null ? <Nothing /> : <span>{row.systemId}</span>),
      text: (row) => row.systemId ?? '',
      filter: (row) => ['system', row.systemId ?? 'none'],
    },
  ],
  views: [
    { title: 'All', filters: {} },
    { title: 'Needs attention', filters: { open: 'yes', due: '..30d' }, sort: 'due' },
    { title: 'Overdue', filters: { overdue: 'yes' }, sort: 'due' },
    { title: 'After the promised day', filters: { beyond: 'yes' }, sort: 'due' },
    { title: 'Completed', filters: { status: 'Completed' } },
  ],
  viewStrip: true,
  words: { many: 'milestones', nothingYet: 'No POA&M has a milestone yet.' },
  keyOf: (row) => row.id,
  hrefOf: (row) => `${recordPath('poam', row.poamId)}/milestones`,
  opensPage: true,
  nameOf: (row) => `${row.description ?? row.id} of ${row.poamId}`,
};

export const MilestonesPage = () => <ListPage spec={milestoneList} title={words.milestones} />;
