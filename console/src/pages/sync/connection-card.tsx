/** One connection: how it is in words, since when, what waits, and why. Every number is a link to its list. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { countQuery } from '../../api/lists.ts';
import type { Connection } from '../../api/sync.ts';
import { nameWords } from '../../kit/marks/values.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import type { Search } from '../../kit/search.ts';
import { useMay } from '../../shell/use-session.ts';
import { SwitchDialog } from '../connections/switch-dialog.tsx';
import styles from './sync.module.css';
import { connectionStates } from './words.ts';

const Waits = ({
  to,
  noun,
  filters,
  one,
  many,
  tone = '',
}: {
  readonly to: string;
  readonly noun: string;
  readonly filters: Search;
  readonly one: string;
  readonly many: string;
  readonly tone?: string;
}) => {
  const { system } = useSearch({ strict: false });
  const query = useQuery(countQuery(noun, { ...filters, system }));
  if (query.isPending) return <li className="quiet">…</li>;
  if (query.isError) return <li className="quiet">{many}: could not be counted</li>;
  const { count, exact } = query.data;
  return (
    <li>
      <Link to={to} search={filters} className={count === 0 ? 'quiet' : tone}>
        {exact ? count.toLocaleString('en') : `over ${count.toLocaleString('en')}`} {count === 1 ? one : many}
      </Link>
    </li>
  );
};

const Waiting = ({ connection }: { readonly connection: string }) => {
  const seesConflicts = useMay('conflict:read');
  const seesMatches = useMay('link:read');
  const outbox = { to: '/sync/outbox', noun: 'outbox' };
  return (
    <ul className={styles['waiting']} aria-label="What waits">
      <Waits
        {...outbox}
        filters={{ connection, state: 'pending,sent' }}
        one="change to be sent"
        many="changes to be sent"
      />
      <Waits
        {...outbox}
        filters={{ connection, state: 'waiting' }}
        one="change waits for approval"
        many="changes wait for approval"
        tone="attention"
      />
      <Waits
        {...outbox}
        filters={{ connection, state: 'failed' }}
        one="change refused"
        many="changes refused"
        tone="bad strong"
      />
      {seesConflicts ? (
        <Waits
          to="/conflicts"
          noun="conflicts"
          filters={{ connection }}
          one="conflict"
          many="conflicts"
          tone="attention"
        />
      ) : null}
      {seesMatches ? (
        <Waits
          to="/matches"
          noun="matches"
          filters={{ connection }}
          one="match to review"
          many="matches to review"
          tone="attention"
        />
      ) : null}
    </ul>
  );
};

const healthTone: Readonly<Record<string, string>> = {
  healthy: 'good',
  degraded: 'attention',
  unhealthy: 'bad strong',
};

const Health = ({ of }: { readonly of: Connection }) =>
  of.health.length === 0 ? (
    <p className="quiet">It has not been checked yet. A worker does it every few minutes.</p>
  ) : (
    <table className={styles['health']}>
      <tbody>
        {of.health.map(({ check, status, detail, checkedAt }) => (
          <tr key={check}>
            <th scope="row">{nameWords(check)}</th>
            <td>
              <span className={healthTone[status] ?? ''}>{status}</span>
              {detail === null ? '' : `: ${detail}`}
            </td>
            <td className="quiet">
              <When at={checkedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const Marks = ({ of }: { readonly of: Connection }) =>
  of.marks.length === 0 ? null : (
    <details>
      <summary>Read until</summary>
      <table className={styles['health']}>
        <tbody>
          {of.marks.map(({ entity, readAt, isUnfinished }) => (
            <tr key={entity}>
              <th scope="row">{nameWords(entity)}</th>
              <td>
                <At at={readAt} />
                {isUnfinished ? (
                  <span className="attention"> a read was interrupted; the next run continues it</span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );

/** Why it is as it is, where the word does not say it. */
const Why = ({ of }: { readonly of: Connection }) => (
  <>
    {of.why === null ? null : <p className={connectionStates[of.state].tone}>{of.why}</p>}
    {of.sendingPausedAt === null || of.state === 'paused' ? null : (
      <p className="attention">
        Nothing is sent: paused by {of.sendingPausedBy ?? 'somebody'} <When at={of.sendingPausedAt} />
        {of.sendingPausedReason === null ? '' : `: ${of.sendingPausedReason}`}
      </p>
    )}
    {of.circuit === 'closed' ? null : (
      <p className="bad">
        The latest calls all failed, so that it is left alone for a while before it is tried again.{' '}
        <Link to="/sync/calls" search={{ connection: of.connection, failed: 'yes' }}>
          Failed calls
        </Link>
      </p>
    )}
  </>
);

/** Pauses or resumes it, for who administers connections. */
const Switch = ({ of: { connection, isEnabled, pausedAt } }: { readonly of: Connection }) => {
  const may = useMay('connection:admin');
  // As it was when the button was pressed: a colleague's pause must not turn the open dialog into a resume.
  const [asked, setAsked] = useState<'pause' | 'resume'>();
  const way = pausedAt === null ? 'pause' : 'resume';
  if (!may || (!isEnabled && pausedAt === null)) return null;
  return (
    <>
      <Button variant="default" size="compact-xs" ml="auto" onClick={() => setAsked(way)}>
        {way === 'pause' ? 'Pause…' : 'Resume…'}
      </Button>
      {asked ? (
        <SwitchDialog connection={connection} way={asked} onClose={() => setAsked(undefined)} />
      ) : null}
    </>
  );
};

export const ConnectionCard = ({ of }: { readonly of: Connection }) => {
  const { text, tone, shape, meaning } = connectionStates[of.state];
  return (
    <section className={styles['card']} aria-label={of.connection}>
      <div className={styles['cardHead']}>
        <h2>{of.connection}</h2>
        <span className={tone} title={meaning}>
          <span aria-hidden="true">{shape}</span> {text}
        </span>
      </div>
      <Why of={of} />
      <p>
        <span className="quiet">last success </span>
        <When at={of.lastSuccess} />
        <span className="quiet"> · next run </span>
        {of.nextRun === null ? (
          <Link to="/sync/schedules" search={{}}>
            no schedule
          </Link>
        ) : (
          <When at={of.nextRun} />
        )}
        {of.unsentSince === null ? null : (
          <>
            <span className="quiet"> · oldest unsent change </span>
            <When at={of.unsentSince} />
          </>
        )}
      </p>
      <Waiting connection={of.connection} />
      <Health of={of} />
      <Marks of={of} />
      <p className={styles['cardLinks']}>
        <Link to="/sync/runs" search={{ connection: of.connection }}>
          Timeline
        </Link>
        <Link to="/sync/calls" search={{ connection: of.connection }}>
          Calls
        </Link>
        <Switch of={of} />
      </p>
    </section>
  );
};
