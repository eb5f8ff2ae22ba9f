/** What people are to do about records, until when, and whose it is. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { type Selection, useSelectionSize } from '../../kit/list/selection.ts';
import { useMay } from '../../shell/use-session.ts';
import { AddTaskDialog, SettleDialog } from './task-dialogs.tsx';
import { taskList } from './task-list.tsx';
import { words } from './words.ts';

/** Of the bar below the list. Each task is its own entry of the journal, so that only those that were picked are settled. */
const DoneMany = ({ selection }: { readonly selection: Selection }) => {
  const size = useSelectionSize(selection);
  const [ids, setIds] = useState<readonly number[]>();
  if (size === 'all') return null;
  return (
    <>
      <Button onClick={() => setIds([...selection.keys].map(Number))}>Done…</Button>
      {ids === undefined ? null : (
        <SettleDialog
          ids={ids}
          isDone
          onClose={(done) => {
            setIds(undefined);
            if (done) selection.clear();
          }}
        />
      )}
    </>
  );
};

const NewTask = () => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>New task…</Button>
      {open ? <AddTaskDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
};

export const TasksPage = () => {
  const mayWrite = useMay('task:write');
  return (
    <ListWithDetail param="taskId">
      {(open, drawer) => (
        <ListPage
          spec={taskList}
          title={words.title}
          openKey={open}
          drawer={drawer}
          {...(mayWrite
            ? { tools: <NewTask />, bulk: (selection: Selection) => <DoneMany selection={selection} /> }
            : {})}
        />
      )}
    </ListWithDetail>
  );
};
