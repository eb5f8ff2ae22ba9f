/** How often the open POA&Ms of a boundary, or of every boundary, are to be reviewed. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { setReviewInterval } from '../../api/work/tasks.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { useSession } from '../../shell/use-session.ts';

const isDays = (text: string): boolean => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3650;

const HowOften = ({
  asks,
  onAsks,
  days,
  onDays,
}: {
  readonly asks: string;
  readonly onAsks: (asks: string) => void;
  readonly days: string;
  readonly onDays: (days: string) => void;
}) => (
  <>
    <NativeSelect
      mt="sm"
      label="A review is due"
      value={asks}
      onChange={(event) => onAsks(event.currentTarget.value)}
      data={[
        { value: 'days', label: 'every so many days' },
        { value: 'none', label: 'never: no review is asked for' },
      ]}
    />
    {asks === 'days' ? (
      <TextInput
        mt="sm"
        label="Days"
        description="From the last review, or from when the POA&M was made"
        inputMode="numeric"
        value={days}
        error={isDays(days) ? undefined : 'A whole number from 1 to 3650'}
        onChange={(event) => onDays(event.currentTarget.value)}
      />
    ) : null}
  </>
);

/** @param boundary undefined: it is asked for. */
export const IntervalDialog = ({
  boundary: given,
  days: before,
  onClose,
}: {
  readonly boundary?: string;
  readonly days?: number | null;
  readonly onClose: () => void;
}) => {
  const { boundaries } = useSession();
  const queryClient = useQueryClient();
  const [boundary, setBoundary] = useState(given ?? '');
  const [asks, setAsks] = useState(before === null ? 'none' : 'days');
  const [days, setDays] = useState(before === undefined || before === null ? '30' : String(before));
  return (
    <ActionDialog
      title="How often POA&Ms are reviewed"
      verb="Save"
      incomplete={asks === 'days' && !isDays(days)}
      onClose={onClose}
      onRun={async () => {
        await setReviewInterval(boundary === '' ? null : boundary, asks === 'days' ? Number(days) : null);
        for (const queryKey of [['review-intervals'], ['list', 'poams'], ['me']])
          await queryClient.invalidateQueries({ queryKey });
        tell('Saved. Reviews are due by it from now on.');
        onClose();
      }}
    >
      {given === undefined ? (
        <NativeSelect
          label="Of"
          value={boundary}
          onChange={(event) => setBoundary(event.currentTarget.value)}
          data={[
            { value: '', label: 'every system without an interval of its own' },
            ...boundaries.map(({ id, name }) => ({ value: id, label: `${name} (${id})` })),
          ]}
        />
      ) : null}
      <HowOften asks={asks} onAsks={setAsks} days={days} onDays={setDays} />
    </ActionDialog>
  );
};
