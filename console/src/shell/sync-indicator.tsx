import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statusQuery } from '../api/sync.ts';
import styles from './shell.module.css';
import { useMay } from './use-session.ts';

/** Whether both sides are being kept in agreement: running ones of all, and what is wrong. */
export const SyncIndicator = () => {
  const may = useMay('sync:read');
  const { data } = useQuery({ ...statusQuery, enabled: may });
  if (!may || !data || data.connections.length === 0) return null;
  const failing = data.connections.filter(({ state }) => state === 'failing' || state === 'late').length;
  const running = data.connections.filter(({ state }) => state === 'running').length;
  const words =
    failing > 0
      ? `${failing} of ${data.connections.length} need attention`
      : running > 0
        ? `syncing ${running}/${data.connections.length}`
        : 'in sync';
  return (
    <Link
      to="/sync"
      className={styles['headerButton'] ?? ''}
      title={data.connections.map(({ connection, state }) => `${connection}: ${state}`).join('\n')}
    >
      <span aria-hidden="true" className={failing > 0 ? 'bad' : 'good'}>
        {failing > 0 ? '▲' : '●'}
      </span>
      {words}
    </Link>
  );
};
