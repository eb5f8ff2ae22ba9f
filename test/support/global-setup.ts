import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbeddedServer } from '../../src/store/embedded/server.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { withDatabase } from './database-url.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The test server, with the password; its database part is of no meaning. */
    testServerUrl: string;
    /** The database that test databases are cloned from. */
    templateName: string;
  }
}

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));
const compiled = fileURLToPath(new URL('../../node_modules/.cache/tieline-tests', import.meta.url));

/**
 * Starts one PostgreSQL for the whole test run and migrates the template that `cloneDatabase` copies.
 * With TIELINE_TEST_DATABASE_URL it uses that server (14 or newer; the role must be allowed to create databases).
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Tests start some hundred processes of ours; half of what a short one costs is to compile the same modules again.
  process.env['NODE_COMPILE_CACHE'] ??= compiled;
  const given = process.env['TIELINE_TEST_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, close: () => Promise.resolve() };
  const templateName = `tieline_template_${process.pid}`;
  const admin = await openDatabase(server.url, { maxConnections: 1 });
  try {
    await admin.pool.query(`CREATE DATABASE ${templateName}`);
    const template = await openDatabase(withDatabase(server.url, templateName), { maxConnections: 1 });
    try {
      await migrate(template.pool, { folder: migrationsFolder });
    } finally {
      await template.close();
    }
  } catch (error) {
    await admin.pool.query(`DROP DATABASE IF EXISTS ${templateName}`);
    await admin.close();
    await server.close();
    throw error;
  }
  project.provide('testServerUrl', server.url);
  project.provide('templateName', templateName);

  return async () => {
    await admin.pool.query(`DROP DATABASE IF EXISTS ${templateName}`);
    await admin.close();
    await server.close();
  };
}

async function startServer(): Promise<{ url: string; close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'tieline-test-'));
  // Passable, so that the account that runs PostgreSQL for root reaches the data directory in it.
  await chmod(home, 0o711);
  const server = await openEmbeddedServer({ dataDir: join(home, 'data'), fsync: false });
  return {
    url: server.url.reveal(),
    close: async () => {
      await server.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
