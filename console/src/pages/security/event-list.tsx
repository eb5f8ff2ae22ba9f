import type { SecurityEventRow } from '../../api/work/security.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityWord } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { investigationWords, outcomeTone, outcomeWords, wayWords, words } from './words.ts';

const columns: ListSpec<SecurityEventRow>['columns'] = [
  {
    id: 'at',
    title: 'When',
    width: 190,
    sort: 'occurred',
    cell: (row) => <At at={row.occurredAt} />,
    text: (row) => row.occurredAt,
  },
  {
    id: 'severity',
    title: 'Severity',
    width: 92,
    cell: (row) => <SeverityWord of={row.severity} />,
    text: (row) => row.severity,
    filter: (row) => ['severity', row.severity],
  },
  {
    id: 'what',
    title: 'What',
    width: 250,
    cell: (row) => (
      <RecordLink kind="securityEvent" id={row.id} inRow>
        {row.title}
      </RecordLink>
    ),
    text: (row) => row.title,
    filter: (row) => ['kind', row.kind],
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: 96,
    cell: (row) => (
      <span className={outcomeTone[row.outcome]} title={row.failureReason ?? undefined}>
        {outcomeWords[row.outcome]}
      </span>
    ),
    text: (row) => row.outcome,
    filter: (row) => ['outcome', row.outcome],
  },
  {
    id: 'who',
    title: 'Who',
    width: 130,
    cell: (row) => (row.who === null ? <Nothing word="nobody known" /> : <span>{row.who}</span>),
    text: (row) => row.who ?? '',
    filter: (row) => ['who', row.who ?? 'none'],
  },
  {
    id: 'from',
    title: 'From',
    width: 130,
    cell: (row) => (
      <span className={row.address === null ? '' : 'mono'}>{row.address ?? wayWords[row.way]}</span>
    ),
    text: (row) => row.address ?? row.way,
    filter: (row) => (row.address === null ? ['way', row.way] : ['address', row.address]),
  },
  {
    id: 'object',
    title: 'Object',
    meaning: 'What the event was about',
    width: 190,
    cell: (row) =>
      row.objectId === null || row.objectId === '' ? (
        <Nothing word="none" />
      ) : (
        <span title={row.objectType ?? undefined}>{row.objectId}</span>
      ),
    text: (row) => row.objectId ?? '',
    filter: (row) => (row.objectId === null || row.objectId === '' ? undefined : ['object', row.objectId]),
  },
  {
    id: 'system',
    title: 'System',
    width: 100,
    cell: (row) => (row.systemId === null ? <Nothing word="no system" /> : <span>{row.systemId}</span>),
    text: (row) => row.systemId ?? '',
    filter: (row) => ['system', row.systemId ?? 'none'],
  },
  {
    id: 'investigation',
    title: 'Investigation',
    width: 116,
    cell: (row) =>
      row.investigatedBy === null ? <Nothing word="not looked at" /> : <span>{investigationWords(row)}</span>,
    text: investigationWords,
  },
  {
    id: 'source',
    title: 'Source',
    width: 100,
    extra: true,
    cell: (row) => <span>{row.source}</span>,
    text: (row) => row.source,
    filter: (row) => ['source', row.source],
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 200,
    extra: true,
    cell: (row) => <span title={row.failureReason ?? undefined}>{row.failureReason}</span>,
    text: (row) => row.failureReason ?? '',
  },
];

export const eventList: ListSpec<SecurityEventRow> = {
  noun: 'security-events',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Detected', filters: { kind: 'detection,log_tampered' } },
    { title: 'Refused and failed', filters: { outcome: 'refused,failure' } },
    { title: 'High and critical', filters: { severity: 'High,Critical' } },
    { title: 'Sign-in', filters: { kind: 'sign_in,sign_in_refused,account_locked,sign_out,session_ended' } },
    { title: 'Exports', filters: { kind: 'export,export_finished,report' } },
    { title: 'Being looked at', filters: { investigated: 'yes', resolved: 'no' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('securityEvent', row.id),
  opensPage: true,
  nameOf: (row) => `${row.title} by ${row.who ?? 'nobody known'}`,
};
