import { findPlacement } from '../../src/platform/embedded/placement.ts';
import { databaseName, runSql } from '../../src/platform/embedded/cluster.ts';
import { openEmbeddedServer, type EmbeddedServer } from '../../src/platform/embedded/server.ts';

/**
 * An embedded PostgreSQL for tests that play other people: owners, administrators, servers that fail. Its role is a superuser, which
 * that of the product is not.
 */
export async function openTestServer(
  dataDir: string,
  options: { readonly fsync?: boolean } = {},
): Promise<EmbeddedServer> {
  const fsync = options.fsync ?? false;
  await (await openEmbeddedServer({ dataDir, fsync })).close();
  const placement = await findPlacement(dataDir, () => undefined);
  await runSql(placement, placement.cluster, `ALTER ROLE ${databaseName} SUPERUSER;\n`, 'postgres');
  return openEmbeddedServer({ dataDir, fsync });
}
