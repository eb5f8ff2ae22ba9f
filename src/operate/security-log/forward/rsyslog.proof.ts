/** The security log forwarded to a real rsyslog (Debian's), over TCP and TLS: nothing is lost, nothing comes twice that was not cut off. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { forwardSecurityLog } from '../index.ts';
import { makeAuthority, type Received, rsyslog, rsyslogIsMissing } from './rsyslog.test-support.ts';

const skipped = rsyslogIsMissing === undefined ? '' : ` (skipped: ${rsyslogIsMissing} is not here)`;

let database: ClonedDatabase;
let app: TestApp;
let directory: string;
beforeEach(async () => {
  database = await cloneDatabase();
  directory = mkdtempSync(join(tmpdir(), 'tieline-forward-'));
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
async function record(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1)
    await recordSecurityEvent(database.db, {
      kind: 'export',
      at: new Date('2026-11-27T09:00:00Z'),
      origin: { way: 'local', actor: { principalId: 'local:op', name: 'Zoë "op"\n<13>', kind: 'local' } },
      details: { n, text: 'two\nlines, a \\ and a | and ü'.repeat(20) },
    });
}
/** Ids of all that was recorded since forwarding was set; the command that sets it is in the log before that. */
async function recordedIds(): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select event_id::text as id from security_events_extended
      where id >= (select min(id) from security_events_extended where event_type = 'log_forwarding_changed') order by id`,
  );
  return rows.map(({ id }) => id);
}
const idsOf = (received: readonly Received[]): string[] => received.map(({ id }) => id).toSorted();
const set = (port: number, ...more: string[]) =>
  commandText(app, ['security', 'forward', 'set', 'localhost', '--port', String(port), ...more]);

describe.skipIf(rsyslogIsMissing !== undefined)(`rsyslog${skipped}`, () => {
  it.each([
    ['cef', /^CEF:0\|Tieline\|.*two/],
    ['ocsf', /^\{"category_uid":.*two.*\}$/],
    ['ecs', /^\{"@timestamp":.*two.*\}$/],
  ])('reads each event of a log in %s over TCP, framed by its length, once', async (format, whole) => {
    await using siem = await rsyslog('tcp');
    await siem.start();
    expect(await set(siem.port, '--transport', 'tcp', '--format', format)).toMatchObject({
      code: 0,
      err: '',
    });
    await record(120);
    expect(await forwardSecurityLog(app, never)).toMatchObject({ failure: null });
    const ids = await recordedIds();
    const received = await siem.untilReceived(ids.length);
    expect(idsOf(received)).toEqual(ids.toSorted());
    const [one] = received.filter(({ kind }) => kind === 'export');
    expect(one).toMatchObject({ app: 'tieline', facility: '13' });
    expect(one?.text).toMatch(whole);
  });

  it('that is down loses nothing: what waits is in the spool, and comes once when it is back', async () => {
    await using siem = await rsyslog('tcp');
    await siem.start();
    await set(siem.port, '--transport', 'tcp');
    await record(10);
    await forwardSecurityLog(app, never);
    await siem.untilReceived(10);
    await siem.stop();
    await record(700);
    expect(await forwardSecurityLog(app, never)).toMatchObject({
      sent: 0,
      failure: expect.stringContaining(`localhost:${siem.port}: no connection (ECONNREFUSED)`) as string,
    });
    await record(5);
    const shown = await commandText(app, ['security', 'forward']);
    expect(shown.out).toContain('Nothing is lost');
    await siem.start();
    expect(await forwardSecurityLog(app, never)).toMatchObject({ failure: null });
    const ids = (await recordedIds()).toSorted();
    expect(idsOf(await siem.untilReceived(ids.length))).toEqual(ids);
    expect((await commandOver(app, ['security', 'forward', 'show'])).json).toMatchObject({
      forwarding: { batches: 0, behind: 0, failingSince: null },
    });
  });

  it('accepts the log over TLS with a certificate of its own authority, and is refused with one of another', async () => {
    await using siem = await rsyslog('tls');
    await siem.start();
    const ca = join(siem.folder, 'ca.pem');
    const elsewhere = mkdtempSync(join(tmpdir(), 'tieline-other-'));
    try {
      makeAuthority(elsewhere);
      await set(siem.port, '--ca-file', join(elsewhere, 'ca.pem'));
      await record(3);
      const refused = await commandText(app, ['security', 'forward', 'test']);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(`localhost:${siem.port}: the server's certificate is not trusted`);
      expect(refused.err).toContain('--ca-file');
      expect(await forwardSecurityLog(app, never)).toMatchObject({
        sent: 0,
        failure: expect.any(String) as string,
      });
      expect(siem.received()).toEqual([]);
      // Without an authority of its own it is one that nobody trusts.
      await set(siem.port);
      expect((await commandText(app, ['security', 'forward', 'test'])).err).toContain('TIELINE_CA_FILE');
      expect((await set(siem.port, '--ca-file', ca)).out).toContain('CN=Log authority');
      expect((await commandText(app, ['security', 'forward', 'test'])).out).toContain('accepted the test');
      await record(120);
      expect(await forwardSecurityLog(app, never)).toMatchObject({ failure: null });
      const ids = await recordedIds();
      const received = await siem.untilReceived(ids.length + 1);
      expect(idsOf(received.filter(({ text }) => !text.includes('test of the forwarding')))).toEqual(
        ids.toSorted(),
      );
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('that ends while the log comes gets each event at least once', async () => {
    await using siem = await rsyslog('tcp');
    await siem.start();
    await set(siem.port, '--transport', 'tcp');
    await record(600);
    const first = forwardSecurityLog(app, never);
    await siem.untilReceived(1);
    await siem.stop();
    await first;
    await siem.start();
    expect(await forwardSecurityLog(app, never)).toMatchObject({ failure: null });
    const ids = await recordedIds();
    await siem.untilReceived(ids.length);
    expect(new Set(idsOf(siem.received()))).toEqual(new Set(ids));
  });
});

it('a file without a certificate, or with a private key, is refused as the authority of a receiver', async () => {
  const path = join(directory, 'ca.pem');
  writeFileSync(path, 'nothing');
  expect((await set(6514, '--ca-file', path)).err).toContain('ca  The file holds no certificate');
  writeFileSync(path, '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----');
  expect((await set(6514, '--ca-file', path)).err).toContain('holds a private key');
  expect((await set(6514, '--ca-file', join(directory, 'none.pem'))).err).toContain('could not be read');
});
