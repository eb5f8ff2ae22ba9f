/** Changes one thing of many POA&Ms: what would come of it first, then exactly that, by a worker. */
import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import { isOver, type Job, jobQuery } from '../../api/operations.ts';
import { type BulkEdit, editPoams, type TriedEdit, tryPoamEdits } from '../../api/poams.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import { useListState } from '../../kit/list/list-state.ts';
import { type Selection, useSelectionSize } from '../../kit/list/selection.ts';
import { RecordLink } from '../../kit/record-link.tsx';
import { statuses } from './words.ts';

const shownAtMost = 20;
const counted = (n: number): string => `${n.toLocaleString('en')} POA&M${n === 1 ? '' : 's'}`;

const whats = [
  { value: 'poc', label: 'Owner' },
  { value: 'scheduled_completion', label: 'Scheduled completion, to a day' },
  { value: 'shift', label: 'Scheduled completion, by a number of days' },
  { value: 'status', label: 'Status' },
  { value: 'comments', label: 'Comments to Xacta' },
] as const;
type What = (typeof whats)[number]['value'];

interface Draft {
  readonly what: What;
  readonly value: string;
  readonly reason: string;
}

const editOf = (which: Pick<BulkEdit, 'ids' | 'filter'>, { what, value, reason }: Draft): BulkEdit => ({
  ...which,
  ...(what === 'shift' ? { changes: {}, shiftDays: Number(value) } : { changes: { [what]: value.trim() } }),
  reason: reason.trim(),
});

const ValueField = ({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (value: string) => void;
}) => {
  const common = { mt: 'sm', value: draft.value, required: true } as const;
  const change = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onChange(event.currentTarget.value);
  switch (draft.what) {
    case 'status':
      return (
        <NativeSelect
          {...common}
          label="New status"
          description="Each is completed, reopened, or given a deviation on its own page."
          data={['', ...statuses]}
          onChange={change}
        />
      );
    case 'scheduled_completion':
      return (
        <TextInput
          {...common}
          type="date"
          label="New day"
          description="Earlier than it is: a later day is an extension, asked for on the page of each."
          onChange={change}
        />
      );
    case 'shift':
      return (
        <TextInput
          {...common}
          type="number"
          label="Days"
          description="Earlier by so many days, with a minus: a later day is an extension, asked for on the page of each."
          onChange={change}
        />
      );
    case 'comments':
      return <Textarea {...common} label="New comments" autosize minRows={2} onChange={change} />;
    case 'poc':
      return <TextInput {...common} label="New owner" onChange={change} />;
  }
};

const Tried = ({ of }: { readonly of: TriedEdit }) => (
  <div role="status" style={{ marginTop: 12 }}>
    <p>
      <span className="strong">{counted(of.willChange)}</span> would change
      {of.matched > of.willChange + of.refused.length
        ? `, ${counted(of.matched - of.willChange - of.refused.length)} have this value already`
        : ''}
      .
    </p>
    {of.refused.length === 0 ? null : (
      <>
        <p className="attention">{counted(of.refused.length)} would be left as they are:</p>
        <ul>
          {of.refused.slice(0, shownAtMost).map(({ id, faults }) => (
            <li key={id}>
              <RecordLink kind="poam" id={id}>
                {id}
              </RecordLink>{' '}
              {faults.map(({ message }) => message).join('; ')}
            </li>
          ))}
        </ul>
        {of.refused.length > shownAtMost ? (
          <p className="quiet">and {(of.refused.length - shownAtMost).toLocaleString('en')} more</p>
        ) : null}
      </>
    )}
  </div>
);

interface Outcome {
  readonly changed: number;
  readonly refused: number;
}
const outcomeOf = ({ result }: Job): Outcome | undefined =>
  typeof result === 'object' && result !== null && 'changed' in result
    ? (result as unknown as Outcome) // of the job kind `edit_poams`
    : undefined;

function doneWords(job: Job): string {
  const outcome = outcomeOf(job);
  if (outcome === undefined) return 'Done.';
  const left = outcome.refused === 0 ? '' : ` ${counted(outcome.refused)} stayed as they were.`;
  return `${counted(outcome.changed)} changed.${left} The next sync sends it.`;
}

const Progress = ({ job: id, onDone }: { readonly job: string; readonly onDone: () => void }) => {
  const queryClient = useQueryClient();
  const { data: job } = useQuery(jobQuery(id));
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (!over) return;
    for (const queryKey of [['list', 'poams'], ['poams'], ['me']])
      void queryClient.invalidateQueries({ queryKey });
  }, [queryClient, over]);
  return (
    <>
      <p role="status">
        {job === undefined || job.state === 'queued'
          ? 'It waits for a worker. You may close this; it is done all the same.'
          : job.state === 'running'
            ? 'The POA&Ms are being changed. You may close this; it is done all the same.'
            : job.state === 'succeeded'
              ? doneWords(job)
              : `It was not finished: ${job.problem?.message ?? 'it was stopped'} ${job.problem?.remedy ?? ''}`}
      </p>
      <Button mt="md" variant="default" onClick={onDone}>
        Close
      </Button>
    </>
  );
};

const Draft = ({
  which,
  onStarted,
}: {
  readonly which: Pick<BulkEdit, 'ids' | 'filter'>;
  readonly onStarted: (job: string) => void;
}) => {
  const [draft, setDraft] = useState<Draft>({ what: 'poc', value: '', reason: '' });
  const tried = useMutation({ mutationFn: () => tryPoamEdits(editOf(which, draft)) });
  const run = useMutation({
    mutationFn: (token: string) => editPoams(editOf(which, draft), token),
    onSuccess: ({ id }) => onStarted(id),
  });
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    tried.reset();
    run.reset();
  };
  const error = run.error ?? tried.error;
  const lacks = draft.value.trim() === '' || draft.reason.trim() === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (tried.data) run.mutate(tried.data.token);
        else tried.mutate();
      }}
    >
      <NativeSelect
        label="What is changed"
        data={[...whats]}
        value={draft.what}
        onChange={(event) => change({ what: event.currentTarget.value as What, value: '' })} // one of the options
        data-autofocus
      />
      <ValueField draft={draft} onChange={(value) => change({ value })} />
      <Textarea
        mt="sm"
        label="Reason"
        description="It is kept with each of them."
        value={draft.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
        maxLength={2000}
        required
        autosize
        minRows={2}
      />
      {tried.data ? <Tried of={tried.data} /> : null}
      {error ? <Fault of={problemOf(error)} /> : null}
      <Button
        type="submit"
        mt="md"
        loading={tried.isPending || run.isPending}
        disabled={lacks || tried.data?.willChange === 0}
      >
        {tried.data ? `Change ${counted(tried.data.willChange)}` : 'See what would change'}
      </Button>
    </form>
  );
};

/** Of the bar below the list of POA&Ms: for what is selected, or all that match. */
export const EditMany = ({ selection }: { readonly selection: Selection }) => {
  const size = useSelectionSize(selection);
  const { filters } = useListState();
  const [which, setWhich] = useState<Pick<BulkEdit, 'ids' | 'filter'>>();
  const [job, setJob] = useState<string>();
  const close = (): void => {
    setWhich(undefined);
    if (job !== undefined) selection.clear();
    setJob(undefined);
  };
  return (
    <>
      <Button onClick={() => setWhich(size === 'all' ? { filter: filters } : { ids: [...selection.keys] })}>
        Change…
      </Button>
      {which === undefined ? null : (
        <Modal
          opened
          onClose={close}
          size="lg"
          title={`Change ${size === 'all' ? 'all that match' : counted(which.ids?.length ?? 0)}`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          {job === undefined ? (
            <Draft which={which} onStarted={setJob} />
          ) : (
            <Progress job={job} onDone={close} />
          )}
        </Modal>
      )}
    </>
  );
};
