/** Applies exactly what the plan shows, after one more question; asks for the password again where it was given too long ago. */
import { Button, Modal, PasswordInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { stepUp } from '../../api/session.ts';
import { isOver, jobQuery } from '../../api/operations.ts';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { applyPlan, type Plan } from '../../api/sync.ts';
import { ActButton } from '../../kit/act-button.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useSession } from '../../shell/use-session.ts';
import { DangerWords } from './plan-parts.tsx';

const Outcome = ({ job: id, planId }: { readonly job: string; readonly planId: string }) => {
  const queryClient = useQueryClient();
  const { data: job } = useQuery(jobQuery(id));
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over) void queryClient.invalidateQueries({ queryKey: ['plans', planId] });
  }, [queryClient, over, planId]);
  return (
    <span role="status">
      {job === undefined || job.state === 'queued'
        ? 'It waits for a worker.'
        : job.state === 'running'
          ? `Being applied. ${job.progress.step ?? ''}`
          : job.state === 'succeeded'
            ? 'Applied.'
            : `Not applied: ${job.problem?.message ?? 'it was stopped'} ${job.problem?.remedy ?? ''}`}{' '}
      {job === undefined || job.operationId === null ? null : (
        <RecordLink kind="operation" id={job.operationId}>
          See this run
        </RecordLink>
      )}
    </span>
  );
};

function useApply(plan: Plan, onStarted: (job: string) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [needsPassword, setNeedsPassword] = useState(false);
  const run = async (password: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (needsPassword) await stepUp(password);
      setNeedsPassword(false);
      onStarted((await applyPlan(plan.planId, plan.sha256)).id);
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.code === 'STEP_UP_NEEDED') setNeedsPassword(true);
      else setProblem(refusal);
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem, needsPassword };
}

const Password = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => {
  const { session } = useSession();
  return session?.canStepUp === false ? (
    <p className="attention" role="alert">
      You signed in too long ago for this. Sign out and in again, then repeat it.
    </p>
  ) : (
    <PasswordInput
      mt="sm"
      label="Your password"
      autoComplete="current-password"
      visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
    />
  );
};

const Dialog = ({
  of,
  onStarted,
  onClose,
}: {
  readonly of: Plan;
  readonly onStarted: (job: string) => void;
  readonly onClose: () => void;
}) => {
  const [password, setPassword] = useState('');
  const { run, busy, problem, needsPassword } = useApply(of, onStarted);
  return (
    <Modal opened onClose={onClose} title="Apply this plan" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(password);
        }}
      >
        <p>
          Both sides are read again. If exactly this comes out, it is done: <DangerWords of={of} />. If
          anything moved meanwhile, nothing is done, and what moved is named.
        </p>
        {needsPassword ? <Password value={password} onChange={setPassword} /> : null}
        {problem === undefined ? null : (
          <p className="bad" role="alert">
            {problem.message} {problem.body.remedy}
          </p>
        )}
        <Button type="submit" mt="md" loading={busy}>
          Apply it
        </Button>
      </form>
    </Modal>
  );
};

export const ApplyPlan = ({ of }: { readonly of: Plan }) => {
  const [asking, setAsking] = useState(false);
  const [job, setJob] = useState<string>();
  if (job !== undefined) return <Outcome job={job} planId={of.planId} />;
  const outside = 'It holds records that are not yours: somebody who may see all of it can apply it.';
  return (
    <>
      <ActButton why={of.itemsOutside > 0 ? outside : undefined} onPress={() => setAsking(true)}>
        Apply…
      </ActButton>
      {asking ? <Dialog of={of} onStarted={setJob} onClose={() => setAsking(false)} /> : null}
    </>
  );
};
