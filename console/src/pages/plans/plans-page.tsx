/** What a sync would do, planned and kept for 30 days. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { isOver, type Job, jobQuery } from '../../api/operations.ts';
import { problemOf } from '../../api/http/problem.ts';
import { makePlan, type Plan, plansQuery } from '../../api/sync.ts';
import { ActButton } from '../../kit/act-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from '../sync/sync.module.css';
import { DangerWords, planName } from './plan-parts.tsx';

const useGoTo = () => {
  const router = useRouter();
  return (job: string | undefined): void =>
    void router.navigate({ to: '/plans', search: (before) => ({ ...before, job }), resetScroll: false });
};

function useJob() {
  const { job: id } = useSearch({ strict: false });
  const query = useQuery({ ...jobQuery(id ?? ''), enabled: id !== undefined });
  return { id, query, job: id === undefined ? undefined : query.data };
}

const PlanNow = () => {
  const may = useMay('sync:run');
  const goTo = useGoTo();
  const { job } = useJob();
  const [busy, setBusy] = useState(false);
  if (!may) return null;
  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      goTo((await makePlan()).id);
    } catch (error) {
      tellProblem('The plan was not started', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ActButton
      why={job && !isOver(job) ? 'A plan that you asked for is still being made.' : undefined}
      loading={busy}
      onPress={() => void start()}
    >
      Plan now
    </ActButton>
  );
};

const states: Readonly<Record<Job['state'], string>> = {
  queued: 'The plan waits for a worker.',
  running: 'Both sides are being read; nothing is written.',
  succeeded: 'The plan is made.',
  failed: 'The plan was not made.',
  cancelled: 'The plan was stopped.',
};

const planOf = ({ result }: Job): string | undefined =>
  typeof result === 'object' && result !== null && 'planId' in result && typeof result['planId'] === 'string'
    ? result['planId']
    : undefined;

const PlanJob = () => {
  const { id, query, job } = useJob();
  const goTo = useGoTo();
  const queryClient = useQueryClient();
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over) void queryClient.invalidateQueries({ queryKey: ['plans', 'list'] });
  }, [queryClient, over]);
  if (id === undefined) return null;
  const made = job && planOf(job);
  return (
    <p role="status" className={styles['told']}>
      {job ? (
        <>
          <span className={job.state === 'failed' ? 'bad strong' : 'strong'}>{states[job.state]}</span>{' '}
          {over ? '' : [job.progress.step, job.progress.done?.toLocaleString('en')].filter(Boolean).join(' ')}{' '}
          {job.problem === null ? null : (
            <>
              {job.problem.message} {job.problem.remedy}{' '}
              <span className="mono quiet">{job.problem.code}</span>{' '}
            </>
          )}
          {made === undefined ? null : (
            <RecordLink kind="plan" id={made}>
              See the plan
            </RecordLink>
          )}
        </>
      ) : query.error ? (
        problemOf(query.error).message
      ) : (
        'Loading…'
      )}{' '}
      {over || query.error ? (
        <Button variant="default" size="compact-xs" onClick={() => goTo(undefined)}>
          Hide
        </Button>
      ) : null}
    </p>
  );
};

const Line = ({ of }: { readonly of: Plan }) => (
  <tr>
    <td>
      <Link to="/plans/$planId" params={{ planId: of.planId }} search={{}}>
        {planName(of)}
      </Link>
    </td>
    <td>
      <At at={of.madeAt} />
    </td>
    <td>{of.madeBy}</td>
    <td>{of.systems.join(', ')}</td>
    <td>{of.items.toLocaleString('en')}</td>
    <td>
      <DangerWords of={of} />
    </td>
    <td>
      {of.appliedAt === null ? (
        <span className="quiet">
          kept until <At at={of.expiresAt} />
        </span>
      ) : (
        <>
          applied by {of.appliedBy} <When at={of.appliedAt} />
        </>
      )}
    </td>
  </tr>
);

export const PlansPage = () => (
  <div className={detail['page']}>
    <div className={styles['pageHead']}>
      <PageTitle title="Plans" />
      <PlanNow />
    </div>
    <PlanJob />
    <Loaded query={useQuery(plansQuery)}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={styles['told']}>
            No plan is kept. A plan reads both sides and shows what a sync would do, without doing it.
          </p>
        ) : (
          <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Plans, to scroll">
            <table className={detail['table']}>
              <thead>
                <tr>
                  <th scope="col">Plan</th>
                  <th scope="col">Made</th>
                  <th scope="col">By</th>
                  <th scope="col">Over</th>
                  <th scope="col">Changes</th>
                  <th scope="col">Of these</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {items.map((each) => (
                  <Line key={each.planId} of={each} />
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  </div>
);
