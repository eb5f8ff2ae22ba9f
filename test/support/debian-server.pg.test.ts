import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { howToInstall, startDebianServer } from './debian-server.ts';

async function query(url: string, text: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ answer: string }>(text)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

const directoryOf = async (url: string): Promise<string> =>
  dirname((await query(url, `SELECT current_setting('data_directory') AS answer`)) ?? '');

describe('the PostgreSQL of Debian', () => {
  it("Debian's PostgreSQL starts on a cluster of its own and is gone after close", async ({ skip }) => {
    const server = await startDebianServer();
    if (server === undefined) return skip(howToInstall);
    const directory = await directoryOf(server.url);
    expect(existsSync(directory)).toBe(true);
    const facts = await query(
      server.url,
      `SELECT concat_ws(' ', current_setting('server_version_num')::int / 10000, current_setting('server_encoding'), datcollate) AS answer
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(facts).toBe(`${Number.parseInt(server.version, 10)} UTF8 C.UTF-8`);
    expect(Number.parseInt(server.version, 10)).toBeLessThan(18);
    const wrongPassword = server.url.replace(/:[0-9a-f]{32}@/, ':wrong@');
    await expect(query(wrongPassword, 'SELECT 1')).rejects.toThrow('password');

    await server.close();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    expect(existsSync(directory)).toBe(false);
  });

  it("Debian's PostgreSQL is gone soon after the process that started it was killed", async ({ skip }) => {
    const module = fileURLToPath(new URL('debian-server.ts', import.meta.url));
    const code = `import { startDebianServer } from ${JSON.stringify(module)};
      console.log((await startDebianServer())?.url ?? '');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const url = String((await once(createInterface(child.stdout), 'line'))[0]);
    const directory = url === '' ? undefined : await directoryOf(url);
    child.kill('SIGKILL');
    await ended;
    if (directory === undefined) return skip(howToInstall);
    await expect.poll(() => existsSync(directory), { timeout: 20_000, interval: 100 }).toBe(false);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });
});
