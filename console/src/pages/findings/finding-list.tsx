import type { FindingRow } from '../../api/findings.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityMark } from '../../kit/marks/severity.tsx';
import { Age, Day, Due, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { dayOf } from '../../kit/time.ts';
import { poamWords, stateWords, words, workWords } from './words.ts';

export const assetName = (row: FindingRow): string => row.assetName ?? row.ip ?? row.assetUuid;
const portText = ({ port, protocol }: FindingRow): string =>
  port === null || port === 0 ? '' : `${port}/${protocol ?? ''}`;
const number = (value: number | null, digits: number): string =>
  value === null ? '' : value.toFixed(digits);
const yesNo = (value: boolean | null): string => (value === null ? '' : value ? 'yes' : 'no');

const State = ({ row }: { readonly row: FindingRow }) => (
  <span>
    <span className={row.state === 'reopened' ? 'attention' : row.state === 'fixed' ? 'good' : ''}>
      {stateWords[row.state]}
      {row.state === 'reopened' && row.timesCameBack > 1 ? ` ${row.timesCameBack}×` : ''}
    </span>
    {row.isAccepted ? <span className="quiet"> · accepted</span> : null}
  </span>
);

const Poam = ({ row }: { readonly row: FindingRow }) =>
  row.poamId === null ? (
    <Nothing word="none" />
  ) : (
    <span>
      <RecordLink kind="poam" id={row.poamId} inRow>
        {row.poamId}
      </RecordLink>
      {row.poamState === null ? null : (
        <span className={row.poamState === 'overdue' ? 'bad' : 'quiet'}>
          {' '}
          {poamWords[row.poamState].toLowerCase()}
        </span>
      )}
    </span>
  );

const columns: ListSpec<FindingRow>['columns'] = [
  {
    id: 'severity',
    title: 'Severity',
    width: 92,
    sort: 'severity',
    cell: (row) => <SeverityMark of={row.severity} />,
    text: (row) => row.severity,
    filter: (row) => ['severity', row.severity],
  },
  {
    id: 'plugin',
    title: 'Plugin',
    width: 72,
    align: 'end',
    sort: 'plugin',
    cell: (row) => (
      <RecordLink kind="plugin" id={row.pluginId} inRow>
        {row.pluginId}
      </RecordLink>
    ),
    text: (row) => row.pluginId,
    filter: (row) => ['plugin', row.pluginId],
  },
  {
    id: 'name',
    title: 'Name',
    width: 230,
    cell: (row) => (
      <RecordLink kind="finding" id={row.key} inRow title={row.name}>
        {row.name}
      </RecordLink>
    ),
    text: (row) => row.name,
  },
  {
    id: 'asset',
    title: 'Asset',
    width: 148,
    cell: (row) => (
      <RecordLink kind="asset" id={row.assetUuid} inRow title={row.ip ?? undefined}>
        {assetName(row)}
      </RecordLink>
    ),
    text: (row) => assetName(row),
    filter: (row) => ['asset', row.assetUuid],
  },
  {
    id: 'system',
    title: 'System',
    meaning: 'The authorization boundary that the asset belongs to',
    width: 108,
    cell: (row) =>
      row.systemIds.length === 0 ? <Nothing word="no system" /> : <span>{row.systemIds.join(', ')}</span>,
    text: (row) => row.systemIds.join(', '),
    filter: (row) => ['system', row.systemIds[0] ?? 'none'],
  },
  {
    id: 'state',
    title: 'State',
    width: 128,
    cell: (row) => <State row={row} />,
    text: (row) => stateWords[row.state],
    filter: (row) => ['state', row.state],
  },
  {
    id: 'due',
    title: 'Due',
    meaning: 'When its weakness must be remediated',
    width: 108,
    cell: (row) => <Due by={row.dueOn} settled={row.state === 'fixed'} />,
    text: (row) => row.dueOn ?? '',
  },
  {
    id: 'poam',
    title: 'POA&M',
    width: 184,
    cell: (row) => <Poam row={row} />,
    text: (row) => row.poamId ?? '',
    filter: (row) => ['poam', row.poamId ?? 'none'],
  },
  {
    id: 'first',
    title: 'First found',
    width: 100,
    sort: 'first',
    cell: (row) => <Day at={row.firstFound} />,
    text: (row) => dayOf(row.firstFound ?? ''),
  },
  {
    id: 'seen',
    title: 'Last seen',
    width: 80,
    sort: 'seen',
    cell: (row) => <When at={row.lastSeen} />,
    text: (row) => row.lastSeen ?? '',
  },
  {
    id: 'port',
    title: 'Port',
    width: 84,
    align: 'end',
    cell: (row) => <span>{portText(row)}</span>,
    text: portText,
    filter: (row) => (row.port === null ? undefined : ['port', String(row.port)]),
  },
  {
    id: 'vpr',
    title: 'VPR',
    meaning: 'Tenable’s rating of how likely it is to be exploited, 0 to 10',
    width: 52,
    align: 'end',
    sort: 'vpr',
    cell: (row) => <span>{number(row.vpr, 1)}</span>,
    text: (row) => number(row.vpr, 1),
  },
  {
    id: 'assigned',
    title: 'Whose work',
    width: 110,
    extra: true,
    cell: (row) => (row.assignedTo === null ? <Nothing word="nobody’s" /> : <span>{row.assignedTo}</span>),
    text: (row) => row.assignedTo ?? '',
    filter: (row) => ['assigned', row.assignedTo ?? 'none'],
  },
  {
    id: 'remediation',
    title: 'Work',
    meaning: 'How far the work on it is',
    width: 110,
    extra: true,
    cell: (row) => <span>{row.remediationStatus === null ? null : workWords[row.remediationStatus]}</span>,
    text: (row) => (row.remediationStatus === null ? '' : workWords[row.remediationStatus]),
    filter: (row) => ['remediation', row.remediationStatus ?? 'none'],
  },
  {
    id: 'planned',
    title: 'To be fixed by',
    meaning: 'As whoever works on it planned',
    width: 108,
    extra: true,
    cell: (row) => <Due by={row.plannedFor} settled={row.state === 'fixed'} />,
    text: (row) => row.plannedFor ?? '',
  },
  {
    id: 'age',
    title: 'Age',
    width: 60,
    align: 'end',
    extra: true,
    cell: (row) => <Age since={row.firstFound} />,
    text: (row) => row.firstFound ?? '',
  },
  {
    id: 'epss',
    title: 'EPSS',
    meaning: 'The chance that it is exploited within 30 days, 0 to 1 (FIRST.org)',
    width: 60,
    align: 'end',
    extra: true,
    cell: (row) => <span>{number(row.epss, 2)}</span>,
    text: (row) => number(row.epss, 2),
  },
  {
    id: 'cvss',
    title: 'CVSS',
    width: 60,
    align: 'end',
    extra: true,
    cell: (row) => <span>{number(row.cvss, 1)}</span>,
    text: (row) => number(row.cvss, 1),
  },
  {
    id: 'exploit',
    title: 'Exploit',
    width: 64,
    extra: true,
    cell: (row) => (
      <span className={row.hasExploit === true ? 'attention strong' : 'quiet'}>{yesNo(row.hasExploit)}</span>
    ),
    text: (row) => yesNo(row.hasExploit),
    filter: (row) => (row.hasExploit === null ? undefined : ['exploit', yesNo(row.hasExploit)]),
  },
  {
    id: 'family',
    title: 'Family',
    width: 140,
    extra: true,
    cell: (row) => <span>{row.family}</span>,
    text: (row) => row.family ?? '',
    filter: (row) => (row.family === null ? undefined : ['family', row.family]),
  },
  {
    id: 'ip',
    title: 'Address',
    width: 110,
    extra: true,
    cell: (row) => <span className="mono">{row.ip}</span>,
    text: (row) => row.ip ?? '',
    filter: (row) => (row.ip === null ? undefined : ['ip', row.ip]),
  },
  {
    id: 'source',
    title: 'Sources',
    width: 120,
    extra: true,
    cell: (row) => <span>{row.sources.join(', ')}</span>,
    text: (row) => row.sources.join(', '),
  },
  {
    id: 'fixed',
    title: 'Last fixed',
    width: 100,
    extra: true,
    cell: (row) => <When at={row.lastFixed} />,
    text: (row) => row.lastFixed ?? '',
  },
];

export const findingList: ListSpec<FindingRow> = {
  noun: 'findings',
  columns,
  views: [
    { title: 'All open', filters: { state: 'open,reopened' } },
    {
      title: 'Critical and high, open over 30 days',
      filters: { severity: 'Critical,High', state: 'open,reopened', first: '..30d' },
    },
    {
      title: 'Exploit available, over 7 days',
      filters: { exploit: 'yes', state: 'open,reopened', first: '..7d' },
    },
    { title: 'Without POA&M', filters: { poam: 'none', state: 'open,reopened', severity: 'Critical,High' } },
    { title: 'My work', filters: { assigned: 'me', state: 'open,reopened' } },
    { title: 'Due in 30 days', filters: { due: '..30d', state: 'open,reopened' } },
    { title: 'Overdue', filters: { due: '..0d', state: 'open,reopened' } },
    { title: 'Fixed this week', filters: { fixed: '7d..' } },
    { title: 'Came back', filters: { state: 'reopened' } },
    { title: 'Not seen for 30 days', filters: { seen: '..30d', state: 'open,reopened' } },
  ],
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.key,
  hrefOf: (row) => recordPath('finding', row.key),
  nameOf: (row) => `${row.name} on ${assetName(row)}`,
};
