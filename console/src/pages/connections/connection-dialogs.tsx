/** Pausing, resuming and removing a connection, each with what it means. */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { Versioned } from '../../api/http/client.ts';
import {
  type ConnectionDetail,
  pauseConnection,
  removeConnection,
  resumeConnection,
  connectionsKey,
} from '../../api/connections.ts';
import { ActionDialog } from '../../kit/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { Hangs, SecretsDialog } from './settings-part.tsx';
import { words } from './words.ts';

export type Asked = 'pause' | 'resume' | 'remove' | 'secrets';

interface Props {
  readonly of: Versioned<ConnectionDetail>;
  readonly onClose: () => void;
}

function useDone(name: string, onClose: () => void): (said: string) => Promise<void> {
  const queryClient = useQueryClient();
  return async (said) => {
    tell(`${name} ${said}`);
    onClose();
    await queryClient.invalidateQueries({ queryKey: connectionsKey });
  };
}

const PauseDialog = ({
  of: {
    value: { name },
  },
  onClose,
}: Props) => {
  const done = useDone(name, onClose);
  return (
    <ActionDialog
      title={`Pause ${name}`}
      verb="Pause"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await pauseConnection(name, reason);
        await done('is paused.');
      }}
    >
      <p>Nothing is read from it and nothing is sent to it, until somebody resumes it.</p>
    </ActionDialog>
  );
};

const ResumeDialog = ({
  of: {
    value: { name },
  },
  onClose,
}: Props) => {
  const done = useDone(name, onClose);
  return (
    <ActionDialog
      title={`Resume ${name}`}
      verb="Resume"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await resumeConnection(name, reason);
        await done('is on again.');
      }}
    >
      <p>Reading and sending continue with the next run.</p>
    </ActionDialog>
  );
};

const RemoveDialog = ({ of: { value, etag }, onClose }: Props) => {
  const { name } = value;
  const queryClient = useQueryClient();
  const router = useRouter();
  const done = useDone(name, onClose);
  return (
    <ActionDialog
      title={`Remove ${name}`}
      verb="Remove"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await removeConnection(name, reason, etag);
        await router.navigate({ to: '/connections', search: {} });
        queryClient.removeQueries({ queryKey: [...connectionsKey, name] });
        await done('is removed.');
      }}
    >
      <p>{words.removal}</p>
      <p className="strong" style={{ marginTop: 8 }}>
        What hangs on it:
      </p>
      <Hangs of={value} />
    </ActionDialog>
  );
};

const dialogs = { pause: PauseDialog, resume: ResumeDialog, remove: RemoveDialog, secrets: SecretsDialog };

export const ConnectionDialog = ({ asked, ...props }: Props & { readonly asked: Asked | undefined }) => {
  if (asked === undefined) return null;
  const Dialog = dialogs[asked];
  return <Dialog {...props} />;
};
