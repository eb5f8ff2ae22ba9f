/** Pausing, resuming and removing a connection, each with what it means. */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { Versioned } from '../../api/http/client.ts';
import { type ConnectionDetail, removeConnection, connectionsKey } from '../../api/connections.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { Hangs, SecretsDialog } from './settings-part.tsx';
import { SwitchDialog } from './switch-dialog.tsx';
import { words } from './words.ts';

export type Asked = 'pause' | 'resume' | 'remove' | 'secrets';

interface Props {
  readonly of: Versioned<ConnectionDetail>;
  readonly onClose: () => void;
}

const RemoveDialog = ({ of: { value, etag }, onClose }: Props) => {
  const { name } = value;
  const queryClient = useQueryClient();
  const router = useRouter();
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
        tell(`${name} is removed.`);
        onClose();
        await queryClient.invalidateQueries({ queryKey: connectionsKey });
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

export const ConnectionDialog = ({ asked, ...props }: Props & { readonly asked: Asked | undefined }) => {
  if (asked === undefined) return null;
  if (asked === 'remove') return <RemoveDialog {...props} />;
  if (asked === 'secrets') return <SecretsDialog {...props} />;
  return <SwitchDialog connection={props.of.value.name} way={asked} onClose={props.onClose} />;
};
