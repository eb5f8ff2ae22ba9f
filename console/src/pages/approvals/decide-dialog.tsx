/** Approves or rejects, with a reason. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApprovalDetail, type Decided, decide, type Decision } from '../../api/decisions/approvals.ts';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { plural } from '../../kit/plural.ts';

export interface Asked {
  readonly decision: Decision['decision'];
  /** Empty: all of it. */
  readonly records: readonly string[];
}

const verb = { approve: 'Approve', reject: 'Reject' } as const;

function tellDecided(decision: Decision['decision'], { changes, waiting, system }: Decided): void {
  const rest = waiting > 0 ? ` ${plural(waiting, 'change')} still waiting.` : '';
  tell(
    decision === 'approve'
      ? `Approved: ${plural(changes, 'change')}. The next sync sends them to ${system}.${rest}`
      : `Rejected: ${plural(changes, 'change')}. Nothing of it is sent to ${system}.${rest}`,
  );
}

export const DecideDialog = ({
  approval,
  asked: { decision, records },
  onClose,
  onDecided,
}: {
  readonly approval: ApprovalDetail;
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}) => {
  const queryClient = useQueryClient();
  // Of what was read when the dialog opened: where it moved meanwhile, the page behind shows it anew, and nothing of that is decided here.
  const [{ contentSha256: sha256, changes }] = useState(approval);
  const title = verb[decision];
  const what =
    records.length === 0
      ? `all ${plural(changes, 'change')}`
      : `the changes of ${plural(records.length, 'record')}; the rest keeps waiting`;
  const send = async (reason: string | undefined): Promise<void> => {
    const done = await decide(approval.approvalId, {
      decision,
      sha256,
      ...(reason === undefined ? {} : { reason }),
      ...(records.length === 0 ? {} : { records }),
    });
    tellDecided(decision, done);
    onDecided();
    for (const queryKey of [['approvals'], ['list', 'approvals'], ['me']])
      void queryClient.invalidateQueries({ queryKey });
  };
  return (
    <ActionDialog
      title={title}
      reason={decision === 'reject' ? 'required' : 'optional'}
      incomplete={approval.contentSha256 !== sha256}
      onRun={send}
      onClose={onClose}
    >
      <p>
        {title} {what}. They go to {approval.system}.
      </p>
      {approval.contentSha256 === sha256 ? null : (
        <p className="attention">
          It has changed since you opened this. Close it, look at it, and decide again.
        </p>
      )}
    </ActionDialog>
  );
};
