/** Starts a sync, and follows the job that does it. Which job is in the URL. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { isOver, type Job, jobQuery, runSync } from '../../api/operations.ts';
import { problemOf } from '../../api/http/problem.ts';
import { ActButton } from '../../kit/act-button.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './sync.module.css';
import { jobStates } from './words.ts';

const useGoTo = () => {
  const router = useRouter();
  return (job: string | undefined): void =>
    void router.navigate({ to: '/sync', search: (before) => ({ ...before, job }), resetScroll: false });
};

function useJob() {
  const { job: id } = useSearch({ strict: false });
  const query = useQuery({ ...jobQuery(id ?? ''), enabled: id !== undefined });
  return { id, query, job: id === undefined ? undefined : query.data };
}

export const RunNow = () => {
  const may = useMay('sync:run');
  const goTo = useGoTo();
  const { job } = useJob();
  const [busy, setBusy] = useState(false);
  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      goTo((await runSync()).id);
    } catch (error) {
      tellProblem('The sync was not started', error);
    } finally {
      setBusy(false);
    }
  };
  const goesOn = job && !isOver(job) ? 'A sync that you started is still going on.' : undefined;
  if (!may) return null;
  return (
    <ActButton why={goesOn} loading={busy} onPress={() => void start()}>
      Run now
    </ActButton>
  );
};

const progressWords = ({ progress: { step, done, total, unit } }: Job): string =>
  [
    step ?? '',
    done === null
      ? ''
      : `${done.toLocaleString('en')}${total === null ? '' : ` of ${total.toLocaleString('en')}`}`,
    done === null ? '' : (unit ?? ''),
  ]
    .filter(Boolean)
    .join(' ');

const Told = ({ job }: { readonly job: Job }) => (
  <span>
    <span className={job.state === 'failed' ? 'bad strong' : 'strong'}>{jobStates[job.state]}</span>{' '}
    {isOver(job) ? null : progressWords(job)}{' '}
    {job.problem === null ? null : (
      <>
        {job.problem.message} {job.problem.remedy} <span className="mono quiet">{job.problem.code}</span>{' '}
      </>
    )}
    {job.operationId === null ? null : (
      <RecordLink kind="operation" id={job.operationId}>
        See this run
      </RecordLink>
    )}
  </span>
);

/** How far the sync is that was started from here; its end makes the list of runs new. */
export const JobStrip = () => {
  const { id, query, job } = useJob();
  const goTo = useGoTo();
  const queryClient = useQueryClient();
  const over = job !== undefined && isOver(job);
  const operationId = job?.operationId;
  useEffect(() => {
    if (id !== undefined) void queryClient.invalidateQueries({ queryKey: ['list', 'operations'] });
  }, [queryClient, id, operationId, over]);
  if (id === undefined) return null;
  return (
    <p role="status" className={styles['told']}>
      {job ? <Told job={job} /> : query.error ? problemOf(query.error).message : 'Loading…'}{' '}
      {over || query.error ? (
        <Button variant="default" size="compact-xs" onClick={() => goTo(undefined)}>
          Hide
        </Button>
      ) : null}
    </p>
  );
};
