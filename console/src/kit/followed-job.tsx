/** A job that a page starts and follows. Which it is stands in the URL: it is still followed after a reload, and by who is sent the address. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { problemOf } from '../api/http/problem.ts';
import { isOver, type Job, jobQuery } from '../api/operations.ts';
import { ActButton } from './act/act-button.tsx';
import styles from './followed-job.module.css';
import { tellProblem } from './notice.tsx';

type Page = '/plans' | '/sync';

export function useFollowedJob(page: Page) {
  const router = useRouter();
  const { job: id } = useSearch({ strict: false });
  const query = useQuery({ ...jobQuery(id ?? ''), enabled: id !== undefined });
  const job = id === undefined ? undefined : query.data;
  return {
    id,
    job,
    error: query.error,
    over: job !== undefined && isOver(job),
    follow: (next: string | undefined): void =>
      void router.navigate({
        to: page,
        search: (before) => ({ ...before, job: next }),
        resetScroll: false,
      }),
  };
}

export const StartJob = ({
  page,
  start,
  notStarted,
  stillRuns,
  children,
}: {
  readonly page: Page;
  readonly start: () => Promise<Job>;
  /** Said where the server refuses it. */
  readonly notStarted: string;
  /** Why it cannot be started again yet. */
  readonly stillRuns: string;
  readonly children: ReactNode;
}) => {
  const { job, over, follow } = useFollowedJob(page);
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      follow((await start()).id);
    } catch (error) {
      tellProblem(notStarted, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ActButton why={job && !over ? stillRuns : undefined} loading={busy} onPress={() => void run()}>
      {children}
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

/** How far it is, and what it came to. @param words for each state. @param more what follows once something is known of it. */
export const JobLine = ({
  page,
  words,
  more,
}: {
  readonly page: Page;
  readonly words: Readonly<Record<Job['state'], string>>;
  readonly more: (job: Job) => ReactNode;
}) => {
  const { id, job, error, over, follow } = useFollowedJob(page);
  if (id === undefined) return null;
  return (
    <p role="status" className={styles['told']}>
      {job ? (
        <>
          <span className={job.state === 'failed' ? 'bad strong' : 'strong'}>{words[job.state]}</span>{' '}
          {over ? null : progressWords(job)}{' '}
          {job.problem === null ? null : (
            <>
              {job.problem.message} {job.problem.remedy}{' '}
              <span className="mono quiet">{job.problem.code}</span>{' '}
            </>
          )}
          {more(job)}
        </>
      ) : error ? (
        problemOf(error).message
      ) : (
        'Loading…'
      )}{' '}
      {over || error ? (
        <Button variant="default" size="compact-xs" onClick={() => follow(undefined)}>
          Hide
        </Button>
      ) : null}
    </p>
  );
};
