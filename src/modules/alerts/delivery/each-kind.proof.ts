/**
 * Each kind of alert from its first moment to its last, to a real mail server and a real web server that are both away for the first hour: raised, graver and
 * resolved arrive once each, at both, in that order.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cases } from '../../../../test/support/alert-cases.ts';
import { alertWorld, start } from '../../../../test/support/alert-world.ts';
import type { TestApp } from '../../../../test/support/compose-app.ts';
import { Secret } from '../../../platform/values/index.ts';
import { addChannel, deliverDue, evaluateAlerts } from '../index.ts';
import {
  mailServer,
  makeCertificate,
  type ReceivedCall,
  type ReceivedMail,
  webServer,
} from './receivers.test-support.ts';

const world = alertWorld();
const tls = makeCertificate();
const never = new AbortController().signal;
let ports: { readonly mail: number; readonly web: number };
let app: TestApp;

beforeAll(async () => {
  const [mail, web] = [await mailServer(tls), await webServer()];
  ports = { mail: mail.port, web: web.port };
  await Promise.all([mail.close(), web.close()]);
});

beforeEach(async () => {
  app = {
    ...world.app,
    http: { ...world.app.http, ca: tls.cert },
    alerting: { receivers: ['127.0.0.1'], marking: 'CUI' },
  };
  const url = `http://127.0.0.1:${ports.web}/hook`;
  const settings = {
    host: '127.0.0.1',
    port: ports.mail,
    user: 'tieline',
    from: 'tieline@agency.example',
    to: 'isso@agency.example',
  };
  const leastSeverity = 'Low';
  await addChannel(
    app,
    {
      name: 'soc',
      kind: 'webhook',
      settings: { url, names_records: true },
      secret: new Secret('a secret of the receiver'),
      leastSeverity,
    },
    'op',
  );
  await addChannel(
    app,
    {
      name: 'team',
      kind: 'email',
      settings: { ...settings, names_records: true },
      secret: new Secret('correct horse'),
      leastSeverity,
    },
    'op',
  );
});

/** Lets time pass in steps of some minutes, as a worker does. */
async function deliverFor(minutes: number): Promise<void> {
  const begun = world.now.getTime();
  for (let passed = 0; passed <= minutes; passed += 10) {
    world.now = new Date(begun + passed * 60_000);
    await deliverDue(app, never);
  }
}

/** That messages are not taken is itself an alert, which a channel that is away cannot tell: `deliver.pg.test.ts` has it. */
const told = cases.filter(({ kind }) => kind !== 'delivery_failing');

const eventsAt = (calls: readonly ReceivedCall[]): string[] =>
  calls.map(({ body }) => (JSON.parse(body) as { event: string }).event);
const subjectsOf = (mails: readonly ReceivedMail[]): string[] =>
  mails.map(
    ({ text }) => /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(text)?.[1]?.replaceAll(/\r?\n[ \t]/g, ' ') ?? '',
  );

describe('an alert', () => {
  let mail: Awaited<ReturnType<typeof mailServer>> | undefined;
  let web: Awaited<ReturnType<typeof webServer>> | undefined;
  const close = async (): Promise<void> => void (await Promise.all([mail?.close(), web?.close()]));
  afterAll(close);
  beforeEach(async () => {
    await close();
    [mail, web] = [undefined, undefined];
  });

  it.each(told)('of $kind reaches mail and web once for each thing that happens', async (each) => {
    const evaluate = () => evaluateAlerts(app, { heavy: true, kinds: [each.kind] });
    await world.run(each.begin);
    expect(await evaluate()).toMatchObject({ raised: 1, deliveries: 2 });
    await deliverFor(60);
    const waiting = await world.database.pool.query<{ state: string; attempts: number }>(
      'select state, attempts from alert_deliveries',
    );
    expect(waiting.rows.map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect(waiting.rows.every(({ attempts }) => attempts > 2)).toBe(true);

    [mail, web] = [await mailServer(tls, ports.mail), await webServer(ports.web)];
    await deliverFor(30);
    expect(eventsAt(web.calls)).toEqual(['raised']);
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]).toMatchObject({ to: ['isso@agency.example'], secure: true });

    world.now = new Date(Math.max(world.now.getTime(), start.getTime()));
    if (typeof each.worse === 'string') await world.run(each.worse);
    else world.now = new Date(start.getTime() + each.worse * 3_600_000);
    await evaluate();
    await deliverFor(0);
    await world.run(each.end);
    await evaluate();
    await deliverFor(30);
    const isGraver = each.second.severity !== undefined && each.second.severity !== each.first.severity;
    const events = ['raised', ...(isGraver ? ['graver'] : []), 'resolved'];
    expect(eventsAt(web.calls)).toEqual(events);
    const ids = web.calls.map(({ headers }) => headers['tieline-delivery']);
    expect(new Set(ids).size).toBe(events.length);
    expect(subjectsOf(mail.mails)).toHaveLength(events.length);
    expect(subjectsOf(mail.mails).at(-1)).toMatch(/over|resolved/i);
    await world.run(`delete from alert_rules where kind = 'metric'`);
  });
});
