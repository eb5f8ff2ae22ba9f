/** What is being sent, and what the server has not finished; when something of it ends, the list is made new. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { cancelImport, type ImportRow, openImportsQuery, placesQuery } from '../../api/imports.ts';
import { tellProblem } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './imports.module.css';
import { type Sending, sendAgain, stopSending, useSending } from './sending.ts';
import { sizeWords, states } from './words.ts';

const OnTheWay = ({ of }: { readonly of: Sending }) => (
  <li>
    <span className={styles['name']}>{of.file.name}</span>
    {of.state === 'failed' ? (
      <span className="bad strong">Not sent</span>
    ) : (
      <>
        <progress
          aria-label={`${of.file.name}, how much is sent`}
          max={Math.max(of.file.size, 1)}
          value={of.sent}
        />
        <span className="quiet">
          {of.state === 'waiting'
            ? `waits for its turn, ${sizeWords(of.file.size)}`
            : `${sizeWords(of.sent)} of ${sizeWords(of.file.size)} sent`}
        </span>
      </>
    )}
    {of.problem === undefined ? null : (
      <span className={styles['told']} role="alert">
        {of.problem.message} {of.problem.body.errors?.map(({ detail }) => detail).join('; ')}{' '}
        {of.problem.body.remedy} <span className="quiet mono">{of.problem.code}</span>
      </span>
    )}
    <span>
      {of.state === 'failed' ? (
        <Button variant="default" size="compact-xs" mr={8} onClick={() => sendAgain(of.id, of.place)}>
          Send again
        </Button>
      ) : null}
      <Button variant="default" size="compact-xs" onClick={() => stopSending(of.id)}>
        {of.state === 'failed' ? 'Hide' : 'Cancel'}
      </Button>
    </span>
  </li>
);

export const CancelImport = ({ id, small = false }: { readonly id: string; readonly small?: boolean }) => {
  const queryClient = useQueryClient();
  const cancel = async (): Promise<void> => {
    try {
      await cancelImport(id);
      await queryClient.invalidateQueries({ queryKey: ['imports'] });
    } catch (error) {
      tellProblem('The import was not cancelled', error);
    }
  };
  return (
    <Button variant="default" {...(small ? { size: 'compact-xs' } : {})} onClick={() => void cancel()}>
      Cancel
    </Button>
  );
};

const AtTheServer = ({ of, workers }: { readonly of: ImportRow; readonly workers: number | undefined }) => {
  const may = useMay('import:write');
  return (
    <li>
      <span className={styles['name']}>
        <RecordLink kind="import" id={of.id}>
          {of.file}
        </RecordLink>
      </span>
      <span className={states[of.state].tone}>{states[of.state].text}</span>
      {of.itemsUntilNow === null ? null : (
        <span className="quiet">{of.itemsUntilNow.toLocaleString('en')} items read</span>
      )}
      {workers === 0 ? (
        <span className="attention">
          No worker is running, so it stands still. Start one: <code>tieline worker</code>, or{' '}
          <code>tieline serve --worker</code>
        </span>
      ) : null}
      {of.problem === null ? null : <span className="quiet">{of.problem}</span>}
      {may ? <CancelImport id={of.id} small /> : <span />}
    </li>
  );
};

export const UnderWay = () => {
  const queryClient = useQueryClient();
  const sending = useSending();
  const open = useQuery(openImportsQuery).data?.items ?? [];
  const workers = useQuery({ ...placesQuery, refetchInterval: open.length > 0 ? 5000 : false }).data?.workers;
  const which = open.map(({ id, state }) => `${id} ${state}`).join();
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ['list', 'imports'] });
  }, [queryClient, which]);
  if (sending.length === 0 && open.length === 0) return null;
  return (
    <ul className={styles['under']} aria-label="Under way">
      {sending.map((each) => (
        <OnTheWay key={each.id} of={each} />
      ))}
      {open.map((each) => (
        <AtTheServer key={each.id} of={each} workers={workers} />
      ))}
    </ul>
  );
};
