import type { PoamRow } from '../../api/poams.ts';
import { deciderWords } from '../../kit/decider.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { AgreementMark, agreementWord } from '../../kit/marks/agreement.tsx';
import { Meter } from '../../kit/marks/meter.tsx';
import { Nothing, SeverityWord } from '../../kit/marks/severity.tsx';
import { Day, Due, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { Obligation } from './life/obligation.tsx';
import { words } from './words.ts';

const columns: ListSpec<PoamRow>['columns'] = [
  {
    id: 'id',
    title: 'POA&M',
    width: 144,
    sort: 'id',
    cell: (row) => (
      <RecordLink kind="poam" id={row.poamId} inRow>
        {row.poamId}
      </RecordLink>
    ),
    text: (row) => row.poamId,
  },
  {
    id: 'weakness',
    title: 'Weakness',
    width: 220,
    cell: (row) => <span title={row.weakness ?? undefined}>{row.weakness}</span>,
    text: (row) => row.weakness ?? '',
  },
  {
    id: 'severity',
    title: 'Severity',
    width: 96,
    sort: 'severity',
    cell: (row) => <SeverityWord of={row.severity} />,
    text: (row) => row.severity ?? '',
    filter: (row) => (row.severity === null ? undefined : ['severity', row.severity]),
  },
  {
    id: 'status',
    title: 'Status',
    width: 140,
    cell: (row) => <span className={row.isOpen ? '' : 'quiet'}>{row.status}</span>,
    text: (row) => row.status ?? '',
    filter: (row) => (row.status === null ? undefined : ['status', row.status]),
  },
  {
    id: 'due',
    title: 'Scheduled completion',
    width: 196,
    sort: 'due',
    cell: (row) => <Due by={row.due} settled={!row.isOpen} withDay />,
    text: (row) => row.due ?? '',
  },
  {
    id: 'score',
    title: 'Risk',
    meaning: 'Risk score, 0 to 100, of the worst group of findings under it',
    width: 56,
    align: 'end',
    sort: 'risk',
    cell: (row) => <span>{row.risk === null ? '' : row.risk.toFixed(0)}</span>,
    text: (row) => String(row.risk ?? ''),
  },
  {
    id: 'obliged',
    title: 'Obliged by',
    meaning:
      'The day by which due-date policies oblige it; late where a later one is promised, or it is past',
    width: 200,
    cell: (row) => <Obligation of={row} />,
    text: (row) => row.obligedBy ?? '',
    filter: (row) => (row.late === null ? undefined : ['late', 'yes']),
  },
  {
    id: 'agreement',
    title: 'Agreement',
    meaning: 'How it stands between Tieline and the GRC system',
    width: 148,
    cell: (row) => <AgreementMark of={row.agreement} />,
    text: (row) => agreementWord(row.agreement),
    filter: (row) => ['agreement', row.agreement],
  },
  {
    id: 'milestones',
    title: 'Milestones',
    meaning: 'Completed of all, and when the next one is due',
    width: 172,
    cell: ({ milestones }) =>
      milestones.all === 0 ? (
        <Nothing />
      ) : (
        <span>
          <Meter of={milestones.done} all={milestones.all} /> {milestones.done}/{milestones.all}{' '}
          <span className="quiet">
            <Day at={milestones.next} />
          </span>
        </span>
      ),
    text: ({ milestones }) => `${milestones.done}/${milestones.all}`,
  },
  {
    id: 'findings',
    title: 'Findings',
    meaning: 'Open of all that are under it',
    width: 108,
    align: 'end',
    cell: ({ findings }) => (
      <span>
        {findings.open}
        <span className="quiet">/{findings.all}</span>
      </span>
    ),
    text: ({ findings }) => `${findings.open}/${findings.all}`,
  },
  {
    id: 'system',
    title: 'System',
    width: 108,
    cell: (row) =>
      row.systemId === null ? (
        <Nothing word="no system" />
      ) : (
        <span title={row.systemName ?? ''}>{row.systemId}</span>
      ),
    text: (row) => row.systemId ?? '',
    filter: (row) => ['system', row.systemId ?? 'none'],
  },
  {
    id: 'owner',
    title: 'Owner',
    width: 104,
    cell: (row) => (row.owner === null ? <Nothing word="nobody" /> : <span>{row.owner}</span>),
    text: (row) => row.owner ?? '',
    filter: (row) => ['owner', row.owner ?? 'none'],
  },
  {
    id: 'control',
    title: 'Control',
    width: 72,
    extra: true,
    cell: (row) => <span>{row.control}</span>,
    text: (row) => row.control ?? '',
    filter: (row) => ['control', row.control ?? 'none'],
  },
  {
    id: 'assets',
    title: 'Assets',
    width: 64,
    align: 'end',
    extra: true,
    cell: (row) => <span>{row.assets}</span>,
    text: (row) => String(row.assets),
  },
  {
    id: 'risk',
    title: 'Risk that remains',
    width: 120,
    extra: true,
    cell: (row) => <SeverityWord of={row.residualRisk} />,
    text: (row) => row.residualRisk ?? '',
  },
  {
    id: 'reviewed',
    title: 'Reviewed',
    meaning: 'When somebody last looked at it and found that nothing is to change',
    width: 150,
    extra: true,
    cell: (row) => (
      <span>
        <When at={row.reviewedOn} />
        {row.reviewedBy === null ? '' : <span className="quiet"> by {row.reviewedBy}</span>}
      </span>
    ),
    text: (row) => row.reviewedOn ?? '',
  },
  {
    id: 'updated',
    title: 'Last change',
    width: 180,
    sort: 'updated',
    extra: true,
    cell: ({ changed }) =>
      changed === null ? (
        <Nothing />
      ) : (
        <span>
          <When at={changed.at} />{' '}
          <span className="quiet">
            by {deciderWords(changed.by)}, {changed.where}
          </span>
        </span>
      ),
    text: ({ changed }) => changed?.at ?? '',
  },
  {
    id: 'remote',
    title: 'Id in Xacta',
    width: 120,
    extra: true,
    cell: (row) => (row.remoteId === null ? <Nothing /> : <span className="mono">{row.remoteId}</span>),
    text: (row) => row.remoteId ?? '',
  },
];

export const poamList: ListSpec<PoamRow> = {
  noun: 'poams',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Needs attention', filters: { open: 'yes', due: '..30d' }, sort: 'due' },
    { title: 'Overdue', filters: { overdue: 'yes' }, sort: 'due' },
    { title: 'Late against its obligation', filters: { late: 'yes' }, sort: 'due' },
    { title: 'Waits for approval', filters: { agreement: 'approval' } },
    { title: 'In conflict', filters: { agreement: 'conflict' } },
    { title: 'Ended, but a finding is open', filters: { contradiction: 'yes' } },
    { title: 'Review late', filters: { open: 'yes', unreviewed: 'yes' } },
    { title: 'No open finding left', filters: { open: 'yes', findings: 'none' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.poamId,
  hrefOf: (row) => recordPath('poam', row.poamId),
  nameOf: (row) => row.poamId,
};
