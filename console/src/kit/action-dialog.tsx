/**
 * A dialog that does one thing: what it means, a reason, and the password again where it was given too long ago. What was typed stays when
 * the server refuses.
 */
import { Button, Modal, PasswordInput, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Problem, problemOf } from '../api/http/problem.ts';
import { stepUp } from '../api/session.ts';
import { useSession } from '../shell/use-session.ts';

export const PasswordAgain = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => {
  const { session } = useSession();
  if (session?.canStepUp === false)
    return (
      <p className="attention" role="alert">
        You signed in too long ago for this. Sign out and in again, then repeat it.
      </p>
    );
  return (
    <>
      <p style={{ marginTop: 8 }} role="alert">
        Your password was given too long ago for this. Give it again; nothing was done yet.
      </p>
      <PasswordInput
        mt="sm"
        label="Your password"
        autoComplete="current-password"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
        required
      />
    </>
  );
};

export const Fault = ({ of }: { readonly of: Problem }) => (
  <div className="bad" style={{ marginTop: 8 }} role="alert">
    <p>
      {of.message}{' '}
      {of.body.errors?.map(({ pointer, detail }) => `${pointer.replace(/^\//, '')}: ${detail}`).join('; ')}{' '}
      {of.body.remedy} <span className="mono">{of.code}</span>
    </p>
  </div>
);

/** Runs what may need the password again. @returns `run`, to be called with the password that was typed, if any. */
export function useStepUp(work: () => Promise<void>) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [needsPassword, setNeedsPassword] = useState(false);
  const run = async (password: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (needsPassword) await stepUp(password);
      setNeedsPassword(false);
      await work();
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.code === 'STEP_UP_NEEDED') setNeedsPassword(true);
      else setProblem(refusal);
      // What it was made to is shown as it is now; what was typed stays.
      if (refusal.code.endsWith('_MOVED')) await queryClient.invalidateQueries();
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem, needsPassword };
}

export interface ActionDialogProps {
  readonly title: string;
  /** On the button; default: the title. */
  readonly verb?: string;
  readonly reason?: 'required' | 'optional';
  /** Whether what it asks for is not complete yet. */
  readonly incomplete?: boolean;
  readonly size?: 'md' | 'lg' | 'xl';
  /** Closes by itself where it is done, unless it says otherwise. @param reason undefined: none was given. */
  readonly onRun: (reason: string | undefined) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

export const ActionDialog = ({
  title,
  verb = title,
  reason: asks,
  incomplete = false,
  size = 'md',
  onRun,
  onClose,
  children,
}: ActionDialogProps) => {
  const [reason, setReason] = useState('');
  const [password, setPassword] = useState('');
  const given = reason.trim();
  const { run, busy, problem, needsPassword } = useStepUp(() => onRun(given === '' ? undefined : given));
  const lacks = incomplete || (asks === 'required' && given === '') || (needsPassword && password === '');
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(password);
        }}
      >
        {children}
        {asks === undefined ? null : (
          <Textarea
            mt="sm"
            label={asks === 'required' ? 'Reason' : 'Reason (optional)'}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={2000}
            required={asks === 'required'}
            autosize
            minRows={2}
          />
        )}
        {needsPassword ? <PasswordAgain value={password} onChange={setPassword} /> : null}
        {problem ? <Fault of={problem} /> : null}
        <Button type="submit" mt="md" loading={busy} disabled={lacks}>
          {verb}
        </Button>
      </form>
    </Modal>
  );
};
