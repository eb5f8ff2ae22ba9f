/** What a sync would do, planned and kept for 30 days. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Job } from '../../api/operations.ts';
import { makePlan, type Plan, plansQuery, statusQuery } from '../../api/sync.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { JobLine, useFollowedJob } from '../../kit/followed-job.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from '../sync/sync.module.css';
import { DangerWords, planName } from './plan-parts.tsx';

/** Over which connections; one that fails would keep all of it from being made, so it is left out at first. */
const PlanDialog = ({
  onStarted,
  onClose,
}: {
  readonly onStarted: (job: string) => void;
  readonly onClose: () => void;
}) => {
  const { data } = useQuery(statusQuery);
  const connections = (data?.connections ?? []).filter(({ isEnabled }) => isEnabled);
  const [left, setLeft] = useState<ReadonlySet<string>>();
  const out =
    left ?? new Set(connections.flatMap((each) => (each.state === 'failing' ? [each.connection] : [])));
  const over = connections.filter(({ connection }) => !out.has(connection));
  return (
    <ActionDialog
      title="Plan a sync"
      verb="Plan it"
      incomplete={over.length === 0}
      onClose={onClose}
      onRun={async () => {
        const names = over.map(({ connection }) => connection);
        onStarted((await makePlan(names.length === connections.length ? [] : names)).id);
        onClose();
      }}
    >
      <p>Both sides are read and nothing is written. The plan is kept for 30 days.</p>
      <fieldset className={styles['over']}>
        <legend>Over</legend>
        {connections.map(({ connection, state }) => (
          <label key={connection}>
            <input
              type="checkbox"
              checked={!out.has(connection)}
              onChange={(event) => {
                const next = new Set(out);
                if (event.currentTarget.checked) next.delete(connection);
                else next.add(connection);
                setLeft(next);
              }}
            />
            {connection}
            {state === 'failing' ? <span className="bad"> fails just now</span> : null}
          </label>
        ))}
      </fieldset>
    </ActionDialog>
  );
};

const PlanNow = () => {
  const may = useMay('sync:run');
  const { job, over, follow } = useFollowedJob('/plans');
  const [asking, setAsking] = useState(false);
  if (!may) return null;
  return (
    <>
      <ActButton
        why={job && !over ? 'A plan that you asked for is still being made.' : undefined}
        onPress={() => setAsking(true)}
      >
        Plan now…
      </ActButton>
      {asking ? <PlanDialog onStarted={follow} onClose={() => setAsking(false)} /> : null}
    </>
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
  const { over } = useFollowedJob('/plans');
  const queryClient = useQueryClient();
  useEffect(() => {
    if (over) void queryClient.invalidateQueries({ queryKey: ['plans', 'list'] });
  }, [queryClient, over]);
  return (
    <JobLine
      page="/plans"
      words={states}
      more={(job) => {
        const made = planOf(job);
        return made === undefined ? null : (
          <RecordLink kind="plan" id={made}>
            See the plan
          </RecordLink>
        );
      }}
    />
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
