import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import { download } from '../../api/http/client.ts';
import type { Count } from '../../api/lists.ts';
import { useMay } from '../../shell/use-session.ts';
import { tellProblem } from '../notice.tsx';
import { usualColumns } from './columns.ts';
import type { ListSpec } from './list-spec.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';
import { countWords } from './use-rows.ts';

const formats = [
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
  const [running, setRunning] = useState(false);
  if (!may) return null;
  const run = ({ accept, end }: (typeof formats)[number]): void => {
    setRunning(true);
    const query = { ...state.filters, sort, columns: (state.columns ?? usualColumns(spec)).join(',') };
    download(`/${spec.noun}`, query, accept, `${spec.noun}.${end}`)
      .catch((error: unknown) => tellProblem('The export failed', error))
      .finally(() => setRunning(false));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className={styles['tool']} disabled={running}>
          <IconDownload size={14} aria-hidden /> {running ? 'Exporting…' : 'Export'}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Export these {countWords(count)} {spec.words.many}
        </Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format.end} onClick={() => run(format)}>
            As {format.words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
