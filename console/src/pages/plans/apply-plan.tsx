/** Applies exactly what the plan shows, after one more question. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isOver, jobQuery } from '../../api/operations.ts';
import { applyPlan, type Plan } from '../../api/sync.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
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

export const ApplyPlan = ({ of, whyNot }: { readonly of: Plan; readonly whyNot: string | undefined }) => {
  const [asking, setAsking] = useState(false);
  const [job, setJob] = useState<string>();
  if (job !== undefined) return <Outcome job={job} planId={of.planId} />;
  const outside = 'It holds records that are not yours: somebody who may see all of it can apply it.';
  return (
    <>
      <ActButton why={of.itemsOutside > 0 ? outside : whyNot} onPress={() => setAsking(true)}>
        Apply…
      </ActButton>
      {asking ? (
        <ActionDialog
          title="Apply this plan"
          verb="Apply it"
          onRun={async () => setJob((await applyPlan(of.planId, of.sha256)).id)}
          onClose={() => setAsking(false)}
        >
          <p>
            Both sides are read again. If exactly this comes out, it is done: <DangerWords of={of} />. If
            anything moved meanwhile, nothing is done, and what moved is named.
          </p>
        </ActionDialog>
      ) : null}
    </>
  );
};
