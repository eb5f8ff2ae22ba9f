/** What a person says about the day by which a POA&M is due: it is pulled in, or the promise stands. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { editPoam } from '../../../api/poams.ts';
import { letPromiseStand } from '../../../api/work/poam-life.ts';
import { ActionDialog } from '../../../kit/act/action-dialog.tsx';
import { useDone } from '../../../kit/act/use-done.ts';
import type { ActionDialogProps } from './dialog-props.ts';

export const PullInDialog = ({ of, etag, onClose }: ActionDialogProps) => {
  const { poamId, due, obligedBy } = of.poam;
  const [day, setDay] = useState(obligedBy ?? '');
  const done = useDone(onClose);
  return (
    <ActionDialog
      title={`Pull in the date of ${poamId}`}
      verb="Pull in"
      reason="required"
      fields={['scheduled_completion']}
      incomplete={day === ''}
      onClose={onClose}
      onRun={async (reason) => {
        await editPoam(
          poamId,
          { changes: { scheduled_completion: day }, ...(reason === undefined ? {} : { reason }) },
          etag,
        );
        await done(`${poamId} is promised for ${day} now. The next sync sends it.`);
      }}
    >
      {(faults) => (
        <>
          <p>
            It is promised for {due ?? 'no day'} and obliged by {obligedBy ?? 'no day'}.
          </p>
          <TextInput
            type="date"
            mt="sm"
            label="Scheduled completion"
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
            error={faults['scheduled_completion']}
            required
            data-autofocus
          />
        </>
      )}
    </ActionDialog>
  );
};

export const StandDialog = ({ of, onClose }: ActionDialogProps) => {
  const { poamId, due, obligedBy } = of.poam;
  const done = useDone(onClose);
  return (
    <ActionDialog
      title={`Let the promise of ${poamId} stand`}
      verb="Let it stand"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await letPromiseStand(poamId, reason ?? '');
        await done(`The promise of ${poamId} stands, until another obligation arises.`);
      }}
    >
      <p>
        It keeps its promised day, {due ?? 'none'}, although it is obliged by {obligedBy ?? 'no day'}. It
        leaves the inbox until another obligation arises, and is listed as late all the same.
      </p>
    </ActionDialog>
  );
};
