import { withoutId } from '../../kit/titles.ts';
import type { ConflictRow } from '../../api/decisions/conflicts.ts';
import type { ListColumn, ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { valueWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { nameOf, titleOf, typeMeanings, typeWords, words } from './words.ts';

const valueColumn = (
  id: 'internal' | 'external' | 'base',
  title: string,
  meaning: string,
): ListColumn<ConflictRow> => ({
  id,
  title,
  meaning,
  width: 150,
  cell: (row) => {
    const text = valueWords(row[id]);
    return text === '' ? <Nothing word="empty" /> : <span title={text}>{text}</span>;
  },
  text: (row) => valueWords(row[id]),
});

const byColumn = (id: 'internal' | 'external', title: string): ListColumn<ConflictRow> => ({
  id: `${id}By`,
  title,
  width: 160,
  extra: true,
  cell: (row) => (
    <span>
      {row[`${id}ChangedBy`]}{' '}
      <span className="quiet">
        <When at={row[`${id}ChangedAt`]} never="unknown" />
      </span>
    </span>
  ),
  text: (row) => row[`${id}ChangedBy`] ?? '',
});

const columns: ListSpec<ConflictRow>['columns'] = [
  {
    id: 'record',
    title: 'Record',
    width: 230,
    cell: (row) => (
      <span title={nameOf(row)}>
        <RecordLink kind="conflict" id={row.id} inRow>
          {row.entityId}
        </RecordLink>{' '}
        <span className="quiet">{withoutId(row.title, row.entityId)}</span>
      </span>
    ),
    text: nameOf,
  },
  {
    id: 'system',
    title: 'System',
    width: 108,
    cell: (row) =>
      row.boundary === null ? (
        <Nothing word="no system" />
      ) : (
        <span title={row.boundaryName ?? ''}>{row.boundary}</span>
      ),
    text: (row) => row.boundary ?? '',
    filter: (row) => ['system', row.boundary ?? 'none'],
  },
  {
    id: 'field',
    title: 'Field',
    width: 150,
    sort: 'field',
    cell: (row) => <span>{titleOf(row)}</span>,
    text: (row) => row.field ?? '',
    filter: (row) => ['field', row.field ?? 'none'],
  },
  {
    id: 'type',
    title: 'What happened',
    width: 168,
    cell: (row) => <span title={typeMeanings[row.type]}>{typeWords[row.type]}</span>,
    text: (row) => typeWords[row.type],
    filter: (row) => ['type', row.type],
  },
  valueColumn('internal', 'Here', 'The value in Tieline'),
  valueColumn('external', 'There', 'The value in the other system'),
  valueColumn('base', 'Base', 'The value that both sides last agreed on'),
  {
    id: 'age',
    title: 'Found',
    width: 108,
    sort: 'age',
    cell: (row) => <When at={row.createdAt} />,
    text: (row) => row.createdAt ?? '',
  },
  {
    id: 'connection',
    title: 'Other side',
    width: 100,
    extra: true,
    cell: (row) => <span>{row.system}</span>,
    text: (row) => row.system ?? '',
    filter: (row) => (row.system === null ? undefined : ['connection', row.system]),
  },
  byColumn('internal', 'Changed here'),
  byColumn('external', 'Changed there'),
  {
    id: 'settled',
    title: 'Settled',
    width: 180,
    extra: true,
    cell: (row) =>
      row.resolvedAt === null ? (
        <Nothing word="open" />
      ) : (
        <span>
          <When at={row.resolvedAt} /> <span className="quiet">by {row.resolvedBy ?? 'a rule'}</span>
        </span>
      ),
    text: (row) => row.resolvedAt ?? '',
  },
];

export const conflictList: ListSpec<ConflictRow> = {
  noun: 'conflicts',
  columns,
  views: [
    { title: 'Open', filters: {} },
    { title: 'Edited on both sides', filters: { type: 'field_mismatch' } },
    { title: 'Missing or there twice', filters: { type: 'missing_record,duplicate' } },
    { title: 'Refused or unclear', filters: { type: 'validation_rejected,unclear_outcome,stale_version' } },
    { title: 'Open over 7 days', filters: { age: '..7d' } },
    { title: 'Settled', filters: { state: 'settled' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('conflict', row.id),
  nameOf: (row) => `${row.entityId}, ${titleOf(row)}`,
};
