/** Plans the work on findings, one or many: what would come of it first, then exactly that. */
import { Button, Modal, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import {
  changeWork,
  tryWork,
  type WorkAsked,
  type WorkChange,
  type WorkTried,
} from '../../api/work/remediation.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import { AssigneeField } from '../../kit/assignee-field.tsx';
import { useListState } from '../../kit/list/list-state.ts';
import { type Selection, useSelectionSize } from '../../kit/list/selection.ts';
import { tell } from '../../kit/notice.tsx';

const counted = (n: number): string => `${n.toLocaleString('en')} finding${n === 1 ? '' : 's'}`;

type Which = Pick<WorkAsked, 'keys' | 'filter'>;

interface Draft {
  readonly to: string;
  readonly status: '' | NonNullable<WorkChange['status']>;
  readonly due: string;
  readonly plan: string;
  readonly note: string;
  readonly effort: number | string;
  readonly cost: number | string;
  readonly reason: string;
}
const nothing: Draft = { to: '', status: '', due: '', plan: '', note: '', effort: '', cost: '', reason: '' };

const statuses = [
  { value: '', label: 'as it is' },
  { value: 'open', label: 'open' },
  { value: 'in_progress', label: 'in progress' },
  { value: 'blocked', label: 'blocked' },
  { value: 'fix_reported', label: 'reported fixed; a later scan proves it' },
];

/** What was typed; an empty field stays as it is. */
function changeOf({ to, status, due, plan, note, effort, cost }: Draft): WorkChange {
  return {
    ...(to.trim() === '' ? {} : { to: to.trim() }),
    ...(status === '' ? {} : { status }),
    ...(due === '' ? {} : { due }),
    ...(plan.trim() === '' ? {} : { plan: plan.trim() }),
    ...(note.trim() === '' ? {} : { note: note.trim() }),
    ...(effort === '' ? {} : { effortHours: Number(effort) }),
    ...(cost === '' ? {} : { cost: Number(cost) }),
  };
}

const Tried = ({ of }: { readonly of: WorkTried }) => (
  <div role="status" style={{ marginTop: 12 }}>
    <p>
      <span className="strong">{counted(of.willChange)}</span> would change.
    </p>
    {of.unchanged === 0 ? null : <p>{counted(of.unchanged)} are so already.</p>}
    {of.fixed === 0 ? null : <p>{counted(of.fixed)} stay as they are: a scan showed them fixed.</p>}
    {of.unseen === 0 ? null : (
      <p className="attention">
        {counted(of.unseen)} stay as they are: in no system that they may see. An administrator can give them
        a role there.
      </p>
    )}
  </div>
);

const Fields = ({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}) => {
  return (
    <>
      <AssigneeField
        label="Whose work"
        description="A person or a team, by name; empty: as it is"
        value={draft.to}
        onChange={(to) => onChange({ to })}
        data-autofocus
      />
      <TextInput
        mt="sm"
        type="date"
        label="To be fixed by"
        value={draft.due}
        onChange={(event) => onChange({ due: event.currentTarget.value })}
      />
      <NativeSelect
        mt="sm"
        label="How far it is"
        data={statuses}
        value={draft.status}
        onChange={(event) => onChange({ status: event.currentTarget.value as Draft['status'] })} // one of the options
      />
    </>
  );
};

/** How, at what cost, and why. */
const MoreFields = ({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}) => (
  <>
    <Textarea
      mt="sm"
      label="Plan"
      value={draft.plan}
      onChange={(event) => onChange({ plan: event.currentTarget.value })}
      maxLength={10_000}
      autosize
      minRows={2}
    />
    <Textarea
      mt="sm"
      label="Note"
      value={draft.note}
      onChange={(event) => onChange({ note: event.currentTarget.value })}
      maxLength={10_000}
      autosize
      minRows={1}
    />
    <NumberInput
      mt="sm"
      label="Effort, hours for each"
      min={0}
      allowDecimal={false}
      value={draft.effort}
      onChange={(effort) => onChange({ effort })}
    />
    <NumberInput
      mt="sm"
      label="Cost for each"
      min={0}
      decimalScale={2}
      value={draft.cost}
      onChange={(cost) => onChange({ cost })}
    />
    <Textarea
      mt="sm"
      label="Reason (optional)"
      value={draft.reason}
      onChange={(event) => onChange({ reason: event.currentTarget.value })}
      maxLength={2000}
      autosize
      minRows={1}
    />
  </>
);

/** What was typed, what it would do, and doing it. */
function usePlan(which: Which, onClose: (done: boolean) => void) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<Draft>(nothing);
  const asked = (): WorkAsked => ({
    ...which,
    change: changeOf(draft),
    ...(draft.reason.trim() === '' ? {} : { reason: draft.reason.trim() }),
  });
  const tried = useMutation({ mutationFn: () => tryWork(asked()) });
  const run = useMutation({
    mutationFn: (token: string) => changeWork(asked(), token),
    onSuccess: async ({ changed }) => {
      tell(`The work on ${counted(changed)} was planned.`);
      onClose(true);
      for (const queryKey of [['list', 'findings'], ['findings'], ['poams'], ['me']])
        await queryClient.invalidateQueries({ queryKey });
    },
  });
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    tried.reset();
    run.reset();
  };
  return { draft, change, tried, run };
}

const PlanDialog = ({
  which,
  title,
  onClose,
}: {
  readonly which: Which;
  readonly title: string;
  readonly onClose: (done: boolean) => void;
}) => {
  const { draft, change, tried, run } = usePlan(which, onClose);
  const error = run.error ?? tried.error;
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      size="lg"
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (tried.data) run.mutate(tried.data.token);
          else tried.mutate();
        }}
      >
        <Fields draft={draft} onChange={change} />
        <MoreFields draft={draft} onChange={change} />
        {tried.data ? <Tried of={tried.data} /> : null}
        {error ? <Fault of={problemOf(error)} /> : null}
        <Button
          type="submit"
          mt="md"
          loading={tried.isPending || run.isPending}
          disabled={Object.keys(changeOf(draft)).length === 0 || tried.data?.willChange === 0}
        >
          {tried.data ? `Plan ${counted(tried.data.willChange)}` : 'See what would change'}
        </Button>
      </form>
    </Modal>
  );
};

/** Of the bar below the list of findings: for what is selected, or all that match. */
export const PlanMany = ({ selection }: { readonly selection: Selection }) => {
  const size = useSelectionSize(selection);
  const { filters } = useListState();
  const [which, setWhich] = useState<Which>();
  return (
    <>
      <Button onClick={() => setWhich(size === 'all' ? { filter: filters } : { keys: [...selection.keys] })}>
        Assign…
      </Button>
      {which === undefined ? null : (
        <PlanDialog
          which={which}
          title={`Plan the work on ${size === 'all' ? 'all that match' : counted(which.keys?.length ?? 0)}`}
          onClose={(done) => {
            setWhich(undefined);
            if (done) selection.clear();
          }}
        />
      )}
    </>
  );
};

/** On the page of a finding. */
export const PlanOne = ({ findingKey }: { readonly findingKey: string }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Assign or report…
      </Button>
      {open ? (
        <PlanDialog
          which={{ keys: [findingKey] }}
          title="Plan the work on this finding"
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};
