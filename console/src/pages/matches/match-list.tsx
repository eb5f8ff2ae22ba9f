import type { MatchRow } from '../../api/decisions/matches.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { kindWords, nameOf, questionOf, subjectOf, words } from './words.ts';

const best = (row: MatchRow) => row.candidates[0];
const mayBe = (row: MatchRow): string =>
  row.kind === 'duplicate'
    ? `one machine, ${row.componentId ?? ''}`
    : row.candidates.length === 0
      ? ''
      : `${row.candidates.slice(0, 3).map(nameOf).join(', ')}${row.candidates.length > 3 ? ` and ${row.candidates.length - 3} more` : ''}`;

const columns: ListSpec<MatchRow>['columns'] = [
  {
    id: 'asset',
    title: 'Asset',
    width: 220,
    cell: (row) => (
      <RecordLink kind="match" id={row.id} title={questionOf(row)} inRow>
        {subjectOf(row)}
      </RecordLink>
    ),
    text: subjectOf,
  },
  {
    id: 'gain',
    title: 'Findings',
    meaning: 'Open findings that would get a system',
    width: 100,
    align: 'end',
    sort: 'gain',
    cell: (row) => <span>{row.gain.toLocaleString('en')}</span>,
    text: (row) => String(row.gain),
  },
  {
    id: 'candidates',
    title: 'May be',
    width: 280,
    cell: (row) => (mayBe(row) === '' ? <Nothing /> : <span title={mayBe(row)}>{mayBe(row)}</span>),
    text: mayBe,
  },
  {
    id: 'score',
    title: 'Score',
    meaning: 'What both sides have in common, weighed; 50 and a lead of 30 are matched by rule',
    width: 68,
    align: 'end',
    cell: (row) => {
      const score = best(row)?.score ?? null;
      return score === null ? <Nothing /> : <span>{score}</span>;
    },
    text: (row) => String(best(row)?.score ?? ''),
  },
  {
    id: 'system',
    title: 'System',
    meaning: 'Of the asset; of one that is in none, that of its best candidate',
    width: 116,
    cell: (row) => (row.boundary === null ? <Nothing word="no system" /> : <span>{row.boundary}</span>),
    text: (row) => row.boundary ?? '',
    filter: (row) => ['system', row.boundary ?? 'none'],
  },
  {
    id: 'kind',
    title: 'What is asked',
    width: 170,
    cell: (row) => <span>{kindWords[row.kind]}</span>,
    text: (row) => kindWords[row.kind],
    filter: (row) => ['kind', row.kind],
  },
  {
    id: 'age',
    title: 'Asked',
    width: 90,
    sort: 'age',
    cell: (row) => <When at={row.openedAt} />,
    text: (row) => row.openedAt,
  },
  {
    id: 'connection',
    title: 'Other side',
    width: 110,
    extra: true,
    cell: (row) => <span>{row.system}</span>,
    text: (row) => row.system,
    filter: (row) => ['connection', row.system],
  },
  {
    id: 'reason',
    title: 'Why it is asked',
    width: 300,
    extra: true,
    cell: (row) => (row.reason === null ? <Nothing /> : <span title={row.reason}>{row.reason}</span>),
    text: (row) => row.reason ?? '',
  },
  {
    id: 'settled',
    title: 'Decided',
    width: 190,
    extra: true,
    cell: (row) =>
      row.settledAt === null ? (
        <Nothing word="open" />
      ) : (
        <span>
          {row.outcome} <When at={row.settledAt} />{' '}
          <span className="quiet">by {row.settledBy ?? 'a rule'}</span>
        </span>
      ),
    text: (row) => row.settledAt ?? '',
  },
];

export const matchList: ListSpec<MatchRow> = {
  noun: 'matches',
  columns,
  views: [
    { title: 'Open', filters: {} },
    { title: 'Assets without a component', filters: { kind: 'component' } },
    { title: 'Reported twice', filters: { kind: 'identity' } },
    { title: 'One component, several assets', filters: { kind: 'duplicate' } },
    { title: 'In which system', filters: { kind: 'boundary' } },
    { title: 'Decided', filters: { state: 'settled' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingTitle: words.nothingTitle, nothingYet: words.nothingYet },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('match', row.id),
  nameOf: subjectOf,
};
