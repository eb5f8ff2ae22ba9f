import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { accountName } from '../kit/account.ts';

let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 7).toString('base64'));
  await database.pool.query(
    `insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'Payroll', gen_random_uuid())`,
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const run = (...args: string[]) => commandOver(app, args);
const said = async (...args: string[]): Promise<string> => (await commandText(app, args)).out;

/** As nobody but a superuser can. */
const emptyTheLog = () =>
  database.pool.query(
    'begin; set local session_replication_role = replica; truncate security_events_extended; commit',
  );

describe('accounts on the command line', () => {
  it('the first administrator is added with a link, and cannot be disabled', async () => {
    expect(await said('users', 'list')).toContain('tieline users add NAME --admin');
    const { json } = await run('users', 'add', 'jdoe', '--admin', '--display-name', 'Jane Doe');
    expect(json).toMatchObject({
      account: { name: 'jdoe', createdBy: accountName() },
      role: 'admin',
      link: { account: 'jdoe' },
    });
    expect((json as { link: { path: string } }).link.path).toMatch(/^\/link#[\w-]{43}$/);
    expect((await run('users', 'add', 'JDOE')).err).toContain('ACCOUNT_EXISTS');
    expect((await run('users', 'disable', 'jdoe')).err).toContain('LAST_ADMINISTRATOR');
    expect((await run('users', 'show', 'nobody')).err).toContain('ACCOUNT_UNKNOWN');
    expect(await said('users', 'show', 'jdoe')).toContain('Administrator  everywhere');
    expect(await said('users', 'link', 'jdoe')).toContain('/link#');
  });

  it('an account is locked, released, disabled and enabled, and a password needs a terminal', async () => {
    await run('users', 'add', 'mokafor');
    for (const [verb, status] of [
      ['lock', 'locked'],
      ['unlock', 'active'],
      ['disable', 'disabled'],
      ['enable', 'active'],
    ] as const)
      expect((await run('users', verb, 'mokafor', '--reason', 'drill')).json).toMatchObject({ status });
    const { code, err } = await run('users', 'set-password', 'mokafor');
    expect([code, err]).toEqual([2, expect.stringContaining('terminal')]);
    expect((await run('users', 'list')).json).toHaveLength(2);
  });

  it('a grant is given for boundaries until the end of a day, and its revocation says what it takes', async () => {
    await run('users', 'add', 'isso');
    const given = await run('grants', 'give', 'isso', 'isso', '--system', 'SYS-1', '--until', '2099-12-31');
    const { grant } = given.json as { grant: { id: string } };
    expect(given.json).toMatchObject({
      grant: { systemIds: ['SYS-1'], until: '2100-01-01T00:00:00.000Z', source: 'machine' },
    });
    expect((await run('grants', 'give', 'isso', 'isso', '--system', 'SYS-9')).err).toContain('SYS-9');
    expect((await run('grants', 'give', 'isso', 'owner')).err).toContain('Unknown role or permission');
    expect((await run('grants', 'give', 'isso', 'isso', '--until', '2026-02-30')).err).toContain(
      'is not a day',
    );
    const asked = await commandText(app, ['grants', 'revoke', grant.id]);
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('Removed: finding:read')]);
    expect(await said('grants', 'list', 'isso')).toContain('SYS-1');
    const revoked = await said('grants', 'revoke', grant.id.slice(0, 8), '--yes', '--reason', 'moved');
    expect(revoked).toContain('ISSO (SYS-1) is taken from isso');
    expect((await run('grants', 'list', '--all')).json).toHaveLength(2);
  });

  it('a token is shown once, listed without its secret, and revoked', async () => {
    await run('users', 'add', 'robot', '--service');
    expect((await run('tokens', 'make', 'robot', '--name', 'nightly')).err).toContain('NOT_ALLOWED');
    await run('grants', 'give', 'robot', 'viewer');
    const made = await run(
      'tokens',
      'make',
      'robot',
      '--name',
      'nightly',
      '--permission',
      'poam:read,finding:read',
      '--from',
      '10.0.0.0/8',
    );
    const { token, row } = made.json as { token: string; row: { id: string } };
    expect(token).toMatch(/^tl_/);
    const list = await said('tokens', 'list', 'robot');
    expect(list).toContain(row.id);
    expect(list).not.toContain(token.slice(16));
    expect(await said('tokens', 'revoke', row.id)).toContain('is revoked');
    expect((await run('tokens', 'revoke', row.id)).err).toContain('TOKEN_UNKNOWN');
  });

  it('every command that may change something is evidence under the name of the account, without its arguments; reading is not', async () => {
    await emptyTheLog();
    await run('users', 'list');
    await run('users', 'lock', 'mokafor', '--reason', 'told nobody');
    await run('users', 'lock', 'nobody');
    const { rows } = await database.pool.query<Record<string, string>>(
      `select event_type as kind, object_id as object, outcome, failure_reason as why, principal_name as name, source_way as way
         from security_events_extended where event_type = 'command' order by id`,
    );
    const common = { kind: 'command', object: 'users lock', name: accountName(), way: 'local' };
    expect(rows).toEqual([
      { ...common, outcome: 'attempted', why: null },
      { ...common, outcome: 'success', why: null },
      { ...common, outcome: 'attempted', why: null },
      { ...common, outcome: 'failure', why: 'ACCOUNT_UNKNOWN' },
    ]);
  });

  it('a command whose evidence cannot be written does nothing', async () => {
    await emptyTheLog();
    await database.pool.query(
      `alter table security_events_extended add constraint full_disk check (event_type <> 'command')`,
    );
    expect((await run('users', 'add', 'unseen')).code).toBe(1);
    expect((await run('users', 'show', 'unseen')).err).toContain('ACCOUNT_UNKNOWN');
  });
});
