import type { ApprovalRow } from '../../api/decisions/approvals.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { dangersOf, mustBeViewed, waitsFor, words } from './words.ts';

export const Dangers = ({ of }: { readonly of: Pick<ApprovalRow, 'dangers'> }) => (
  <>
    {dangersOf(of).map(({ danger, words: text }, index) => (
      <span key={danger} className={mustBeViewed.has(danger) ? 'attention strong' : ''}>
        {index === 0 ? '' : ' · '}
        {mustBeViewed.has(danger) ? <span aria-hidden="true">▲ </span> : null}
        {text}
      </span>
    ))}
  </>
);

const columns: ListSpec<ApprovalRow>['columns'] = [
  {
    id: 'approval',
    title: 'Approval',
    width: 84,
    cell: (row) => (
      <RecordLink kind="approval" id={row.approvalId} inRow>
        No. {row.number}
      </RecordLink>
    ),
    text: (row) => row.approvalId,
  },
  {
    id: 'action',
    title: 'What is asked',
    width: 290,
    cell: (row) => <span title={row.action}>{row.action}</span>,
    text: (row) => row.action,
    filter: (row) => ['kind', row.request?.subject.kind ?? 'changes'],
  },
  {
    id: 'state',
    title: 'State',
    width: 130,
    cell: (row) => <span>{waitsFor(row)}</span>,
    text: (row) => row.status,
    filter: (row) => ['state', row.status],
  },
  {
    id: 'system',
    title: 'System',
    width: 150,
    cell: (row) =>
      row.boundary === null ? (
        <Nothing word="no system" />
      ) : (
        <span title={row.boundary}>{row.boundaryName ?? row.boundary}</span>
      ),
    text: (row) => row.boundary ?? '',
    filter: (row) => ['system', row.boundary ?? 'none'],
  },
  {
    id: 'connection',
    title: 'Goes to',
    width: 90,
    cell: (row) => (row.system === null ? <Nothing word="stays here" /> : <span>{row.system}</span>),
    text: (row) => row.system ?? '',
    filter: (row) => ['connection', row.system ?? 'none'],
  },
  {
    id: 'changes',
    title: 'Changes',
    width: 84,
    align: 'end',
    cell: (row) =>
      row.request === null ? <span>{row.changes.toLocaleString('en')}</span> : <Nothing word="a request" />,
    text: (row) => (row.request === null ? String(row.changes) : ''),
  },
  {
    id: 'dangers',
    title: 'What they do',
    meaning: 'The most dangerous first',
    width: 150,
    cell: (row) => (
      <span>
        <Dangers of={row} />
      </span>
    ),
    text: (row) =>
      dangersOf(row)
        .map((each) => each.words)
        .join(', '),
  },
  {
    id: 'asked',
    title: 'Asked',
    width: 180,
    sort: 'asked',
    cell: (row) => (
      <span>
        <When at={row.requestedAt} /> <span className="quiet">by {row.requestedBy}</span>
      </span>
    ),
    text: (row) => row.requestedAt,
  },
  {
    id: 'decided',
    title: 'Decided',
    width: 180,
    sort: 'decided',
    extra: true,
    cell: (row) =>
      row.decidedAt === null ? (
        <Nothing word="not yet" />
      ) : (
        <span>
          <When at={row.decidedAt} /> <span className="quiet">by {row.decidedBy}</span>
        </span>
      ),
    text: (row) => row.decidedAt ?? '',
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 200,
    extra: true,
    cell: (row) => (row.reason === null ? <Nothing /> : <span title={row.reason}>{row.reason}</span>),
    text: (row) => row.reason ?? '',
  },
];

export const approvalList: ListSpec<ApprovalRow> = {
  noun: 'approvals',
  columns,
  views: [
    { title: 'Waiting', filters: {} },
    { title: 'Requests', filters: { kind: '!changes' } },
    { title: 'Approved', filters: { state: 'approved' }, sort: '-decided' },
    { title: 'Rejected', filters: { state: 'rejected' }, sort: '-decided' },
    { title: 'Withdrawn or expired', filters: { state: 'withdrawn,expired' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.approvalId,
  hrefOf: (row) => recordPath('approval', row.approvalId),
  opensPage: true,
  nameOf: (row) => `approval ${row.number}`,
};
