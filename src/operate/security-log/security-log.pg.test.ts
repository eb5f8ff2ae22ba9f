/** The security log in use: heads on disk, verification that leaves its trace, forwarding that loses nothing while the receiver is away. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { recordSecurityEvent } from '../../ledger/security/index.ts';
import { forwardSecurityLog, headFileOf, publishHeads, securityLogWatch, watchSecurityLog } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let directory: string;
beforeEach(async () => {
  database = await cloneDatabase();
  directory = mkdtempSync(join(tmpdir(), 'tieline-log-'));
  app = {
    ...composeApp(database, Buffer.alloc(32, 1).toString('base64')),
    securityLog: { directory },
    alerting: { receivers: ['localhost'], marking: 'CUI' },
  };
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const record = (n: number) =>
  recordSecurityEvent(database.db, {
    kind: 'export',
    at: new Date('2026-11-27T09:00:00Z'),
    origin: { way: 'local', actor: { principalId: 'local:op', name: 'op', kind: 'local' } },
    details: { n },
  });
const asSuperuser = (statement: string) =>
  database.pool.query(`begin; set local session_replication_role = replica; ${statement}; commit`);

describe('security verify', () => {
  it('says that the log is unbroken, is itself in the log, and the next one shows it', async () => {
    await record(1);
    await publishHeads(app, directory);
    const { code, out } = await commandText(app, ['security', 'verify']);
    expect([code, out]).toEqual([0, expect.stringContaining('1 row in 1 chain, verified in')]);
    expect(out).toContain('unbroken');
    expect(
      (await commandOver(app, ['security', 'list', '--filter', 'kind=log_verified'])).json,
    ).toMatchObject({ total: 1 });
  });

  it('names the place of what was changed, ends with 1, and leaves an event of tampering', async () => {
    for (let n = 1; n <= 3; n += 1) await record(n);
    await asSuperuser(
      `update security_events_extended set principal_name = 'somebody else' where chain_seq = 2`,
    );
    const { code, out, err } = await commandText(app, ['security', 'verify']);
    expect(code).toBe(1);
    expect(out).toContain('is not what was recorded (chain 1, place 2)');
    expect(err).toContain('LOG_TAMPERED');
    const { rows } = await database.pool.query(
      `select severity from security_events_extended where event_type = 'log_tampered'`,
    );
    expect(rows).toEqual([{ severity: 'Critical' }]);
  });

  it('finds an end that was cut off with its counter by the heads on this machine, which are left as they are', async () => {
    for (let n = 1; n <= 3; n += 1) await record(n);
    await watchSecurityLog(app, never);
    const kept = readFileSync(headFileOf(directory), 'utf8');
    await asSuperuser(`delete from security_events_extended; delete from security_log_marks where kind = 'head';
      update security_log_chains set last_seq = 0`);
    const { json } = await commandOver(app, ['security', 'verify']);
    expect(JSON.stringify(json)).toContain('cut_off');
    await watchSecurityLog(app, never);
    expect(readFileSync(headFileOf(directory), 'utf8')).toBe(kept);
    const { rows } = await database.pool.query(
      `select from security_events_extended where event_type = 'log_tampered'`,
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it('refuses a file of heads that somebody spoilt', async () => {
    await record(1);
    await publishHeads(app, directory);
    writeFileSync(headFileOf(directory), '{}');
    expect((await commandText(app, ['security', 'verify'])).err).toContain('does not hold heads');
  });

  it('tells of a spoilt file of heads once, and verifies the log of the day all the same', async () => {
    await record(1);
    await publishHeads(app, directory);
    writeFileSync(headFileOf(directory), '{}');
    await watchSecurityLog(app, never);
    await watchSecurityLog(app, never);
    const { rows } = await database.pool.query(
      `select event_type, outcome from security_events_extended where event_type in ('log_tampered', 'log_verified') order by id`,
    );
    expect(rows).toEqual([
      { event_type: 'log_tampered', outcome: 'failure' },
      { event_type: 'log_verified', outcome: 'success' },
    ]);
  });
});

describe('the verification of the day', () => {
  it('that fails says so in the log, and reads the whole log again only after five minutes, then ten', async () => {
    const noon = Date.parse('2026-11-27T12:00:00Z');
    let minute = 0;
    const watch = securityLogWatch({ ...app, now: () => new Date(noon + minute * 60_000) }, never);
    await record(1);
    await database.pool.query('alter table security_log_verifications rename column took_ms to away');
    const failed: number[] = [];
    for (; minute <= 16; minute += 1) await watch().catch(() => failed.push(minute));
    const verified = async () =>
      (
        await database.pool.query(
          `select outcome, failure_reason is not null as "saysWhy" from security_events_extended where event_type = 'log_verified' order by id`,
        )
      ).rows;
    expect(failed).toEqual([0, 5, 15]);
    expect(await verified()).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'failure', saysWhy: true })),
    );
    await database.pool.query('alter table security_log_verifications rename column away to took_ms');
    minute = 60;
    await watch();
    expect((await verified()).at(-1)).toEqual({ outcome: 'success', saysWhy: false });
  });
});

describe('what was migrated', () => {
  it('is in the log once, with the names of the files, and what is migrated later is another event', async () => {
    const told = async () =>
      (
        await database.pool.query<{ count: number; last: string }>(
          `select (event_details ->> 'count')::int as count, event_details -> 'migrations' ->> -1 as last
             from security_events_extended where event_type = 'database_migrated' order by id`,
        )
      ).rows;
    await watchSecurityLog(app, never);
    await watchSecurityLog(app, never);
    const first = await told();
    expect(first).toHaveLength(1);
    expect(first[0]?.count).toBeGreaterThan(80);
    await database.pool.query(
      `insert into tieline_migrations (name, sha256, applied_at) values ('9999_try.sql', '', now() + interval '1 minute')`,
    );
    await watchSecurityLog(app, never);
    expect((await told()).slice(1)).toEqual([{ count: 1, last: '9999_try.sql' }]);
  });
});

describe('an investigation', () => {
  it('is kept beside the event, and each step is an event with its notes', async () => {
    await record(1);
    const { json } = await commandOver(app, ['security', 'list', '--filter', 'kind=export']);
    const id = (json as { items: { id: string }[] }).items[0]?.id ?? '';
    const first = await commandText(app, [
      'security',
      'investigate',
      id.slice(0, 8),
      '--notes',
      'asked the owner',
    ]);
    expect(first.out).toContain('being looked at by');
    const second = await commandText(app, [
      'security',
      'investigate',
      id,
      '--state',
      'harmless',
      '--notes',
      'agreed by phone',
    ]);
    expect(second.out).toContain('harmless');
    const shown = (await commandOver(app, ['security', 'show', id])).json as {
      related: { details: object }[];
    };
    expect(shown.related.map(({ details }) => details)).toEqual([
      { state: 'open', notes: 'asked the owner', before: 'not looked at' },
      { state: 'harmless', notes: 'agreed by phone', before: 'open' },
    ]);
    expect((await commandText(app, ['security', 'verify'])).out).toContain('unbroken');
    expect((await commandText(app, ['security', 'investigate', id, '--notes', ' '])).err).toContain(
      'say what was looked at',
    );
  });
});

/** A receiver of syslog over TCP that keeps whole messages, and may break connections off. */
async function receiver(): Promise<{ port: number; ids: string[]; breaks: boolean; server: Server }> {
  const kept = { port: 0, ids: [] as string[], breaks: false, server: createServer() };
  kept.server.on('connection', (socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (kept.breaks) socket.resetAndDestroy();
    });
    socket.on('end', () => {
      kept.ids.push(...[...text.matchAll(/ id="([0-9a-f-]+)"/g)].map(([, id]) => id ?? ''));
      socket.end();
    });
  });
  await new Promise<void>((resolve) => kept.server.listen(0, '127.0.0.1', resolve));
  const address = kept.server.address();
  kept.port = typeof address === 'object' && address ? address.port : 0;
  return kept;
}

describe('forwarding', () => {
  it('delivers what comes after it was set, keeps what a receiver breaks off, and loses nothing while it is away', async () => {
    const siem = await receiver();
    try {
      await record(1); // before the forwarding
      const set = await commandText(app, [
        'security',
        'forward',
        'set',
        'localhost',
        '--port',
        String(siem.port),
        '--transport',
        'tcp',
      ]);
      expect([set.code, set.err]).toEqual([0, '']);
      for (let n = 2; n <= 6; n += 1) await record(n);
      siem.breaks = true;
      expect(await forwardSecurityLog(app, never)).toMatchObject({
        sent: 0,
        failure: expect.any(String) as string,
      });
      await record(7);
      expect((await commandText(app, ['security', 'forward'])).out).toContain('Failing since');
      // What is in the spool stays there, whatever becomes of the database.
      await asSuperuser(`delete from security_events_extended where event_details ->> 'n' = '3'`);
      siem.breaks = false;
      expect(await forwardSecurityLog(app, never)).toMatchObject({ failure: null });
      const { rows } = await database.pool.query<{ id: string }>(
        `select event_id::text as id from security_events_extended where event_details ->> 'n' >= '2'`,
      );
      expect(siem.ids).toEqual(expect.arrayContaining(rows.map(({ id }) => id)) as unknown);
      expect(new Set(siem.ids).size).toBe(siem.ids.length);
      expect(siem.ids.length).toBeGreaterThanOrEqual(6); // five, one that is gone from the database, and the change of the forwarding
      expect((await commandOver(app, ['security', 'forward', 'show'])).json).toMatchObject({
        forwarding: { batches: 0, failingSince: null },
      });
      expect((await commandText(app, ['security', 'forward', 'test'])).out).toContain('accepted the test');
      expect((await commandText(app, ['security', 'forward', 'off'])).out).toContain('Switched off');
      expect(await forwardSecurityLog(app, never)).toBeUndefined();
    } finally {
      siem.server.close();
    }
  });

  it('goes only to servers that the setting of the machine names', async () => {
    expect((await commandText(app, ['security', 'forward', 'set', 'evil.example'])).err).toContain(
      'RECEIVER_NOT_ALLOWED',
    );
    expect((await commandText(app, ['security', 'forward'])).out).toContain('is not forwarded');
    expect((await commandText(app, ['security', 'forward', 'test'])).err).toContain('set a receiver first');
  });
});
