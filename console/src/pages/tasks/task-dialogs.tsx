/** Making a task about a record, changing it, and saying that it is done. */
import { orNull } from '../../kit/or-null.ts';
import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addTask, changeTask, settleTask, type Task } from '../../api/work/tasks.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { AssigneeField } from '../../kit/assignee-field.tsx';
import { tell } from '../../kit/notice.tsx';
import { aboutKinds, aboutWords } from './words.ts';

interface Typed {
  readonly what: string;
  readonly to: string;
  readonly due: string;
  readonly note: string;
}

export function useTasksDone(): (told: string) => Promise<void> {
  const queryClient = useQueryClient();
  return async (told) => {
    tell(told);
    for (const queryKey of [['list', 'tasks'], ['tasks'], ['me']])
      await queryClient.invalidateQueries({ queryKey });
  };
}

const Fields = ({
  typed,
  onChange,
}: {
  readonly typed: Typed;
  readonly onChange: (part: Partial<Typed>) => void;
}) => {
  return (
    <>
      <TextInput
        label="What is to be done"
        value={typed.what}
        onChange={(event) => onChange({ what: event.currentTarget.value })}
        maxLength={500}
        required
        data-autofocus
      />
      <AssigneeField
        mt="sm"
        label="For (optional)"
        description="A person or a team by name; empty: whoever sees the record"
        value={typed.to}
        onChange={(to) => onChange({ to })}
      />
      <TextInput
        mt="sm"
        type="date"
        label="Due (optional)"
        value={typed.due}
        onChange={(event) => onChange({ due: event.currentTarget.value })}
      />
      <Textarea
        mt="sm"
        label="Note (optional)"
        value={typed.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
        maxLength={10_000}
        autosize
        minRows={2}
      />
    </>
  );
};

const abouts = ['poam', 'finding', 'asset', 'system'] as const;

/** @param about undefined: it is asked for. */
export const AddTaskDialog = ({
  about: given,
  onClose,
}: {
  readonly about?: { readonly kind: Task['about']; readonly id: string } | undefined;
  readonly onClose: () => void;
}) => {
  const [typed, setTyped] = useState<Typed>({ what: '', to: '', due: '', note: '' });
  const [about, setAbout] = useState(given ?? { kind: 'poam' as Task['about'], id: '' });
  const done = useTasksDone();
  return (
    <ActionDialog
      title={given === undefined ? 'New task' : `New task about ${aboutWords[given.kind]} ${given.id}`}
      verb="Give the task"
      incomplete={typed.what.trim() === '' || about.id.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        const made = await addTask({
          what: typed.what.trim(),
          about: about.kind,
          recordId: about.id.trim(),
          to: orNull(typed.to),
          due: orNull(typed.due),
          note: orNull(typed.note),
        });
        onClose();
        await done(`Task ${made.id} waits for ${made.assignedTo ?? 'whoever sees it'}.`);
      }}
    >
      {given === undefined ? (
        <>
          <NativeSelect
            label="About a"
            value={about.kind}
            onChange={(event) => setAbout({ ...about, kind: event.currentTarget.value as Task['about'] })} // one of the options
            data={abouts.map((kind) => ({ value: kind, label: aboutWords[kind] }))}
          />
          <TextInput
            mt="sm"
            mb="sm"
            label="Which"
            description={aboutKinds[about.kind].id}
            value={about.id}
            onChange={(event) => setAbout({ ...about, id: event.currentTarget.value })}
            required
          />
        </>
      ) : null}
      <Fields typed={typed} onChange={(part) => setTyped((before) => ({ ...before, ...part }))} />
    </ActionDialog>
  );
};

export const ChangeTaskDialog = ({ of, onClose }: { readonly of: Task; readonly onClose: () => void }) => {
  const [typed, setTyped] = useState<Typed>({
    what: of.what,
    to: of.assignedTo ?? '',
    due: of.due ?? '',
    note: of.note ?? '',
  });
  const done = useTasksDone();
  return (
    <ActionDialog
      title={`Change task ${of.id}`}
      verb="Save"
      incomplete={typed.what.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        const changed = await changeTask(of.id, {
          what: typed.what.trim(),
          ...(typed.to.trim() === (of.assignedTo ?? '') ? {} : { to: orNull(typed.to) }),
          due: orNull(typed.due),
          note: orNull(typed.note),
        });
        onClose();
        await done(`Task ${changed.id} waits for ${changed.assignedTo ?? 'whoever sees it'}.`);
      }}
    >
      <Fields typed={typed} onChange={(part) => setTyped((before) => ({ ...before, ...part }))} />
    </ActionDialog>
  );
};

/** Says of one or several that they are done, or open again. */
export const SettleDialog = ({
  ids,
  isDone,
  onClose,
}: {
  readonly ids: readonly number[];
  readonly isDone: boolean;
  readonly onClose: (done: boolean) => void;
}) => {
  const [note, setNote] = useState('');
  const done = useTasksDone();
  const many = ids.length === 1 ? `Task ${ids[0]}` : `${ids.length} tasks`;
  return (
    <ActionDialog
      title={isDone ? `${many} done` : `Open ${many.toLowerCase()} again`}
      verb={isDone ? 'Done' : 'Open again'}
      onClose={() => onClose(false)}
      onRun={async () => {
        for (const id of ids) await settleTask(id, isDone, orNull(note));
        onClose(true);
        await done(`${many} ${ids.length === 1 ? 'is' : 'are'} ${isDone ? 'done' : 'open'}.`);
      }}
    >
      <Textarea
        label="Note (optional)"
        description={isDone ? 'What came of it' : 'Why it is not done'}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={10_000}
        autosize
        minRows={2}
        data-autofocus
      />
    </ActionDialog>
  );
};
