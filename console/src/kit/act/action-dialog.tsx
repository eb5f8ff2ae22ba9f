/**
 * A dialog that does one thing: what it means, a reason, and proof of who one is where it was given too long ago. What was typed stays when
 * the server refuses.
 */
import { Button, Modal, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { noProof, ProveAgain, sendProof, useIsComplete } from './prove-again.tsx';

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

/**
 * Runs what may need proof of who one is. @returns `run`; `askProof`: the fields for the proof, while it is asked for; `lacksProof`: they are not
 * complete yet.
 */
export function useStepUp(work: () => Promise<void>) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [needsProof, setNeedsProof] = useState(false);
  const [proof, setProof] = useState(noProof);
  const isComplete = useIsComplete();
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (needsProof) await sendProof(proof);
      setNeedsProof(false);
      await work();
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.code === 'STEP_UP_NEEDED') {
        // A proof counts for some minutes: what was typed or signed for the one before is worth nothing now.
        setProof(noProof);
        setNeedsProof(true);
      } else setProblem(refusal);
      // What it was made to is shown as it is now; what was typed stays.
      if (refusal.code.endsWith('_MOVED')) await queryClient.invalidateQueries();
    } finally {
      setBusy(false);
    }
  };
  return {
    run,
    busy,
    problem,
    askProof: needsProof ? <ProveAgain value={proof} onChange={setProof} /> : null,
    lacksProof: needsProof && !isComplete(proof),
  };
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
  const given = reason.trim();
  const { run, busy, problem, askProof, lacksProof } = useStepUp(() =>
    onRun(given === '' ? undefined : given),
  );
  const faults = faultsOf(problem);
  const lacks = incomplete || (asks === 'required' && given === '') || lacksProof;
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
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
        {askProof}
        {problem ? <Fault of={problem} elsewhere={['reason', ...fields]} /> : null}
        <Button type="submit" mt="md" loading={busy} disabled={lacks}>
          {verb}
        </Button>
      </form>
    </Modal>
  );
};
