import { insertSystem } from '../../src/ledger/external-systems/external-systems.sql.ts';
import { cloneDatabase, type ClonedDatabase } from './database.ts';

/** A database that knows one GRC connection, `xacta`, of which nobody asks anything: for tests of what is kept about it. */
export async function databaseWithConnection(): Promise<{ database: ClonedDatabase; systemId: number }> {
  const database = await cloneDatabase();
  const system = await insertSystem(database.db, {
    name: 'xacta',
    type: 'xacta',
    url: 'https://xacta.example',
    config: {},
  });
  return { database, systemId: system?.id ?? 0 };
}
