/** Scheduled reports as they reach people: the inbox and the mail of whoever works here, and the mail and the accounting of whoever does not. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { holder, type ReportWorld, reportWorld } from '../../../test/support/report-world.ts';
import { type Actor, everywhere } from '../../canonical/access/index.ts';
import { inboxList } from '../../canonical/lists/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  mailServer,
  makeCertificate,
  type ReceivedMail,
} from '../../modules/alerts/delivery/receivers.test-support.ts';
import { addChannel, deliverDue, retryDeliveries } from '../../modules/alerts/index.ts';
import { discloseReport, listDisclosures } from '../../modules/privacy/index.ts';
import { askForReport, fetchReport, makeReport, openReport } from '../../modules/reports/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { countInbox, listInbox } from '../../review/inbox/index.ts';
import { actorOf } from '../accounts/index.ts';
import { tellRecipients } from './report-recipients.ts';
import { scheduleReport } from './report-schedules.ts';

let world: ReportWorld;
let app: App;
let mail: Awaited<ReturnType<typeof mailServer>>;
const tls = makeCertificate();
const idOf = (end: string): string => `00000000-0000-0000-0000-0000000000${end}`;
const outside = {
  address: 'audit@oig.example',
  recipient: 'Office of Inspector General',
  purpose: 'yearly audit',
  authority: '5 U.S.C. 552a(b)(1)',
};

async function person(end: string, name: string, place: string): Promise<void> {
  await world.database.pool.query(
    `insert into principals (id, kind, name, email, created_by) values ($1, 'person', $2, $3, 'test')`,
    [idOf(end), name, `${name.toLowerCase()}@agency.example`],
  );
  await world.database.pool.query(
    `insert into grants (principal_id, role, reach, system_ids, granted_by) values ($1, 'isso', 'boundaries', array[$2], 'test')`,
    [idOf(end), place],
  );
}

beforeAll(async () => {
  world = await reportWorld();
  mail = await mailServer(tls);
  app = {
    ...world.app,
    http: { ...world.app.http, ca: tls.cert },
    alerting: { receivers: ['127.0.0.1'], marking: 'CUI // TEST', consoleUrl: 'https://tieline.example' },
    reportMail: { domains: ['oig.example', '*.partner.example'], attachBytes: 5_000_000 },
  };
  await person('c1', 'Owner', 'SYS-1');
  await person('c2', 'Reads', 'SYS-1');
  await person('c3', 'Elsewhere', 'SYS-2');
  await addChannel(
    app,
    {
      name: 'digests',
      kind: 'email',
      settings: {
        host: '127.0.0.1',
        port: mail.port,
        user: 'tieline',
        from: 'tieline@agency.example',
        to: 'ops@agency.example',
      },
      secret: new Secret('correct horse'),
    },
    'op',
  );
});
afterAll(async () => {
  await mail.close();
  await world[Symbol.asyncDispose]();
});
beforeEach(() => {
  mail.mails.length = 0;
});

const actorNamed = async (name: string): Promise<Actor> =>
  (await actorOf(app, name)) ?? holder(name, [], 'isso');

async function schedule(name: string, changes: object = {}): Promise<void> {
  await scheduleReport(
    app,
    { actor: await actorNamed('Owner'), scope: everywhere },
    {
      name,
      of: 'fedramp-poam',
      cron: '0 6 1 * *',
      parameters: { boundary: 'SYS-1' },
      recipients: [],
      outside: [outside],
      ...changes,
    },
  );
}

/** The report of a schedule, made and told of. */
async function make(template: string, over: Partial<App> = {}): Promise<string> {
  const actor = await actorNamed('Owner');
  const { id } = await askForReport(app, { actor, scope: everywhere }, { template, parameters: {} });
  await makeReport(app, id, { signal: new AbortController().signal, note: () => undefined });
  await tellRecipients({ ...app, ...over });
  await deliverDue({ ...app, ...over }, new AbortController().signal);
  return id;
}

const toldOf = async (id: string) =>
  (await fetchReport(app, holder('Ben', ['SYS-1'], 'isso'), id)).recipients;
const mailTo = (address: string): ReceivedMail | undefined => mail.mails.find(({ to }) => to[0] === address);
/** The file that a mail holds. */
function attachedIn({ text }: ReceivedMail): Buffer {
  const [, part = ''] = text.split(/Content-Disposition: attachment[^\n]*\r\n/);
  return Buffer.from(part.split(/\r\n--/)[0]?.replace(/^[\s\S]*?\r\n\r\n/, '') ?? '', 'base64');
}

const inboxOf = async (name: string) => {
  const reader = { actor: await actorNamed(name), now: world.today };
  const filter = parseFilter(inboxList.filters, [['kind', 'report']], world.today);
  const { items } = await listInbox(app.db, everywhere, reader, {
    filter,
    sort: { by: 'since', descending: false },
    limit: 50,
  });
  const counted = (await countInbox(app.db, everywhere, reader)).find(({ kind }) => kind === 'report');
  expect(counted?.count).toBe(items.length);
  return items;
};

describe('a scheduled report for an address outside', () => {
  it('is sent with its file and its marking, and is one entry of the accounting with who, what for and by which authority', async () => {
    await schedule('for-oig');
    const id = await make('for-oig');
    const sent = mailTo(outside.address);
    expect(sent?.text).toContain('[CUI // TEST] FedRAMP POA&M');
    expect(sent?.text).not.toContain('https://tieline.example');
    const { sha256 } = await fetchReport(app, await actorNamed('Owner'), id);
    expect(
      createHash('sha256')
        .update(attachedIn(sent ?? { to: [], text: '', secure: false, user: null }))
        .digest('hex'),
    ).toBe(sha256);
    expect(await toldOf(id)).toMatchObject([
      { recipient: outside.address, outcome: 'disclosed', isAttached: true, mail: 'sent' },
    ]);
    const { address, ...said } = outside;
    expect(await listDisclosures(app.db, { of: ['anybody'], limit: 10 })).toMatchObject([
      {
        nature: 'report',
        item: { type: 'generated_report', id },
        ...said,
        address,
        fileSha256: sha256,
        by: 'Owner',
        subjects: null,
      },
    ]);
    expect(await tellRecipients(app)).toBe(0);
    expect(await listDisclosures(app.db, { limit: 10 })).toHaveLength(1);
  });

  it('does not leave when the domain, the size or the right of its owner no longer fits, and says so', async () => {
    await schedule('kept-here');
    const before = (await listDisclosures(app.db, { limit: 10 })).length;
    const outcomes: unknown[] = [];
    const attempt = async (over: Partial<App>) =>
      outcomes.push((await toldOf(await make('kept-here', over)))[0]?.outcome);
    await attempt({ reportMail: { domains: ['other.example'], attachBytes: 5_000_000 } });
    await attempt({ reportMail: { domains: ['oig.example'], attachBytes: 100 } });
    const actor = await actorNamed('Owner');
    const { id } = await askForReport(
      app,
      { actor, scope: everywhere },
      { template: 'kept-here', parameters: {} },
    );
    await makeReport(app, id, { signal: new AbortController().signal, note: () => undefined });
    await world.database.pool.query(`update principals set status = 'locked' where name = 'Owner'`);
    await tellRecipients(app);
    await world.database.pool.query(`update principals set status = 'active' where name = 'Owner'`);
    outcomes.push((await toldOf(id))[0]?.outcome);
    expect(outcomes).toEqual(['domain_not_allowed', 'not_attachable', 'owner_may_not']);
    expect(mail.mails).toEqual([]);
    expect(await listDisclosures(app.db, { limit: 10 })).toHaveLength(before);
  });

  it('is read from the store only after its mail server was checked', async () => {
    await schedule('never-sent');
    const { files } = app;
    if (!files) throw new Error('no files');
    let opened = 0;
    const open: typeof files.store.open = (...args) => {
      opened += 1;
      return files.store.open(...args);
    };
    const counting = { files: { ...files, store: { ...files.store, open } } };
    const closed = { ...counting, alerting: { receivers: [], marking: '' } };
    await make('never-sent', closed);
    expect([opened, mail.mails]).toEqual([0, []]);
    await retryDeliveries(app, 'digests');
    await deliverDue({ ...app, ...counting }, new AbortController().signal);
    expect([opened, mail.mails.length]).toEqual([1, 1]);
  });

  it('is refused by field where the address, its domain or what the accounting asks does not fit', async () => {
    const refused = (changes: object, asFollows: object) =>
      expect(schedule('never', { outside: [{ ...outside, ...changes }] })).rejects.toMatchObject(asFollows);
    await refused(
      { address: 'audit@elsewhere.example' },
      {
        code: 'REPORT_INVALID',
        fields: [
          {
            field: 'outside.0.address',
            message: expect.stringContaining('TIELINE_REPORT_DOMAINS') as string,
          },
        ],
      },
    );
    await refused(
      { address: 'a@sub.partner.example', purpose: ' ' },
      {
        fields: [{ field: 'outside.0.purpose' }],
      },
    );
    await refused({ address: 'no address' }, { fields: [{ field: 'outside.0.address' }] });
    await expect(schedule('never', { outside: [outside, outside] })).rejects.toMatchObject({
      fields: [{ field: 'outside.1.address' }],
    });
    await world.database.pool.query(
      `update principals set email = 'audit@oig.example' where name = 'Elsewhere'`,
    );
    await refused(
      {},
      {
        fields: [{ message: expect.stringContaining('account Elsewhere') as string }],
      },
    );
    await world.database.pool.query(`update principals set email = null where name = 'Elsewhere'`);
  });
});

describe('a scheduled report for a person here', () => {
  it('waits in their inbox until they fetch it or say that they have read it, and in nobody else’s', async () => {
    await schedule('for-us', { recipients: ['Reads', 'Elsewhere'], outside: [] });
    const id = await make('for-us');
    expect(await toldOf(id)).toMatchObject([
      { recipient: 'Elsewhere', outcome: 'no_right' },
      { recipient: 'Reads', outcome: 'told', openedAt: null },
    ]);
    expect(await inboxOf('Reads')).toMatchObject([
      { subject: id, boundary: 'SYS-1', place: { kind: 'report', id } },
    ]);
    expect([await inboxOf('Elsewhere'), await inboxOf('Owner')]).toEqual([[], []]);
    const { stream } = await openReport(app, await actorNamed('Reads'), id);
    await buffer(stream);
    expect(await inboxOf('Reads')).toEqual([]);
    expect((await toldOf(id))[1]?.openedAt).toBe('2026-11-27T09:00:00Z');
  });

  it('stays in their inbox when it may not leave, and leaves it when it does', async () => {
    await schedule('for-gao', { recipients: ['Reads'], outside: [] });
    const id = await make('for-gao');
    const reader = await actorNamed('Reads');
    const leaving = { recipient: 'GAO', purpose: '', authority: '' };
    await expect(discloseReport(app, reader, { id, leaving })).rejects.toMatchObject({
      fields: [{ field: 'purpose' }, { field: 'authority' }],
    });
    expect(await inboxOf('Reads')).toMatchObject([{ subject: id }]);
    const whole = { ...leaving, purpose: 'review', authority: 'law' };
    await buffer((await discloseReport(app, reader, { id, leaving: whole })).stream);
    expect(await inboxOf('Reads')).toEqual([]);
  });

  it('holds no file where the settings attach none, and is then fetched by its link', async () => {
    await schedule('by-link', { recipients: ['Reads'], outside: [] });
    const id = await make('by-link', { reportMail: { domains: [], attachBytes: 0 } });
    const sent = mailTo('reads@agency.example');
    expect(sent?.text).toContain('https://tieline.example/reports');
    expect(sent?.text).not.toContain('Content-Disposition: attachment');
    expect(await toldOf(id)).toMatchObject([{ isAttached: false }]);
  });
});

describe('what a person lets out of the agency', () => {
  it('by saving a report is an entry before the file is written, and nothing is written where it cannot be accounted for', async () => {
    const id = await make('for-us');
    const save = (...flags: string[]) =>
      commandOver(app, ['reports', 'save', id, '/dev/null/nowhere', ...flags]);
    const before = (await listDisclosures(app.db, { limit: 50 })).length;
    const lacking = await save('--recipient', 'OIG');
    expect(lacking.code).toBe(2);
    expect(lacking.err).toMatch(/purpose.*authority/s);
    expect(await listDisclosures(app.db, { limit: 50 })).toHaveLength(before);
    await save('--recipient', 'OIG', '--purpose', 'audit', '--authority', 'law');
    expect((await listDisclosures(app.db, { limit: 1 }))[0]).toMatchObject({
      nature: 'report',
      item: { id },
      recipient: 'OIG',
      purpose: 'audit',
      authority: 'law',
    });
  });

  it('by an export of a list is an entry with its filter, and is refused where nothing is exported', async () => {
    const list = (...flags: string[]) =>
      commandText(app, ['poams', 'list', '--filter', 'open=yes', '--recipient', 'GAO', ...flags]);
    const whole = ['--purpose', 'review', '--authority', '5 U.S.C. 552a(b)(10)'];
    const shown = await list(...whole);
    expect({ code: shown.code, err: shown.err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('--csv') as string,
    });
    const exported = await list(...whole, '--csv');
    expect(exported.code).toBe(0);
    expect(exported.out).toContain('P-1');
    expect((await listDisclosures(app.db, { limit: 1 }))[0]).toMatchObject({
      nature: 'export',
      what: 'list of poams, open=yes',
      recipient: 'GAO',
    });
  });
});
