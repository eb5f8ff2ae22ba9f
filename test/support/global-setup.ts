import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { openTestServer } from './embedded-server.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { withDatabase } from './database-url.ts';
import { makeScratchDirectory } from './scratch-directory.ts';

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
  const scratch = await makeScratchDirectory();
  process.env['TMPDIR'] = scratch; // of the test processes, and of what they start
  const given = process.env['TIELINE_TEST_DATABASE_URL'];
  const server =
    given === undefined ? await startServer(scratch) : { url: given, close: () => Promise.resolve() };
  // A filter that finds tests of several projects sets up each of them, in one process.
  const templateName = `tieline_template_${process.pid}_${randomBytes(4).toString('hex')}`;
  const admin = await openDatabase(server.url, { maxConnections: 1 });
  const tearDown = async (): Promise<void> => {
    await admin.pool.query(`DROP DATABASE IF EXISTS ${templateName}`);
    await admin.close();
    await server.close();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await admin.pool.query(`CREATE DATABASE ${templateName}`);
    const template = await openDatabase(withDatabase(server.url, templateName), { maxConnections: 1 });
    try {
      await migrate(template.pool, { folder: migrationsFolder });
    } finally {
      await template.close();
    }
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('testServerUrl', server.url);
  project.provide('templateName', templateName);
  return tearDown;
}

async function startServer(home: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = await openTestServer(join(home, 'data'));
  return { url: server.url.reveal(), close: () => server.close() };
}
