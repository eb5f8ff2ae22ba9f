/** Settles many conflicts in one way: what would come of it first, then, with a reason, exactly that. */
import { Button, Modal, NativeSelect, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Choice,
  type ManyConflicts,
  resolveMany,
  type Tried,
  tryResolving,
} from '../../api/decisions/conflicts.ts';
import { problemOf } from '../../api/http/problem.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useListState } from '../../kit/list/list-state.ts';
import { type Selection, useSelectionSize } from '../../kit/list/selection.ts';
import { AnyValue } from '../../kit/marks/values.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import styles from './conflicts.module.css';
import { choiceTitles, titleOf } from './words.ts';

const shownAtOnce = 50;
const count = (n: number, one: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`;

/** Choices with what each does, and for how many; a third value is for one conflict at a time. */
function offersOf({ offered }: Tried): { readonly value: Choice['choice']; readonly label: string }[] {
  const byChoice = Map.groupBy(
    offered.filter(({ choice }) => choice !== 'value'),
    ({ choice }) => choice,
  );
  return [...byChoice].map(([value, some]) => ({
    value,
    label: some.map((each) => `${choiceTitles[each.effect]} (${each.count})`).join(' · '),
  }));
}

const Rows = ({ of }: { readonly of: Tried['settled'] }) => (
  <div className={styles['many']} tabIndex={0} role="region" aria-label="What would be settled">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">Field</th>
          <th scope="col">Here</th>
          <th scope="col">There</th>
          <th scope="col">What is done</th>
        </tr>
      </thead>
      <tbody>
        {of.slice(0, shownAtOnce).map((each) => (
          <tr key={each.id}>
            <td>
              <RecordLink kind="conflict" id={each.id}>
                {each.entityId}
              </RecordLink>
            </td>
            <td>{titleOf(each)}</td>
            <td>
              <AnyValue of={each.internal} />
            </td>
            <td>
              <AnyValue of={each.external} />
            </td>
            <td>{choiceTitles[each.effect].replace('…', '')}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {of.length > shownAtOnce ? (
      <p className="quiet">and {(of.length - shownAtOnce).toLocaleString('en')} more</p>
    ) : null}
  </div>
);

const Summary = ({ of }: { readonly of: Tried }) => (
  <p role="status">
    {of.settled.length === 0
      ? 'None of them has this choice.'
      : `${count(of.settled.length, 'conflict')} would be settled so.`}{' '}
    {of.refused.length === 0
      ? ''
      : `${count(of.refused.length, 'conflict')} of another kind would stay open. `}
    {of.isCut ? 'These are the oldest 1,000: settle them first, then the rest.' : ''}
  </p>
);

/** The dry run of a choice: asked again for each, and kept for none. */
const useTried = (which: ManyConflicts, keep: Choice['choice']) =>
  useQuery({
    queryKey: ['conflicts', 'tried', which, keep],
    queryFn: () => tryResolving({ ...which, keep }),
    gcTime: 0,
    staleTime: Infinity,
  });

function useRun(which: ManyConflicts, keep: Choice['choice'], onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ token, reason }: { readonly token: string; readonly reason: string }) =>
      resolveMany({ ...which, keep, token, ...(reason === '' ? {} : { reason }) }),
    onSuccess: ({ settled, refused }) => {
      tell(
        `${count(settled.length, 'conflict')} settled.${refused.length === 0 ? '' : ` ${refused.length} could not be, and stay open: ${[...new Set(refused.map(({ reason }) => reason ?? 'has no such choice'))].join('; ')}.`}`,
      );
      onDone();
    },
    onSettled: async () => {
      for (const queryKey of [['conflicts'], ['list', 'conflicts'], ['poams'], ['me']])
        await queryClient.invalidateQueries({ queryKey });
    },
  });
}

const Refused = ({
  error,
  onLookAgain,
}: {
  readonly error: Error | null;
  readonly onLookAgain: () => void;
}) => {
  if (error === null) return null;
  const problem = problemOf(error);
  return (
    <p className="bad" role="alert">
      {problem.message} {problem.body.remedy}{' '}
      {problem.code === 'SELECTION_MOVED' ? (
        <Button variant="default" onClick={onLookAgain}>
          Look at them again
        </Button>
      ) : null}
    </p>
  );
};

const ReasonField = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => (
  <Textarea
    mt="sm"
    label="Reason"
    description="It is kept with each of them."
    value={value}
    maxLength={2000}
    onChange={(event) => onChange(event.currentTarget.value)}
    required
    autosize
    minRows={2}
  />
);

const Dialog = ({
  which,
  onClose,
  onDone,
}: {
  readonly which: ManyConflicts;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) => {
  const [keep, setKeep] = useState<Choice['choice']>('external');
  const [reason, setReason] = useState('');
  const tried = useTried(which, keep);
  const run = useRun(which, keep, onDone);
  return (
    <Modal
      opened
      onClose={onClose}
      size={900}
      title="Settle these conflicts in one way"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Loaded query={tried}>
        {(shown) => (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              run.mutate({ token: shown.token, reason: reason.trim() });
            }}
          >
            <NativeSelect
              label="What is decided"
              data={offersOf(shown)}
              value={keep}
              onChange={(event) => setKeep(event.currentTarget.value as Choice['choice'])} // one of the options
              data-autofocus
            />
            <Summary of={shown} />
            {shown.settled.length === 0 ? null : <Rows of={shown.settled} />}
            <ReasonField value={reason} onChange={setReason} />
            <Refused
              error={run.error}
              onLookAgain={() => {
                run.reset();
                void tried.refetch();
              }}
            />
            <Button
              type="submit"
              mt="md"
              loading={run.isPending}
              disabled={shown.settled.length === 0 || reason.trim() === '' || tried.isFetching}
            >
              {`Settle ${count(shown.settled.length, 'conflict')}`}
            </Button>
          </form>
        )}
      </Loaded>
    </Modal>
  );
};

/** Of the bar below a list of conflicts: for what is selected, or all that match. */
export const SettleMany = ({ selection }: { readonly selection: Selection }) => {
  const size = useSelectionSize(selection);
  const { filters } = useListState();
  const [which, setWhich] = useState<ManyConflicts>();
  const open = (): void =>
    setWhich(size === 'all' ? { filter: filters } : { ids: [...selection.keys].map(Number) });
  return (
    <>
      <Button onClick={open}>Settle in one way…</Button>
      {which === undefined ? null : (
        <Dialog
          which={which}
          onClose={() => setWhich(undefined)}
          onDone={() => {
            setWhich(undefined);
            selection.clear();
          }}
        />
      )}
    </>
  );
};
