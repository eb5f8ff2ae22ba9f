/** "Reviewed, no change": of one POA&M or of many, after a look at how many. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import { type ReviewedPoams, reviewPoams, tryReviews } from '../../api/work/tasks.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { type Selection, useSelectionSize } from '../../kit/list/selection.ts';
import { tell } from '../../kit/notice.tsx';

const counted = (n: number): string => `${n.toLocaleString('en')} POA&M${n === 1 ? '' : 's'}`;

const Draft = ({
  which,
  matched,
  onRun,
}: {
  readonly which: ReviewedPoams;
  readonly matched: number;
  readonly onRun: (note: string | null) => Promise<void>;
}) => {
  const [note, setNote] = useState('');
  const run = useMutation({ mutationFn: () => onRun(note.trim() === '' ? null : note.trim()) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate();
      }}
    >
      <p>
        {which.ids?.length === 1
          ? `You looked at ${which.ids[0]} and`
          : `You looked at ${counted(matched)} and`}{' '}
        nothing is to change. {matched === 1 ? 'Its review is' : 'Their reviews are'} done until the interval
        of {matched === 1 ? 'its system' : 'their systems'} has passed again.
      </p>
      <Textarea
        mt="sm"
        label="Note (optional)"
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={10_000}
        autosize
        minRows={2}
        data-autofocus
      />
      {run.error ? <Fault of={problemOf(run.error)} /> : null}
      <Button type="submit" mt="md" loading={run.isPending} disabled={matched === 0}>
        Reviewed, no change
      </Button>
    </form>
  );
};

export const ReviewDialog = ({
  which,
  onClose,
}: {
  readonly which: ReviewedPoams;
  readonly onClose: (done: boolean) => void;
}) => {
  const queryClient = useQueryClient();
  const tried = useQuery({
    queryKey: ['poams', 'reviews', which],
    queryFn: () => tryReviews(which),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      title="Reviewed, no change"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Loaded query={tried}>
        {({ matched, token }) => (
          <Draft
            which={which}
            matched={matched}
            onRun={async (note) => {
              const { reviewed } = await reviewPoams(which, { token, note });
              onClose(true);
              tell(`${counted(reviewed)} ${reviewed === 1 ? 'is' : 'are'} marked as reviewed.`);
              for (const queryKey of [['list', 'poams'], ['poams'], ['me']])
                await queryClient.invalidateQueries({ queryKey });
            }}
          />
        )}
      </Loaded>
    </Modal>
  );
};

/** Of the bar below a list of POA&Ms: for what is selected, or all that match. @param filters of the list. */
export const ReviewMany = ({
  selection,
  filters,
}: {
  readonly selection: Selection;
  readonly filters: Readonly<Record<string, string | undefined>>;
}) => {
  const size = useSelectionSize(selection);
  const [which, setWhich] = useState<ReviewedPoams>();
  return (
    <>
      <Button
        variant="default"
        onClick={() => setWhich(size === 'all' ? { filter: filters } : { ids: [...selection.keys] })}
      >
        Reviewed, no change…
      </Button>
      {which === undefined ? null : (
        <ReviewDialog
          which={which}
          onClose={(done) => {
            setWhich(undefined);
            if (done) selection.clear();
          }}
        />
      )}
    </>
  );
};
