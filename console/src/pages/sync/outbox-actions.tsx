/** A change on its way out that a person sends again or drops. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { decideOutbox, type OutboxRow } from '../../api/operations.ts';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useMay } from '../../shell/use-session.ts';

const acts = {
  retry: {
    title: 'Send again',
    meaning: 'The next sync sends it as it is. What was refused for a fault of its own is refused again.',
    done: 'The next sync sends it again.',
  },
  drop: {
    title: 'Drop',
    meaning: 'It is never sent. The value here stays, and what differs is planned again when it is edited.',
    done: 'It was dropped.',
  },
} as const;
type Act = keyof typeof acts;

/** What can be done with a change in its state: one that may be on its way is left alone. */
const actsOf = ({ state }: OutboxRow): readonly Act[] =>
  state === 'failed' ? ['retry', 'drop'] : state === 'pending' || state === 'waiting' ? ['drop'] : [];

export const OutboxActions = ({ of }: { readonly of: OutboxRow }) => {
  const may = useMay('sync:operate');
  const [act, setAct] = useState<Act>();
  const queryClient = useQueryClient();
  if (!may) return null;
  const send = async (chosen: Act, reason: string): Promise<void> => {
    const { refused } = await decideOutbox(chosen, [of.id], reason);
    tell(refused[0] ? `Nothing was done: the change ${refused[0].reason}.` : acts[chosen].done);
    await queryClient.invalidateQueries({ queryKey: ['outbox'] });
    await queryClient.invalidateQueries({ queryKey: ['list', 'outbox'] });
  };
  return (
    <>
      {actsOf(of).map((each) => (
        <Button key={each} variant="default" onClick={() => setAct(each)}>
          {acts[each].title}…
        </Button>
      ))}
      {act === undefined ? null : (
        <ActionDialog
          title={`${acts[act].title}: ${of.entityId}`}
          verb={acts[act].title}
          reason="required"
          onRun={(reason) => send(act, reason ?? '')}
          onClose={() => setAct(undefined)}
        >
          <p>{acts[act].meaning}</p>
        </ActionDialog>
      )}
    </>
  );
};
