import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import styles from './shell.module.css';
import { useMay } from './use-session.ts';

interface SyncStatus {
  readonly connections: readonly {
    readonly name: string;
    readonly state: 'on time' | 'running' | 'late' | 'failing' | 'paused' | 'off';
  }[];
}

/** Whether both sides are being kept in agreement: running ones of all, and what is wrong. Not shown where the server has no status. */
export const SyncIndicator = () => {
  const may = useMay('sync:read');
  const { data } = useQuery({
    queryKey: ['sync', 'status'],
    queryFn: ({ signal }) => get<SyncStatus>('/sync/status', { passive: true, signal }),
    enabled: may,
    retry: false,
    refetchInterval: (query) => (query.state.error ? false : 60_000),
  });
  if (!data || data.connections.length === 0) return null;
  const failing = data.connections.filter(({ state }) => state === 'failing' || state === 'late').length;
  const running = data.connections.filter(({ state }) => state === 'running').length;
  const words =
    failing > 0
      ? `${failing} of ${data.connections.length} need attention`
      : running > 0
        ? `syncing ${running}/${data.connections.length}`
        : 'in sync';
  return (
    <span
      className={styles['headerButton']}
      title={data.connections.map(({ name, state }) => `${name}: ${state}`).join('\n')}
    >
      <span aria-hidden="true" className={failing > 0 ? 'bad' : 'good'}>
        {failing > 0 ? '▲' : '●'}
      </span>
      {words}
    </span>
  );
};
