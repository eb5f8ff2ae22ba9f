/** What processes are at now, with how far they are, and a way to stop them. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { stopOperation } from '../../api/operations.ts';
import type { Running } from '../../api/sync.ts';
import { nameWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { useNow } from '../../kit/now.ts';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './sync.module.css';
import { runWords } from './words.ts';

/** `4 min 12 s` */
function elapsedWords(startedAt: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - new Date(startedAt).getTime()) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const Far = ({ of }: { readonly of: Running }) => {
  if (of.step === null) return <span className="quiet">begins</span>;
  const where = [of.connection, nameWords(of.step).toLowerCase()].filter(Boolean).join(': ');
  return (
    <>
      <span>{where}</span>
      {of.done === null ? null : (
        <>
          {of.total === null || of.total === 0 ? null : (
            <progress aria-label={`How far: ${where}`} max={of.total} value={Math.min(of.done, of.total)} />
          )}
          <span className="quiet">
            {of.done.toLocaleString('en')}
            {of.total === null ? '' : ` of ${of.total.toLocaleString('en')}`}
          </span>
        </>
      )}
    </>
  );
};

export const Run = ({
  of,
  withLink = true,
  withStop = true,
}: {
  readonly of: Running;
  readonly withLink?: boolean;
  /** Not where the page has the button in its head. */
  readonly withStop?: boolean;
}) => {
  const may = useMay('sync:operate');
  const now = useNow();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState(false);
  const stop = async (): Promise<void> => {
    setAsked(true);
    try {
      await stopOperation(of.operationId);
      tell('It stops after its current step. It continues when it is run again.');
      await queryClient.invalidateQueries({ queryKey: ['sync'] });
    } catch (error) {
      setAsked(false);
      tellProblem('The run was not stopped', error);
    }
  };
  return (
    <li>
      <span className="strong">
        {withLink ? (
          <RecordLink kind="operation" id={of.operationId}>
            {runWords(of.type)}
          </RecordLink>
        ) : (
          runWords(of.type)
        )}
      </span>
      <Far of={of} />
      {of.startedAt === null ? null : (
        <span className="quiet">
          for {elapsedWords(of.startedAt, now)}, started <When at={of.startedAt} />
        </span>
      )}
      {of.isSilent ? (
        <span className="attention">
          Its process has said nothing for a minute: it was ended, or cannot reach the database. The next run
          continues it.
        </span>
      ) : null}
      {of.cancelRequestedBy === null ? null : (
        <span className="attention">{of.cancelRequestedBy || 'Somebody'} asked it to stop.</span>
      )}
      {may && withStop && of.cancelRequestedBy === null ? (
        <Button variant="default" size="compact-xs" disabled={asked} onClick={() => void stop()}>
          Stop
        </Button>
      ) : null}
    </li>
  );
};

export const RunningNow = ({ of }: { readonly of: readonly Running[] }) =>
  of.length === 0 ? null : (
    <section aria-label="Running now" className={styles['now']}>
      <h2>Running now</h2>
      <ul className={styles['running']}>
        {of.map((each) => (
          <Run key={each.operationId} of={each} />
        ))}
      </ul>
    </section>
  );
