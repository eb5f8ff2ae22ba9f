/** When each connection is synced by itself. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchSchedule, removeSchedule, type Schedule, schedulesQuery, statusQuery } from '../../api/sync.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { nameWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { NextTimes } from './next-times.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { SyncNav } from '../sync/sync-nav.tsx';
import styles from '../sync/sync.module.css';

type Opened = { readonly schedule: Schedule | undefined } | undefined;

const reads = ({ entities, full }: Schedule): string =>
  `${entities.length === 0 ? 'Everything' : entities.map(nameWords).join(', ')}${full ? ', in full' : ''}`;

const Actions = ({ of, onChange }: { readonly of: Schedule; readonly onChange: () => void }) => {
  const queryClient = useQueryClient();
  const [sure, setSure] = useState(false);
  const drop = async (): Promise<void> => {
    try {
      const { etag } = await fetchSchedule(of.system, of.name);
      await removeSchedule(of.system, of.name, etag);
      tell(`The schedule ${of.name} of ${of.system} was removed.`);
      await queryClient.invalidateQueries({ queryKey: ['sync'] });
    } catch (error) {
      tellProblem('The schedule was not removed', error);
    }
  };
  return (
    <td style={{ whiteSpace: 'nowrap' }}>
      <Button variant="default" size="compact-xs" mr={6} onClick={onChange}>
        Change
      </Button>
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => (sure ? void drop() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {sure ? 'Remove for good' : 'Remove'}
      </Button>
    </td>
  );
};

const Line = ({
  of,
  may,
  onChange,
}: {
  readonly of: Schedule;
  readonly may: boolean;
  readonly onChange: () => void;
}) => (
  <tr>
    <td>{of.system}</td>
    <td>{of.name}</td>
    <td>
      {of.words}
      <div className="quiet mono">{of.cron}</div>
      {of.jitterSeconds > 0 ? <div className="quiet">up to {of.jitterSeconds} s later</div> : null}
    </td>
    <td>{reads(of)}</td>
    <td>
      {!of.enabled ? (
        <span className="attention">off</span>
      ) : !of.systemEnabled ? (
        <span className="attention">left out: {of.system} is paused or off</span>
      ) : (
        <NextTimes of={of.next} />
      )}
    </td>
    <td>
      {of.lastRunAt === null ? (
        <Nothing word="never" />
      ) : (
        <>
          <When at={of.lastRunAt} />
          <div className={of.lastOutcome?.startsWith('failed') ? 'bad' : 'quiet'}>{of.lastOutcome}</div>
        </>
      )}
    </td>
    {may ? <Actions of={of} onChange={onChange} /> : null}
  </tr>
);

export const SchedulesPage = () => {
  const query = useQuery(schedulesQuery);
  const connections = useQuery(statusQuery).data?.connections ?? [];
  const may = useMay('sync:operate');
  const [opened, setOpened] = useState<Opened>();
  return (
    <div className={detail['page']}>
      <div className={styles['pageHead']}>
        <PageTitle title="Schedules" />
        {may && connections.length > 0 ? (
          <Button onClick={() => setOpened({ schedule: undefined })}>Add a schedule</Button>
        ) : null}
      </div>
      <SyncNav current="/sync/schedules" />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles['told']}>
              No schedule yet: a connection is synced only when somebody runs it.
              {may && connections.length === 0 ? ' Add a connection first.' : ''}
            </p>
          ) : (
            <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Schedules, to scroll">
              <table className={detail['table']}>
                <thead>
                  <tr>
                    <th scope="col">Other side</th>
                    <th scope="col">Name</th>
                    <th scope="col">When</th>
                    <th scope="col">What is read</th>
                    <th scope="col">Next five times</th>
                    <th scope="col">Last time</th>
                    {may ? <th scope="col">Actions</th> : null}
                  </tr>
                </thead>
                <tbody>
                  {items.map((each) => (
                    <Line
                      key={`${each.system} ${each.name}`}
                      of={each}
                      may={may}
                      onChange={() => setOpened({ schedule: each })}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      {opened ? (
        <ScheduleDialog
          present={opened.schedule}
          connections={connections}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
    </div>
  );
};
