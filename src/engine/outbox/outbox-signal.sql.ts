import type { Store } from '../../platform/postgres/index.ts';
import { outboxChannel } from './outbox.sql.ts';

/**
 * Listens for changes as they are put into the outbox. Keeps one connection to itself.
 * @param onSystem called with the external system's id. @param onLost called when the connection is gone.
 */
export async function listenToOutbox(
  store: Store,
  onSystem: (systemId: number) => void,
  onLost: () => void,
): Promise<{ close(): Promise<void> }> {
  const client = await store.session();
  let released = false;
  const release = (broken?: Error): void => {
    if (released) return;
    released = true;
    client.removeAllListeners('notification');
    client.release(broken);
  };
  client.on('notification', ({ payload }) => {
    const systemId = Number(payload);
    if (Number.isInteger(systemId)) onSystem(systemId);
  });
  client.on('error', (error: Error) => {
    release(error);
    onLost();
  });
  try {
    await client.query(`listen ${outboxChannel}`);
  } catch (error) {
    release(error instanceof Error ? error : undefined);
    throw error;
  }
  return {
    async close() {
      if (released) return;
      await client.query(`unlisten ${outboxChannel}`).catch(() => undefined);
      release();
    },
  };
}
