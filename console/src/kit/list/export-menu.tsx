import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import { download, type Query } from '../../api/http/client.ts';
import type { Count } from '../../api/lists.ts';
import { useMay } from '../../shell/use-session.ts';
import { LeavingDialog, leavingQuery } from '../act/leaving.tsx';
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
  const [leavingAs, setLeavingAs] = useState<(typeof formats)[number]>();
  if (!may) return null;
  const save = ({ accept, end }: (typeof formats)[number], further: Query = {}): Promise<void> => {
    const columns = (state.columns ?? usualColumns(spec)).join(',');
    const query = { ...state.filters, sort, columns, ...further };
    return download(`/${spec.noun}`, query, accept, `${spec.noun}.${end}`);
  };
  const run = (format: (typeof formats)[number]): void => {
    setRunning(true);
    save(format)
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
        <Menu.Divider />
        <Menu.Label>For somebody outside the agency</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format.end} onClick={() => setLeavingAs(format)}>
            As {format.words}, with recipient and purpose…
          </Menu.Item>
        ))}
      </Menu.Dropdown>
      {leavingAs === undefined ? null : (
        <LeavingDialog
          what={`these ${spec.words.many}`}
          onClose={() => setLeavingAs(undefined)}
          onRun={(leaving) => save(leavingAs, leavingQuery(leaving))}
        />
      )}
    </Menu>
  );
};
