/** Starts a sync, and follows the job that does it. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { runSync } from '../../api/operations.ts';
import { JobLine, StartJob, useFollowedJob } from '../../kit/followed-job.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { jobStates } from './words.ts';

export const RunNow = () =>
  useMay('sync:run') ? (
    <StartJob
      page="/sync"
      start={runSync}
      notStarted="The sync was not started"
      stillRuns="A sync that you started is still running."
    >
      Run now
    </StartJob>
  ) : null;

/** How far the sync is that was started from here; its end makes the list of runs new. */
export const JobStrip = () => {
  const { id, job, over } = useFollowedJob('/sync');
  const queryClient = useQueryClient();
  const operationId = job?.operationId;
  useEffect(() => {
    if (id !== undefined) void queryClient.invalidateQueries({ queryKey: ['list', 'operations'] });
  }, [queryClient, id, operationId, over]);
  return (
    <JobLine
      page="/sync"
      words={jobStates}
      more={(of) =>
        of.operationId === null ? null : (
          <RecordLink kind="operation" id={of.operationId}>
            See this run
          </RecordLink>
        )
      }
    />
  );
};
