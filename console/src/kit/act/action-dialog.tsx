/**
 * A dialog that does one thing: what it means, a reason, and proof of who one is where it was given too long ago. What was typed stays when
 * the server refuses.
 */
import { Button, Modal, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { noProof, type Proof, ProveAgain, sendProof, useIsComplete } from './prove-again.tsx';

/** What is wrong with each field, by its name: for whoever shows it at the field. */
export type FieldFaults = Readonly<Record<string, string>>;
const fieldOf = ({ pointer }: { readonly pointer: string }): string => pointer.replace(/^\//, '');
const faultsOf = (problem: Problem | undefined): FieldFaults =>
  Object.fromEntries((problem?.body.errors ?? []).map((each) => [fieldOf(each), each.detail]));

/** @param elsewhere fields whose faults are shown at the field itself. */
export const Fault = ({
  of,
  elsewhere = [],
}: {
  readonly of: Problem;
  readonly elsewhere?: readonly string[];
}) => (
  <div className="bad" style={{ marginTop: 8 }} role="alert">
    <p>
      {of.message}{' '}
      {of.body.errors
        ?.filter((each) => !elsewhere.includes(fieldOf(each)))
        .map((each) => `${fieldOf(each)}: ${each.detail}`)
        .join('; ')}{' '}
      {of.body.remedy} <span className="mono">{of.code}</span>
    </p>
  </div>
);

/** Runs what may need proof of who one is. @returns `run`, to be called with what was given for it, if anything. */
export function useStepUp(work: () => Promise<void>) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [needsProof, setNeedsProof] = useState(false);
  const run = async (proof: Proof): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (needsProof) await sendProof(proof);
      setNeedsProof(false);
      await work();
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.code === 'STEP_UP_NEEDED') setNeedsProof(true);
      else setProblem(refusal);
      // What it was made to is shown as it is now; what was typed stays.
      if (refusal.code.endsWith('_MOVED')) await queryClient.invalidateQueries();
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem, needsProof };
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
  /** Fields that it asks for: what the server finds wrong with one is shown at the field. */
  readonly fields?: readonly string[];
  readonly children?: ReactNode | ((faults: FieldFaults) => ReactNode);
}

export const ActionDialog = ({
  title,
  verb = title,
  reason: asks,
  incomplete = false,
  size = 'md',
  onRun,
  onClose,
  fields = [],
  children,
}: ActionDialogProps) => {
  const [reason, setReason] = useState('');
  const [proof, setProof] = useState(noProof);
  const isComplete = useIsComplete();
  const given = reason.trim();
  const { run, busy, problem, needsProof } = useStepUp(() => onRun(given === '' ? undefined : given));
  const faults = faultsOf(problem);
  const lacks = incomplete || (asks === 'required' && given === '') || (needsProof && !isComplete(proof));
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(proof);
        }}
      >
        {typeof children === 'function' ? children(faults) : children}
        {asks === undefined ? null : (
          <Textarea
            mt="sm"
            label={asks === 'required' ? 'Reason' : 'Reason (optional)'}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={faults['reason']}
            maxLength={2000}
            required={asks === 'required'}
            autosize
            minRows={2}
          />
        )}
        {needsProof ? <ProveAgain value={proof} onChange={setProof} /> : null}
        {problem ? <Fault of={problem} elsewhere={['reason', ...fields]} /> : null}
        <Button type="submit" mt="md" loading={busy} disabled={lacks}>
          {verb}
        </Button>
      </form>
    </Modal>
  );
};
