/** Deliveries to real receivers: a mail server with TLS, a web server, a syslog server; receivers that are down, and senders that are killed. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp } from '../../../../test/support/compose-app.ts';
import { Secret } from '../../../platform/values/index.ts';
import { setDigest, sendDueDigests } from '../../../operate/digests/index.ts';
import {
  addChannel,
  changeChannel,
  deliverDue,
  evaluateAlerts,
  listChannels,
  removeChannel,
  retryDeliveries,
  testChannel,
} from '../index.ts';
import { alertWorld, hours } from '../../../../test/support/alert-world.ts';
import { claimDelivery } from './ledger.sql.ts';
import { mailServer, makeCertificate, syslogServer, webServer } from './receivers.test-support.ts';

const world = alertWorld();
const tls = makeCertificate();
const never = new AbortController().signal;
const signing = new Secret('a secret of the receiver');
let mail: Awaited<ReturnType<typeof mailServer>>;
let web: Awaited<ReturnType<typeof webServer>>;
let app: TestApp;

beforeAll(async () => {
  [mail, web] = [await mailServer(tls), await webServer()];
});
afterAll(async () => {
  await Promise.all([mail.close(), web.close()]);
});
beforeEach(() => {
  mail.mails.length = 0;
  web.calls.length = 0;
  web.answers.length = 0;
  app = {
    ...world.app,
    http: { ...world.app.http, ca: tls.cert },
    alerting: { receivers: ['127.0.0.1'], marking: 'CUI', consoleUrl: 'https://tieline.example' },
  };
});

const deliver = () => deliverDue(app, never);
const raise = async (): Promise<void> => {
  await world.run(`update ingestion_poams set scheduled_completion = '2026-11-20'`);
  await evaluateAlerts(app, { heavy: true, kinds: ['promise_due'] });
};
const addWeb = (settings: object = {}) =>
  addChannel(
    app,
    {
      name: 'soc',
      kind: 'webhook',
      settings: { url: `http://127.0.0.1:${web.port}/hook?team=soc`, ...settings },
      secret: signing,
    },
    'op',
  );
const addMail = (to: string, settings: object = {}) =>
  addChannel(
    app,
    {
      name: 'team',
      kind: 'email',
      settings: {
        host: '127.0.0.1',
        port: mail.port,
        user: 'tieline',
        from: 'Tieline <tieline@agency.example>',
        to,
        ...settings,
      },
      secret: new Secret('correct horse'),
    },
    'op',
  );
const ledger = async () =>
  (
    await world.database.pool.query<{
      state: string;
      attempts: number;
      failure: string | null;
      event: string;
    }>('select state, attempts, failure, event from alert_deliveries order by created_at, event, recipient')
  ).rows;

describe('a webhook', () => {
  it('is signed, says what is so without names of records, and comes once', async () => {
    await addWeb();
    await raise();
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    const [call] = web.calls;
    expect(web.calls).toHaveLength(1);
    expect(call?.path).toBe('/hook?team=soc');
    const body = JSON.parse(call?.body ?? '') as {
      alert: Record<string, unknown>;
      marking: string;
      delivery: string;
    };
    expect(body).toMatchObject({
      marking: 'CUI',
      event: 'raised',
      alert: { kind: 'promise_due', severity: 'High', systemId: 'SYS-1', title: 'POA&M is due' },
    });
    expect(call?.body).not.toContain('P-1');
    expect(call?.headers['tieline-delivery']).toBe(body.delivery);
    const [, t = '', v1 = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(call?.headers['tieline-signature'])) ?? [];
    expect(v1).toBe(
      createHmac('sha256', signing.reveal())
        .update(`${t}.${call?.body ?? ''}`)
        .digest('hex'),
    );
  });

  it('names records where it is set so, and tells what is over', async () => {
    await addWeb({ names_records: true });
    await raise();
    world.now = hours(0.1);
    await world.run(`update ingestion_poams set status = 'Completed'`);
    await evaluateAlerts(app, { heavy: true, kinds: ['promise_due'] });
    await deliver();
    expect(
      web.calls.map(({ body }) => JSON.parse(body) as { event: string; alert: { title: string } }),
    ).toMatchObject([
      { event: 'raised', alert: { title: 'P-1 was due 7 days ago, on 2026-11-20' } },
      { event: 'resolved' },
    ]);
  });

  it('that a receiver refuses for an hour comes once, later, under the same id', async () => {
    await addWeb();
    await raise();
    for (let minute = 0; minute <= 60; minute += 5) {
      world.now = hours(minute / 60);
      web.answers.splice(0, 10, 503);
      await deliver();
    }
    const tried = web.calls.length;
    expect(tried).toBeGreaterThan(3);
    expect(tried).toBeLessThan(13);
    expect(await ledger()).toMatchObject([
      { state: 'pending', failure: expect.stringContaining('503') as string },
    ]);
    web.answers.length = 0;
    world.now = hours(2);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    world.now = hours(3);
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    expect(new Set(web.calls.map(({ headers }) => headers['tieline-delivery'])).size).toBe(1);
    expect(await ledger()).toMatchObject([{ state: 'sent', failure: null }]);
  });

  it('is not followed where it is redirected', async () => {
    await addWeb();
    await raise();
    web.answers.push(302);
    expect(await deliver()).toEqual({ sent: 0, failed: 1 });
    expect(await ledger()).toMatchObject([
      { state: 'pending', failure: expect.stringContaining('302') as string },
    ]);
  });

  it('that nobody takes for three days is given up, and is sent when a person says so', async () => {
    await addWeb();
    await raise();
    world.now = hours(73);
    web.answers.push(500);
    await deliver();
    expect(await ledger()).toMatchObject([{ state: 'failed' }]);
    await evaluateAlerts(app, { heavy: true, kinds: ['delivery_failing'] });
    expect((await world.openAlerts()).map(({ kind }) => kind)).toContain('delivery_failing');
    expect(await retryDeliveries(app, 'soc')).toBe(2);
    expect(await deliver()).toEqual({ sent: 2, failed: 0 });
  });

  it('of many alerts at once is one summary', async () => {
    await addWeb();
    await world.run(
      `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion) select 'Q-' || n, 'SYS-1', 'Open', '2026-11-20' from generate_series(1, 40) n`,
    );
    await evaluateAlerts(app, { heavy: true, kinds: ['promise_due'] });
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(JSON.parse(web.calls[0]?.body ?? '')).toMatchObject({
      event: 'summary',
      of: 'raised',
      kind: 'promise_due',
      count: 40,
      alerts: [],
    });
  });
});

describe('a sender that is killed', () => {
  it('between the ledger and sending leaves a row that another one sends', async () => {
    await addWeb();
    // The transaction that raised the alert wrote the row; nothing was sent when the process ended.
    await raise();
    expect(await ledger()).toMatchObject([{ state: 'pending', attempts: 0 }]);
    expect(web.calls).toEqual([]);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(web.calls).toHaveLength(1);
  });

  it('after it claimed a row leaves it to another one once the claim is over, and not before', async () => {
    const { id } = await addWeb();
    await raise();
    await claimDelivery(app.db, id, { now: world.now, until: hours(0.1) });
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    world.now = hours(0.2);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(web.calls).toHaveLength(1);
    expect(await ledger()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('with another one beside it sends each row once', async () => {
    await addWeb();
    await world.run(
      `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion) select 'Q-' || n, 'SYS-1', 'Open', '2026-11-20' from generate_series(1, 9) n`,
    );
    await evaluateAlerts(app, { heavy: true, kinds: ['promise_due'] });
    const sent = await Promise.all([deliver(), deliver(), deliver()]);
    expect(sent.reduce((sum, each) => sum + each.sent, 0)).toBe(9);
    expect(new Set(web.calls.map(({ headers }) => headers['tieline-delivery'])).size).toBe(9);
    expect(web.calls).toHaveLength(9);
  });
});

describe('a mail', () => {
  it('goes over TLS with the marking, to each address as a delivery of its own', async () => {
    await addMail('isso@agency.example, gone@agency.example, issm@agency.example');
    await raise();
    expect(await deliver()).toEqual({ sent: 2, failed: 1 });
    expect(mail.mails.map(({ to, secure, user }) => ({ to, secure, user }))).toEqual(
      [
        { to: ['isso@agency.example'], secure: true, user: 'tieline' },
        { to: ['issm@agency.example'], secure: true, user: 'tieline' },
      ].toSorted(
        (one, other) =>
          mail.mails.findIndex(({ to }) => to[0] === one.to[0]) -
          mail.mails.findIndex(({ to }) => to[0] === other.to[0]),
      ),
    );
    const text = mail.mails[0]?.text ?? '';
    expect(text).toContain('Subject: [Tieline] High: POA&M is due (SYS-1)');
    expect(text).toMatch(/\r\n\r\nCUI\r\n[\s\S]*https:\/\/tieline\.example\/alerts\/[\s\S]*CUI/);
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).not.toContain('P-1');
    world.now = hours(100);
    await deliver();
    expect(mail.mails).toHaveLength(2);
    expect((await ledger()).filter(({ state }) => state === 'failed')).toMatchObject([
      { failure: expect.stringContaining('no such mailbox') as string },
    ]);
  });

  it('is not sent with a wrong password, or to a server whose certificate nobody trusts', async () => {
    await addMail('isso@agency.example');
    await changeChannel(app, 'team', { secret: new Secret('wrong') }, 'op');
    await testChannel(app, 'team', 'op');
    expect(await deliver()).toEqual({ sent: 0, failed: 1 });
    await changeChannel(app, 'team', { secret: new Secret('correct horse') }, 'op');
    world.now = hours(1);
    expect(await deliverDue({ ...app, http: world.app.http }, never)).toEqual({ sent: 0, failed: 1 });
    world.now = hours(2);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(mail.mails).toHaveLength(1);
  });

  it('of what waits for a person holds counts of what they may see, comes at its hour, and not where nothing waits', async () => {
    await addMail('team@agency.example');
    await world.run(`update principals set email = 'ann@agency.example' where name = 'ann'`);
    await setDigest(app, { name: 'ann' }, { rhythm: 'weekdays', hour: 12, namesRecords: false }, 'op');
    expect(await sendDueDigests(app)).toBe(0);
    await raise();
    await deliver();
    mail.mails.length = 0;
    world.now = hours(3.5);
    expect(await sendDueDigests(app)).toBe(1);
    expect(await sendDueDigests(app)).toBe(0);
    await deliver();
    const digests = mail.mails.filter(({ to }) => to[0] === 'ann@agency.example');
    expect(digests).toHaveLength(1);
    expect(digests[0]?.text).toMatch(/waits? for you/);
    expect(digests[0]?.text).toContain('1 alert, the oldest since 2026-11-27');
    expect(digests[0]?.text).not.toContain('P-1');
    const { rows } = await world.database.pool.query<{ next_at: Date; last_outcome: string }>(
      'select next_at, last_outcome from digest_subscriptions',
    );
    // 2026-11-27 is a Friday.
    expect(rows).toMatchObject([{ next_at: new Date('2026-11-30T12:00:00Z'), last_outcome: 'sent' }]);
  });
});

it('a line of syslog has the form of RFC 5424, framed as RFC 6587 has it', async () => {
  const syslog = await syslogServer();
  try {
    await addChannel(
      app,
      { name: 'siem', kind: 'syslog', settings: { host: '127.0.0.1', port: syslog.port, transport: 'tcp' } },
      'op',
    );
    await raise();
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    const [length = '', ...rest] = syslog.received.join('').split(' ');
    const line = rest.join(' ');
    expect(Buffer.byteLength(line)).toBe(Number(length));
    expect(line).toMatch(
      /^<131>1 2026-11-27T09:00:00\.000Z \S+ tieline \d+ raised \[tieline@32473 delivery="[0-9a-f-]{36}" event="raised" alert="[0-9a-f-]{36}" kind="promise_due" severity="High" system="SYS-1"\] \uFEFFHigh: POA&M is due \(SYS-1\)$/,
    );
  } finally {
    await syslog.close();
  }
});

describe('a channel', () => {
  it('goes to servers that the machine names, and nowhere else', async () => {
    const url = (host: string): object => ({ settings: { url: `https://${host}/x` } });
    for (const host of ['evil.example', '169.254.169.254', '10.0.0.1', 'localhost'])
      await expect(
        addChannel(app, { name: 'x', kind: 'webhook', secret: signing, ...url(host) }, 'op'),
      ).rejects.toMatchObject({ code: 'RECEIVER_NOT_ALLOWED' });
    await addWeb();
    await raise();
    // It was allowed when it was set up.
    app = { ...app, alerting: { receivers: [], marking: '' } };
    expect(await deliver()).toEqual({ sent: 0, failed: 1 });
    expect(web.calls).toEqual([]);
    expect(await ledger()).toMatchObject([
      { state: 'pending', failure: expect.stringContaining('not among the servers') as string },
    ]);
  });

  it('shows no secret, and asks for it again where it is aimed elsewhere', async () => {
    await addWeb();
    expect(JSON.stringify(await listChannels(app.db))).not.toContain('secret of');
    const { rows } = await world.database.pool.query<{ settings: unknown }>(
      'select settings from alert_channels',
    );
    expect(JSON.stringify(rows)).not.toContain('secret of');
    await expect(
      changeChannel(app, 'soc', { settings: { url: 'http://127.0.0.1:9/x' } }, 'op'),
    ).rejects.toMatchObject({ fields: [{ field: 'signing_secret' }] });
    await changeChannel(
      app,
      'soc',
      { settings: { url: `http://127.0.0.1:${web.port}/other` }, leastSeverity: 'Critical' },
      'op',
    );
    await raise();
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    await removeChannel(app, 'soc', 'op');
    expect(await listChannels(app.db)).toEqual([]);
  });

  it.each([
    ['webhook', { url: 'ftp://127.0.0.1/x' }, 'url'],
    ['webhook', { url: 'http://127.0.0.1/x', colour: 'red' }, 'colour'],
    ['email', { host: '127.0.0.1', to: 'a@b.example' }, 'from'],
    ['email', { host: '127.0.0.1', from: 'a@b.example\r\nBcc: c@d.example', to: 'a@b.example' }, 'from'],
    ['email', { host: '127.0.0.1', from: 'a@b.example', to: 'nobody' }, 'to.0'],
    ['syslog', { host: '127.0.0.1', transport: 'pigeon' }, 'transport'],
  ] as const)('of kind %s with wrong settings names the setting', async (kind, settings, field) => {
    await expect(
      addChannel(app, { name: 'x', kind, settings, secret: kind === 'webhook' ? signing : undefined }, 'op'),
    ).rejects.toMatchObject({
      code: 'USAGE',
      fields: expect.arrayContaining([expect.objectContaining({ field })]) as unknown,
    });
  });
});
