/** Pausing a connection and resuming it, from its page and from its card. */
import { useQueryClient } from '@tanstack/react-query';
import { pauseConnection, resumeConnection } from '../../api/connections.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';

const ways = {
  pause: {
    verb: 'Pause',
    reason: 'required',
    run: pauseConnection,
    meaning: 'Nothing is read from it and nothing is sent to it, until somebody resumes it.',
    done: 'is paused.',
  },
  resume: {
    verb: 'Resume',
    reason: 'optional',
    run: resumeConnection,
    meaning: 'Reading and sending continue with the next run.',
    done: 'is on again.',
  },
} as const;

export const SwitchDialog = ({
  connection,
  way,
  onClose,
}: {
  readonly connection: string;
  readonly way: keyof typeof ways;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const { verb, reason, run, meaning, done } = ways[way];
  return (
    <ActionDialog
      title={`${verb} ${connection}`}
      verb={verb}
      reason={reason}
      onClose={onClose}
      onRun={async (given) => {
        await run(connection, given);
        tell(`${connection} ${done}`);
        onClose();
        await queryClient.invalidateQueries({ queryKey: ['sync'] });
      }}
    >
      <p>{meaning}</p>
    </ActionDialog>
  );
};
