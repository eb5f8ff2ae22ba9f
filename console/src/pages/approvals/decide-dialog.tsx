/** Approves or rejects, with a reason; asks for the password again where it was given too long ago, then repeats. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApprovalDetail, type Decided, decide, type Decision } from '../../api/approvals.ts';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { stepUp } from '../../api/session.ts';
import { tell } from '../../kit/notice.tsx';
import { PasswordAgain } from '../../kit/action-dialog.tsx';
import styles from './approvals.module.css';
import { plural } from './words.ts';

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

function useDecide(approval: ApprovalDetail, { decision, records }: Asked, onDone: () => void) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [needsPassword, setNeedsPassword] = useState(false);
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['approvals'] });
    await queryClient.invalidateQueries({ queryKey: ['list', 'approvals'] });
    await queryClient.invalidateQueries({ queryKey: ['me'] });
  };
  async function send(reason: string): Promise<void> {
    const text = reason.trim();
    const done = await decide(approval.approvalId, {
      decision,
      sha256: approval.contentSha256,
      ...(text === '' ? {} : { reason: text }),
      ...(records.length === 0 ? {} : { records }),
    });
    tellDecided(decision, done);
    onDone();
    void refresh();
  }
  async function run(reason: string, password: string): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      if (needsPassword) await stepUp(password);
      setNeedsPassword(false);
      await send(reason);
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.code === 'STEP_UP_NEEDED') setNeedsPassword(true);
      else setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { run, busy, problem, needsPassword, refresh };
}

const Fault = ({ of, onReload }: { readonly of: Problem; readonly onReload: () => void }) => (
  <div className={`bad ${styles['fault'] ?? ''}`} role="alert">
    <p>
      {of.message} {of.body.errors?.map(({ detail }) => detail).join('; ')} {of.body.remedy}
    </p>
    {of.code === 'APPROVAL_MOVED' ? (
      <Button variant="default" mt="xs" onClick={onReload}>
        Reload this approval
      </Button>
    ) : null}
  </div>
);

export const DecideDialog = ({
  approval,
  asked,
  onClose,
  onDecided,
}: {
  readonly approval: ApprovalDetail;
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}) => {
  const [reason, setReason] = useState('');
  const [password, setPassword] = useState('');
  const { run, busy, problem, needsPassword, refresh } = useDecide(approval, asked, onDecided);
  const title = verb[asked.decision];
  const what =
    asked.records.length === 0
      ? `all ${plural(approval.changes, 'change')}`
      : `the changes of ${plural(asked.records.length, 'record')}; the rest keeps waiting`;
  const lacksReason = asked.decision === 'reject' && reason.trim() === '';
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(reason, password);
        }}
      >
        <p>
          {title} {what}. They go to {approval.system}.
        </p>
        <Textarea
          mt="sm"
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={2000}
          required={asked.decision === 'reject'}
          autosize
          minRows={2}
          data-autofocus
        />
        {needsPassword ? <PasswordAgain value={password} onChange={setPassword} /> : null}
        {problem ? <Fault of={problem} onReload={() => void refresh().then(onClose)} /> : null}
        <Button
          type="submit"
          mt="md"
          loading={busy}
          disabled={lacksReason || (needsPassword && password === '')}
        >
          {title}
        </Button>
      </form>
    </Modal>
  );
};
