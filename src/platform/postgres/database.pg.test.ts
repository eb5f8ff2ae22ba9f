import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { Secret } from '../values/secret.ts';
import { openDatabase } from './database.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function firstRow(text: string, values: unknown[] = []): Promise<Record<string, unknown> | undefined> {
  return (await database.pool.query<Record<string, unknown>>(text, values)).rows[0];
}

describe('a connection', () => {
  it('a connection has the time zone UTC, its application name and the search path that was asked for', async () => {
    const opened = await openDatabase(new Secret(database.url), {
      applicationName: 'tieline test',
      schema: 'Odd "one',
    });
    const { rows } = await opened.pool.query(
      `SELECT current_setting('TimeZone') AS zone, current_setting('application_name') AS name,
              current_setting('search_path') AS path`,
    );
    await opened.close();
    expect(rows).toEqual([{ zone: 'UTC', name: 'tieline test', path: '"Odd ""one", public' }]);
  });

  it('a connection does not show its password when the pool is printed', async () => {
    await database.pool.query('SELECT 1');
    const { password } = new URL(database.url);
    expect(password).not.toBe('');
    expect(inspect(database.pool, { depth: 9 })).not.toContain(password);
    expect(inspect(database.db, { depth: 9 })).not.toContain(password);
  });

  it('a connection serves typed queries and the pool alike', async () => {
    const { rows } = await sql<{ one: number }>`SELECT 1 AS one`.execute(database.db);
    expect(rows).toEqual([{ one: 1 }]);
  });
});

describe('values', () => {
  it('the store reads a timestamp without zone as the UTC instant it stands for, and arrays of them', async () => {
    const row = await firstRow(
      `SELECT '2026-07-01 12:00:00.123'::timestamp AS at, '2026-07-01 14:00+02'::timestamptz AS zoned,
              ARRAY['2026-07-01 12:00', NULL]::timestamp[] AS several`,
    );
    expect(row).toEqual({
      at: new Date('2026-07-01T12:00:00.123Z'),
      zoned: new Date('2026-07-01T12:00:00Z'),
      several: [new Date('2026-07-01T12:00:00Z'), null],
    });
  });

  it('the store reads a date as text, numerics and int8 as numbers, and a huge int8 exactly', async () => {
    const row = await firstRow(
      `SELECT '2026-02-03'::date AS day, 9.75::numeric(4,2) AS score, 12::int8 AS count,
              9007199254740993::int8 AS huge, ARRAY[1, 2]::int8[] AS counts, ARRAY['2026-02-03']::date[] AS days`,
    );
    expect(row).toEqual({
      day: '2026-02-03',
      score: 9.75,
      count: 12,
      huge: 9007199254740993n,
      counts: [1, 2],
      days: ['2026-02-03'],
    });
  });

  it('the store writes and reads the same instants in a process that lives in New York', () => {
    const script = fileURLToPath(new URL('../../../test/support/write-instant.ts', import.meta.url));
    const child = spawnSync(process.execPath, [script], {
      env: { ...process.env, TZ: 'America/New_York', PROBE_URL: database.url },
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    // The second is the night when New York's clocks go back: 01:30 there exists twice.
    expect(JSON.parse(child.stdout)).toEqual({
      processOffset: 240,
      stored: ['2026-07-01 12:00:00', '2026-11-01 06:30:00'],
      read: ['2026-07-01T12:00:00.000Z', '2026-11-01T06:30:00.000Z'],
    });
  });
});

describe('a refusal', () => {
  it('a connection error names host and port and not the password when the server does not answer', async () => {
    const url = new URL('postgres://tieline:hunter2hunter2@127.0.0.1/tieline');
    url.port = await closedPort();
    await expect(openDatabase(url.href)).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining(`127.0.0.1:${url.port}/`) as string,
    });
    const error = await openDatabase(url.href).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain('hunter2');
  });

  it('a connection error reports that the server refused a wrong password, without showing it', async () => {
    const url = new URL(database.url);
    url.password = 'hunter2hunter2';
    const error = await openDatabase(url.href).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(String(error)).toContain('password authentication failed');
    expect(String(error)).not.toContain('hunter2');
  });

  it('a connection error does not repeat a setting that is not a URL, for it may be a password', async () => {
    const error = await openDatabase('hunter2 hunter2').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SETTING_INVALID' });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });
});

function closedPort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? String(address.port) : '1'),
      );
    });
  });
}

/** A server that takes any connection and asks for the password in clear. @returns what it was sent after that. */
async function askingInClear(): Promise<{ url: string; got: Buffer[]; stop(): void }> {
  const got: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.on('data', (piece) => got.push(piece));
      socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])); // AuthenticationCleartextPassword
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://u:hidden@127.0.0.1:${port}/d`, got, stop: () => void server.close() };
}

describe('a server that asks for the password in clear', () => {
  it('a server that asks for the password in clear text does not get it over an unencrypted connection', async () => {
    const server = await askingInClear();
    await expect(openDatabase(server.url, { connectTimeoutMs: 3000 })).rejects.toMatchObject({
      code: 'DATABASE_UNSUITABLE',
      message: expect.stringContaining('was not sent') as string,
    });
    server.stop();
    expect(Buffer.concat(server.got).toString('latin1')).not.toContain('hidden');
  });
});

describe('a refused connection', () => {
  it('a refused connection names the remedy for a missing database', async () => {
    const url = new URL(database.url);
    url.pathname = '/tieline_no_such_database';
    await expect(openDatabase(url.href)).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      remedy: expect.stringContaining('Make the database') as string,
    });
  });
});
