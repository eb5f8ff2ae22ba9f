/** Completes a POA&M, opens it again, asks for an extension: each with what it lacks, and what becomes of it. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../../../kit/act/action-dialog.tsx';
import { useToday } from '../../../kit/now.ts';
import { useDone } from '../../../kit/act/use-done.ts';
import { completePoam, extendPoam, type PoamMoved, reopenPoam } from '../../../api/work/poam-life.ts';
import { Lacks } from './lacks.tsx';
import type { ActionDialogProps } from './dialog-props.ts';

/** Says whether it is done or asked for. */
function useMoved(onClose: () => void): (moved: PoamMoved, done: string, asked: string) => Promise<void> {
  const tellOutcome = useDone(onClose);
  return ({ outcome }, done, asked) => tellOutcome(outcome === 'done' ? done : asked);
}

export const CompleteDialog = ({ of, etag, explanation, onClose }: ActionDialogProps) => {
  const { poamId } = of.poam;
  const [on, setOn] = useState(useToday());
  const moved = useMoved(onClose);
  const lacks = explanation.moves.find(({ event }) => event === 'completed')?.lacks ?? [];
  return (
    <ActionDialog
      title={`Complete ${poamId}`}
      verb="Complete"
      reason="required"
      size="lg"
      fields={['actual_completion']}
      incomplete={on === ''}
      onClose={onClose}
      onRun={async (reason) => {
        const answer = await completePoam(poamId, { etag, reason, on });
        await moved(
          answer,
          `${poamId} is completed. The next sync sends it.`,
          `Asked: ${poamId} is completed once those who decide have agreed.`,
        );
      }}
    >
      {(faults) => (
        <>
          <p>
            {explanation.isVerified
              ? 'Each finding under it is fixed, and a scan proves it. The evidence is written into its comments, and its open milestones are completed by it.'
              : 'Not each finding under it is proven fixed: others agree first.'}
          </p>
          <Lacks of={lacks} />
          <TextInput
            type="date"
            mt="sm"
            label="Completed on"
            value={on}
            onChange={(event) => setOn(event.currentTarget.value)}
            error={faults['actual_completion']}
            required
          />
        </>
      )}
    </ActionDialog>
  );
};

export const ReopenDialog = ({ of, etag, onClose }: ActionDialogProps) => {
  const { poamId } = of.poam;
  const moved = useMoved(onClose);
  return (
    <ActionDialog
      title={`Reopen ${poamId}`}
      verb="Reopen"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        const answer = await reopenPoam(poamId, { etag, reason });
        const done = `${poamId} is open again. The next sync sends it.`;
        await moved(answer, done, done);
      }}
    >
      <p>
        It is open again, and its evidence counts no longer. It needs a plan: move its milestones, or add new
        ones.
      </p>
    </ActionDialog>
  );
};

export const ExtendDialog = ({ of, etag, explanation, onClose }: ActionDialogProps) => {
  const { poamId, due, obligedBy } = of.poam;
  const [to, setTo] = useState('');
  const moved = useMoved(onClose);
  const { original } = explanation.due;
  return (
    <ActionDialog
      title={`Ask for an extension of ${poamId}`}
      verb="Ask"
      reason="required"
      fields={['to', 'scheduled_completion']}
      incomplete={to === ''}
      onClose={onClose}
      onRun={async (reason) => {
        const answer = await extendPoam(poamId, { etag, reason, to });
        await moved(
          answer,
          `${poamId} is promised for ${to} now. The next sync sends it.`,
          `Asked: ${poamId} is moved to ${to} once those who decide have agreed.`,
        );
      }}
    >
      {(faults) => (
        <>
          <p>
            It is promised for {due ?? 'no day yet'}
            {original === null ? '' : `, at first for ${original}`}
            {obligedBy === null ? '' : `, and obliged by ${obligedBy}`}. An extension does not change what it
            is obliged to.
          </p>
          <TextInput
            type="date"
            mt="sm"
            label="To"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={faults['to'] ?? faults['scheduled_completion']}
            required
            data-autofocus
          />
        </>
      )}
    </ActionDialog>
  );
};
