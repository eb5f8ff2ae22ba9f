/** Sends a file of a feed; a worker loads it, which is followed until it is over. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type FeedStatus, sendFeed } from '../../api/intelligence.ts';
import { isOver, type Job, jobQuery } from '../../api/operations.ts';
import { tellProblem } from '../../kit/notice.tsx';

const states: Readonly<Record<Job['state'], string>> = {
  queued: 'waits for a worker',
  running: 'is being loaded',
  succeeded: 'loaded',
  failed: 'was not loaded:',
  cancelled: 'cancelled',
};

const Progress = ({ id }: { readonly id: string }) => {
  const queryClient = useQueryClient();
  const { data: job } = useQuery(jobQuery(id));
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over) void queryClient.invalidateQueries({ queryKey: ['intelligence'] });
  }, [over, queryClient]);
  if (!job) return null;
  return (
    <div role="status" className={job.state === 'failed' ? 'bad' : 'quiet'}>
      {states[job.state]} {job.problem?.message ?? ''}
      {job.problem?.fields?.map(({ field, message }) => (
        <div key={field}>
          {field}: {message}
        </div>
      ))}
    </div>
  );
};

export const SendFeed = ({ feed }: { readonly feed: FeedStatus['feed'] }) => {
  const input = useRef<HTMLInputElement>(null);
  const [job, setJob] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (file: File): Promise<void> => {
    setBusy(true);
    try {
      const { signal } = new AbortController();
      setJob((await sendFeed(file, feed, { signal, onSent: () => undefined })).id);
    } catch (error) {
      tellProblem(`${file.name} was not sent`, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`A file of ${feed}`}
        accept=".json,.csv,.gz,.zip"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void send(file);
          event.currentTarget.value = '';
        }}
      />
      <Button
        variant="default"
        size="compact-xs"
        loading={busy}
        aria-label={`Load a file of ${feed}`}
        onClick={() => input.current?.click()}
      >
        Load a file
      </Button>
      {job === undefined ? null : <Progress id={job} />}
    </>
  );
};
