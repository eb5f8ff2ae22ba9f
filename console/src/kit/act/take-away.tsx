/** What is saved as a file: for oneself, or for somebody outside the agency, of whom the accounting of disclosures is told first. */
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { Button, Menu } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Query } from '../../api/http/client.ts';
import styles from '../list/list.module.css';
import { tellProblem } from '../notice.tsx';
import { LeavingDialog, leavingQuery } from './leaving.tsx';

export interface FileForm {
  readonly words: string;
  readonly accept: string;
  readonly end: string;
}

const Items = <Form extends FileForm>({
  forms,
  further = '',
  choose,
}: {
  readonly forms: readonly Form[];
  readonly further?: string;
  readonly choose: (form: Form) => void;
}) =>
  forms.map((form) => (
    <Menu.Item key={form.end} onClick={() => choose(form)}>
      {`As ${form.words}${further}`}
    </Menu.Item>
  ));

export const TakeAway = <Form extends FileForm>({
  label = 'Export',
  isTool = false,
  head,
  what,
  forms,
  save,
}: {
  readonly label?: string;
  /** Among the tools of a list; else it is a button among buttons. */
  readonly isTool?: boolean;
  /** Above the menu: what it is that is exported. */
  readonly head: ReactNode;
  /** As the title of the dialog says it: `this dashboard`. */
  readonly what: string;
  readonly forms: readonly Form[];
  /** @param further what the accounting of disclosures asks; empty where the file stays in the agency. */
  readonly save: (form: Form, further: Query) => Promise<void>;
}) => {
  const [running, setRunning] = useState(false);
  const [leavingAs, setLeavingAs] = useState<Form>();
  const run = (form: Form): void => {
    setRunning(true);
    save(form, {})
      .catch((error: unknown) => tellProblem('The export failed', error))
      .finally(() => setRunning(false));
  };
  const shown = (
    <>
      <IconDownload size={14} aria-hidden style={{ marginRight: isTool ? 0 : 6 }} />{' '}
      {running ? 'Exporting…' : label}
    </>
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        {isTool ? (
          <button type="button" className={styles['tool']} disabled={running}>
            {shown}
          </button>
        ) : (
          <Button variant="default" disabled={running} data-no-print>
            {shown}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{head}</Menu.Label>
        <Items forms={forms} choose={run} />
        <Menu.Divider />
        <Menu.Label>For somebody outside the agency</Menu.Label>
        <Items forms={forms} further=", with recipient and purpose…" choose={setLeavingAs} />
      </Menu.Dropdown>
      {leavingAs === undefined ? null : (
        <LeavingDialog
          what={what}
          onClose={() => setLeavingAs(undefined)}
          onRun={(leaving) => save(leavingAs, leavingQuery(leaving))}
        />
      )}
    </Menu>
  );
};
