/** Is it running, is it on time, what is stuck, what did it do? */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statusQuery } from '../../api/sync.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { Latest } from './latest.tsx';
import { JobStrip, RunNow } from './run-now.tsx';
import { RunningNow } from './running.tsx';
import { SyncNav } from './sync-nav.tsx';
import styles from './sync.module.css';
import { words } from './words.ts';

export const SyncPage = () => {
  const query = useQuery(statusQuery);
  return (
    <div className={detail['page']}>
      <div className={styles['pageHead']}>
        <PageTitle title={words.title} />
        <RunNow />
      </div>
      <SyncNav current="/sync" />
      <JobStrip />
      <Loaded query={query}>
        {({ connections, running, workers }) => (
          <>
            {workers > 0 ? null : (
              <p className={`attention ${styles['told'] ?? ''}`} role="status">
                No worker is running: nothing runs by schedule, and what is asked for waits. Start one:{' '}
                <code>tieline worker</code>, or <code>tieline serve --worker</code>.
              </p>
            )}
            <RunningNow of={running} />
            {connections.length === 0 ? (
              <p className={styles['told']}>
                Nothing is connected yet. <Link to="/connections">Add a connection</Link>.
              </p>
            ) : (
              <div className={styles['cards']}>
                {connections.map((each) => (
                  <ConnectionCard key={each.connection} of={each} />
                ))}
              </div>
            )}
          </>
        )}
      </Loaded>
      <Latest />
    </div>
  );
};
