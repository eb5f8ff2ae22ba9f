import { download } from '../../api/http/client.ts';
import type { Count } from '../../api/lists.ts';
import { useMay } from '../../shell/use-session.ts';
import { TakeAway } from '../act/take-away.tsx';
import { usualColumns } from './columns.ts';
import type { ListSpec } from './list-spec.ts';
import type { ListState } from './list-state.ts';
import { countWords } from './use-rows.ts';

const forms = [
  { words: 'CSV', accept: 'text/csv', end: 'csv' },
  { words: 'NDJSON', accept: 'application/x-ndjson', end: 'ndjson' },
] as const;

/** What the filter matches, all of it, with the same filter, sort and columns as on the screen. */
export const ExportMenu = <Row,>({
  spec,
  state,
  sort,
  count,
}: {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
  readonly sort: string | undefined;
  readonly count: Count | undefined;
}) => {
  const may = useMay('finding:export');
  if (!may) return null;
  return (
    <TakeAway
      isTool
      head={`Export these ${countWords(count)} ${spec.words.many}`}
      what={`these ${spec.words.many}`}
      forms={forms}
      save={({ accept, end }, further) => {
        const columns = (state.columns ?? usualColumns(spec)).join(',');
        const query = { ...state.filters, sort, columns, ...further };
        return download(`/${spec.noun}`, query, accept, `${spec.noun}.${end}`);
      }}
    />
  );
};
