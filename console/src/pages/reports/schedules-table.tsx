/** What is made by itself, and what its last run came to. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { endSchedule, type ReportTemplate } from '../../api/work/reports.ts';
import detail from '../../kit/detail/detail.module.css';
import { At, When } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';

const LastRun = ({ of: { lastOutcome, lastRunAt } }: { readonly of: ReportTemplate }) => (
  <>
    <When at={lastRunAt} />
    {lastOutcome !== null && 'code' in lastOutcome ? (
      <div className="bad">
        Nothing was made: {lastOutcome.message} <span className="mono">{lastOutcome.code}</span>
      </div>
    ) : null}
  </>
);

const Line = ({ of }: { readonly of: ReportTemplate }) => {
  const queryClient = useQueryClient();
  const end = async (): Promise<void> => {
    try {
      await endSchedule(of.name);
      tell(`The schedule ${of.name} has ended; its reports stay.`);
      await queryClient.invalidateQueries({ queryKey: ['reports'] });
    } catch (error) {
      tellProblem('The schedule was not ended', error);
    }
  };
  return (
    <tr>
      <td>
        <div className="strong">{of.name}</div>
        <div className="quiet">{of.title}</div>
        {of.recipients.length === 0 ? null : <div className="quiet">Told: {of.recipients.join(', ')}</div>}
        {of.outside.map(({ address, recipient }) => (
          <div key={address} className="quiet">
            Sent outside: {recipient}, {address}
          </div>
        ))}
      </td>
      <td>{of.boundary ?? 'all'}</td>
      <td>
        <span className="mono">{of.schedule?.cron}</span>
        <div className="quiet">{of.nextRunAt === null ? null : <At at={of.nextRunAt} />}</div>
      </td>
      <td>{of.owner}</td>
      <td>
        <LastRun of={of} />
      </td>
      <td>
        {of.isOwn ? (
          <Button variant="default" size="compact-xs" onClick={() => void end()}>
            End
          </Button>
        ) : null}
      </td>
    </tr>
  );
};

export const SchedulesTable = ({ items }: { readonly items: readonly ReportTemplate[] }) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Schedules of reports, to scroll">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Schedule</th>
          <th scope="col">Boundary</th>
          <th scope="col">When (UTC), and next</th>
          <th scope="col">With the rights of</th>
          <th scope="col">Last time</th>
          <th scope="col">Actions</th>
        </tr>
      </thead>
      <tbody>
        {items.map((each) => (
          <Line key={each.id} of={each} />
        ))}
      </tbody>
    </table>
  </div>
);
