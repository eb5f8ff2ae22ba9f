/** What people do about an alert: acknowledge it, give it to somebody, tell nobody of it for a time. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  acknowledgeAlert,
  type AlertDetail,
  assignAlert,
  reactivateAlert,
  resolveAlert,
  suppressAlert,
} from '../../api/work/alerts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { AssigneeField } from '../../kit/assignee-field.tsx';
import { useDone } from '../../kit/act/use-done.ts';

interface Props {
  readonly of: AlertDetail;
  readonly onClose: () => void;
}

const changed = [['list', 'alerts'], ['alerts'], ['me']];

export const Acknowledge = ({ of, onClose }: Props) => {
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Acknowledge"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await acknowledgeAlert(of.id, reason ?? null);
        await done('You look after it: it leaves the inbox of the others.');
      }}
    >
      <p>The others see that you look after it. It is active again if it becomes graver.</p>
    </ActionDialog>
  );
};

export const Assign = ({ of, onClose }: Props) => {
  const [to, setTo] = useState(of.assignedTo ?? '');
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Assign"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        const name = to.trim() === '' ? null : to.trim();
        await assignAlert(of.id, name, reason ?? null);
        await done(name === null ? 'It is nobody’s in particular.' : `It is with ${name}.`);
      }}
    >
      <AssigneeField
        label="To"
        description="A person or a team by name; empty: nobody in particular"
        value={to}
        onChange={setTo}
        data-autofocus
      />
    </ActionDialog>
  );
};

export const Suppress = ({ of, onClose }: Props) => {
  const [until, setUntil] = useState('');
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Suppress"
      reason="required"
      incomplete={until === ''}
      onClose={onClose}
      onRun={async (reason) => {
        await suppressAlert(of.id, `${until}T00:00:00Z`, reason ?? '');
        await done(`Suppressed until ${until}.`);
      }}
    >
      <p>
        No one is notified until that day. If the problem is still there then, the alert becomes active again.
      </p>
      <TextInput
        mt="sm"
        type="date"
        label="Until"
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
        required
      />
    </ActionDialog>
  );
};

export const Reactivate = ({ of, onClose }: Props) => {
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Make it active again"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await reactivateAlert(of.id, reason ?? null);
        await done('It is active, and waits in the inbox again.');
      }}
    >
      <p>{of.state === 'suppressed' ? 'The suppression ends now.' : 'Nobody looks after it any more.'}</p>
    </ActionDialog>
  );
};

export const Resolve = ({ of, onClose }: Props) => {
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Say that it is over"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await resolveAlert(of.id, reason ?? '');
        await done('It is over.');
      }}
    >
      <p>The workflow raises it again when it runs about the same record.</p>
    </ActionDialog>
  );
};
