import type { ImportRow } from '../../api/imports.ts';
import type { ListColumn, ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { sizeWords, states, words } from './words.ts';

const number = (
  id: 'hosts' | 'items' | 'newFindings' | 'fixed' | 'cameBack' | 'held',
  title: string,
  meaning: string,
  width = 72,
): ListColumn<ImportRow> => ({
  id,
  title,
  meaning,
  width,
  align: 'end',
  cell: (row) => (row[id] === 0 ? <Nothing word="0" /> : <span>{row[id].toLocaleString('en')}</span>),
  text: (row) => String(row[id]),
});

const columns: ListSpec<ImportRow>['columns'] = [
  {
    id: 'file',
    title: 'File',
    width: 240,
    cell: (row) => (
      <RecordLink kind="import" id={row.id} title={row.file} inRow>
        {row.file}
      </RecordLink>
    ),
    text: (row) => row.file,
  },
  {
    id: 'state',
    title: 'What became of it',
    width: 150,
    cell: (row) => (
      <span className={states[row.state].tone} title={row.problem ?? states[row.state].meaning}>
        {states[row.state].text}
      </span>
    ),
    text: (row) => states[row.state].text,
    filter: (row) => ['state', row.state],
  },
  number('hosts', 'Hosts', 'Hosts that the file reports'),
  number('items', 'Items', 'Findings and audit results that it reports, whether they are new or not'),
  number('newFindings', 'New', 'Findings that nothing had reported before'),
  number('fixed', 'Fixed', 'Findings that a scan with credentials no longer shows'),
  number('cameBack', 'Came back', 'Findings that were fixed, and are there again', 88),
  number('held', 'Held', 'What could not be taken as it is; each is named'),
  {
    id: 'at',
    title: 'Brought',
    width: 96,
    sort: 'at',
    cell: (row) => <When at={row.requestedAt} />,
    text: (row) => row.requestedAt,
  },
  {
    id: 'by',
    title: 'By',
    width: 130,
    cell: (row) => <span>{row.by}</span>,
    text: (row) => row.by,
    filter: (row) => ['by', row.by],
  },
  {
    id: 'source',
    title: 'Source',
    width: 110,
    cell: (row) => <span>{row.source}</span>,
    text: (row) => row.source,
    filter: (row) => ['source', row.source],
  },
  {
    id: 'bytes',
    title: 'Size',
    width: 84,
    align: 'end',
    extra: true,
    cell: (row) => (row.bytes === null ? <Nothing word="unknown" /> : <span>{sizeWords(row.bytes)}</span>),
    text: (row) => (row.bytes === null ? '' : String(row.bytes)),
  },
  {
    id: 'sha256',
    title: 'SHA-256',
    width: 200,
    extra: true,
    cell: (row) =>
      row.sha256 === null ? (
        <Nothing word="unknown" />
      ) : (
        <span className="mono" title={row.sha256}>
          {row.sha256}
        </span>
      ),
    text: (row) => row.sha256 ?? '',
  },
  {
    id: 'problem',
    title: 'Why',
    width: 300,
    extra: true,
    cell: (row) => (row.problem === null ? <Nothing /> : <span title={row.problem}>{row.problem}</span>),
    text: (row) => row.problem ?? '',
  },
];

export const importList: ListSpec<ImportRow> = {
  noun: 'imports',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Refused or partial', filters: { state: 'refused,partial' } },
    { title: 'Imported', filters: { state: 'imported' } },
    { title: 'Not done yet', filters: { state: 'waiting,running' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('import', row.id),
  nameOf: (row) => row.file,
};
