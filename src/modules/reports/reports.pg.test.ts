import { buffer } from 'node:stream/consumers';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { holder, type ReportWorld, reportWorld } from '../../../test/support/report-world.ts';
import { makeScratchDirectory } from '../../../test/support/scratch-directory.ts';
import { type Actor, everywhere, nowhere, scopeFor } from '../../canonical/access/index.ts';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestDueReports } from '../../operate/worker/report-schedules.ts';
import { scheduleReport } from '../../operate/worker/index.ts';
import {
  askForReport,
  fetchReport,
  forgetReports,
  listReports,
  makeReport,
  openReport,
  verifyHash,
} from './index.ts';

let world: ReportWorld;
let folder: string;
beforeAll(async () => {
  world = await reportWorld();
  folder = await makeScratchDirectory();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ben = holder('Ben', ['SYS-1'], 'isso');
const max = holder('Max', ['SYS-2'], 'isso');
const watch = { signal: new AbortController().signal, note: () => undefined };
const whoOf = (actor: Actor) => ({ actor, scope: scopeFor(actor, 'report:create', world.today) ?? nowhere });

async function make(actor: Actor, asked: Partial<Parameters<typeof askForReport>[2]> = {}) {
  const { id } = await askForReport(world.app, whoOf(actor), {
    template: 'fedramp-poam',
    parameters: { boundary: 'SYS-1' },
    ...asked,
  });
  await makeReport(world.app, id, watch);
  return fetchReport(world.app, actor, id);
}
const bytesOf = async (actor: Actor, id: string) => buffer((await openReport(world.app, actor, id)).stream);

describe('a report', () => {
  it('is kept with its hash, period, moment, snapshot and who made it, and its file is handed out as it was made', async () => {
    const report = await make(ben);
    expect(report).toMatchObject({
      template: 'fedramp-poam',
      status: 'completed',
      boundary: 'SYS-1',
      by: 'Ben',
      periodFrom: '2026-10-28',
      periodTo: '2026-11-27',
      dataAsOf: world.today,
      fileName: 'FedRAMP-POAM-SYS-1-2026-11-27.xlsx',
      problem: null,
    });
    const bytes = await bytesOf(ben, report.id);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(report.sha256);
    expect(bytes.length).toBe(report.bytes);
  });

  it('of an earlier snapshot has the same bytes, whatever became of the record', async () => {
    const before = await make(ben);
    await world.database.pool.query(
      `update ingestion_poams set comments = 'changed since' where poam_id = 'P-1'`,
    );
    world.today = new Date('2027-11-27T09:00:00Z');
    try {
      const again = await make(ben, { snapshot: before.snapshot?.slice(0, 12) });
      expect(again.sha256).toBe(before.sha256);
      expect(again.id).not.toBe(before.id);
      expect((await make(ben)).sha256).not.toBe(before.sha256);
    } finally {
      world.today = new Date('2026-11-27T09:00:00Z');
    }
  });

  it('that its file is not handed out when its bytes differ from its hash', async () => {
    const report = await make(ben, { parameters: { boundary: 'SYS-1', provider: 'Damaged' } });
    await world.database.pool.query(
      `update stored_file_chunks c set bytes = set_byte(c.bytes, 40, get_byte(c.bytes, 40) # 1) from stored_files f
        where f.upload_id = c.upload_id and f.sha256 = $1`,
      [report.sha256],
    );
    await expect(openReport(world.app, ben, report.id)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });

  it('is seen, opened and verified by nobody who may not see all that it covers', async () => {
    const report = await make(ben);
    expect((await listReports(world.app, max, { limit: 50 })).map(({ id }) => id)).not.toContain(report.id);
    await expect(fetchReport(world.app, max, report.id)).rejects.toMatchObject({ code: 'REPORT_UNKNOWN' });
    await expect(openReport(world.app, max, report.id)).rejects.toMatchObject({ code: 'REPORT_UNKNOWN' });
    expect((await verifyHash(world.app, max, report.sha256 ?? '')).reports).toEqual([]);
    expect((await verifyHash(world.app, ben, report.sha256 ?? '')).reports[0]?.id).toBe(report.id);
    await expect(make(max, { snapshot: report.snapshot ?? '' })).rejects.toBeDefined();
  });

  it('is refused by parameter where it does not fit, and nothing is kept of it', async () => {
    const before = await listReports(world.app, ben, { limit: 200 });
    const refused = (parameters: Record<string, string>) =>
      askForReport(world.app, whoOf(ben), { template: 'fedramp-poam', parameters });
    await expect(refused({})).rejects.toMatchObject({
      code: 'REPORT_INVALID',
      fields: [{ field: 'boundary' }],
    });
    await expect(refused({ boundary: 'SYS-2' })).rejects.toMatchObject({ fields: [{ field: 'boundary' }] });
    await expect(
      refused({ boundary: 'SYS-1', from: '2026-02-30', items: 'some', color: 'red' }),
    ).rejects.toMatchObject({
      fields: [{ field: 'from' }, { field: 'items' }, { field: 'color' }],
    });
    await expect(refused({ boundary: 'SYS-1', from: '2026-12-30' })).rejects.toMatchObject({
      fields: [{ field: 'from' }],
    });
    await expect(
      askForReport(world.app, whoOf(holder('Op', ['SYS-1'], 'operator')), {
        template: 'fedramp-poam',
        parameters: { boundary: 'SYS-1' },
      }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await listReports(world.app, ben, { limit: 200 })).toEqual(before);
  });

  it('of one moment are all listed, page by page', async () => {
    const ids = new Set<string>();
    for (let n = 0; n < 5; n += 1)
      ids.add(
        (
          await askForReport(world.app, whoOf(ben), {
            template: 'fedramp-poam',
            parameters: { boundary: 'SYS-1', provider: `Page ${n}` },
          })
        ).id,
      );
    const seen: string[] = [];
    for (let page = await listReports(world.app, ben, { limit: 2 }); page.length > 0;) {
      seen.push(...page.map(({ id }) => id));
      page = await listReports(world.app, ben, { limit: 2, after: seen.at(-1) });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...ids]));
    await expect(listReports(world.app, max, { limit: 2, after: seen[0] })).rejects.toMatchObject({
      code: 'REPORT_UNKNOWN',
    });
    await world.database.pool.query(
      `update generated_reports set generation_status = 'cancelled' where report_id = any($1)`,
      [[...ids]],
    );
  });

  it('that was cancelled is not made by a worker that comes later', async () => {
    const { id } = await askForReport(world.app, whoOf(ben), {
      template: 'fedramp-poam',
      parameters: { boundary: 'SYS-1' },
    });
    const { leaveReport } = await import('./index.ts');
    await leaveReport(world.app, id, { status: 'cancelled', problem: null });
    await makeReport(world.app, id, watch);
    expect(await fetchReport(world.app, ben, id)).toMatchObject({ status: 'cancelled', sha256: null });
    await expect(openReport(world.app, ben, id)).rejects.toMatchObject({ code: 'REPORT_NOT_THERE' });
  });

  it('loses its file and its snapshot when its time is over, and its row says so', async () => {
    const report = await make(ben, { parameters: { boundary: 'SYS-1', provider: 'Short' } });
    world.today = new Date('2030-11-27T09:00:00Z');
    try {
      expect(await forgetReports(world.app)).toBeGreaterThanOrEqual(1);
      await expect(openReport(world.app, ben, report.id)).rejects.toMatchObject({ code: 'REPORT_NOT_THERE' });
      const { rows } = await world.database.pool.query(`select from stored_files where sha256 = $1`, [
        report.sha256,
      ]);
      expect(rows).toEqual([]);
    } finally {
      world.today = new Date('2026-11-27T09:00:00Z');
    }
    expect((await make(ben)).status).toBe('completed');
  });
});

describe('the commands of reports', () => {
  it('make, list, show, save and verify the same report', async () => {
    const made = await commandOver(world.app, [
      'reports',
      'make',
      'fedramp-poam',
      '--boundary',
      'SYS-1',
      '--out',
      folder,
    ]);
    expect(made).toMatchObject({ code: 0, json: { status: 'completed', boundary: 'SYS-1' } });
    const { id, sha256, fileName } = made.json as { id: string; sha256: string; fileName: string };
    const path = join(folder, fileName);
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(sha256);
    expect((await commandText(world.app, ['reports', 'show', id])).out).toContain('To look at');
    const verified = await commandOver(world.app, ['reports', 'verify', path]);
    expect(verified.code).toBe(0);
    expect((verified.json as { reports: { id: string }[] }).reports.map((each) => each.id)).toContain(id);
    await writeFile(path, 'something else');
    expect(await commandText(world.app, ['reports', 'verify', path])).toMatchObject({ code: 3 });
    expect((await commandText(world.app, ['reports', 'templates'])).out).toContain('fedramp-poam');
    expect((await commandText(world.app, ['reports'])).out).toContain(sha256.slice(0, 12));
  });
});

describe('a schedule of a report', () => {
  const outcome = async () =>
    (
      await world.database.pool.query<{ outcome: object }>(
        `select last_outcome as outcome from report_templates where template_name = 'monthly'`,
      )
    ).rows[0]?.outcome;

  it('asks for its report when its time has come, with the rights of its owner, and does nothing and says so once they are gone', async () => {
    await world.database.pool.query(
      `insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000aa', 'person', 'Cy', 'test')`,
    );
    await world.database.pool.query(
      `insert into grants (principal_id, role, reach, system_ids, granted_by) values ('00000000-0000-0000-0000-0000000000aa', 'isso', 'boundaries', '{SYS-1}', 'test')`,
    );
    const cy = { ...holder('Cy', ['SYS-1'], 'isso'), principalId: '00000000-0000-0000-0000-0000000000aa' };
    const next = await scheduleReport(world.app, whoOf(cy), {
      name: 'monthly',
      of: 'fedramp-poam',
      cron: '0 6 1 * *',
      parameters: { boundary: 'SYS-1' },
      recipients: ['Cy'],
    });
    expect(next[0]).toEqual(new Date('2026-12-01T06:00:00Z'));
    const { installQueue } = await import('../../platform/queue/index.ts');
    await installQueue(world.app.queue);
    await requestDueReports(world.app);
    expect(await outcome()).toBeNull();
    world.today = new Date('2026-12-01T06:00:01Z');
    await requestDueReports(world.app);
    expect(await outcome()).toMatchObject({ report: expect.any(String) as string });
    const [asked] = await listReports(world.app, ben, { limit: 1, template: 'monthly' });
    expect(asked).toMatchObject({
      status: 'pending',
      by: 'Cy',
      periodFrom: null,
      parameters: { from: '2026-11-01', to: '2026-12-01' },
    });
    await world.database.pool.query(
      `update grants set revoked_at = now(), revoked_by = 'test' where granted_by = 'test'`,
    );
    world.today = new Date('2027-01-01T06:00:01Z');
    await requestDueReports(world.app);
    expect(await outcome()).toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await listReports(world.app, ben, { limit: 200, template: 'monthly' })).length).toBe(1);
    world.today = new Date('2026-11-27T09:00:00Z');
  });

  it('tells each recipient once by a mail that holds nothing of the report, and says of the others why not', async () => {
    const { tellRecipients } = await import('../../operate/worker/report-recipients.ts');
    const person = (id: string, name: string, email: string | null) =>
      world.database.pool.query(
        `insert into principals (id, kind, name, email, created_by) values ($1, 'person', $2, $3, 'test')`,
        [`00000000-0000-0000-0000-0000000000${id}`, name, email],
      );
    await person('b1', 'Reads', 'reads@example.gov');
    await person('b2', 'Elsewhere', 'elsewhere@example.gov');
    await person('b3', 'Mailless', null);
    for (const [id, place] of [
      ['b1', 'SYS-1'],
      ['b2', 'SYS-2'],
      ['b3', 'SYS-1'],
    ])
      await world.database.pool.query(
        `insert into grants (principal_id, role, reach, system_ids, granted_by) values ($1, 'isso', 'boundaries', array[$2], 'test2')`,
        [`00000000-0000-0000-0000-0000000000${id ?? ''}`, place],
      );
    await world.database.pool.query(
      `insert into alert_channels (name, kind, settings, least_severity, is_enabled, changed_by, changed_at) values ('digests', 'email', '{}', 'Info', true, 'test', now())`,
    );
    await scheduleReport(
      world.app,
      { actor: ben, scope: everywhere },
      {
        name: 'weekly',
        of: 'fedramp-poam',
        cron: '0 6 * * 1',
        parameters: { boundary: 'SYS-1' },
        recipients: ['Reads', 'Elsewhere', 'Mailless'],
      },
    );
    const report = await make(ben, { template: 'weekly', parameters: {} });
    expect(await tellRecipients(world.app)).toBe(1);
    expect(await tellRecipients(world.app)).toBe(0);
    expect((await fetchReport(world.app, ben, report.id)).recipients).toMatchObject([
      { recipient: 'Elsewhere', outcome: 'no_right' },
      { recipient: 'Mailless', outcome: 'no_address' },
      { recipient: 'Reads', outcome: 'told' },
    ]);
    const { rows } = await world.database.pool.query<{ recipient: string; content: { lines: string[] } }>(
      `select recipient, content from alert_deliveries where event = 'report'`,
    );
    expect(rows.map(({ recipient }) => recipient)).toEqual(['reads@example.gov']);
    expect(JSON.stringify(rows[0]?.content)).not.toMatch(/Log4j|V-1|web-1/);
  });

  it('is refused where its expression is none, its recipient has no account, or its name is taken', async () => {
    const schedule = (changes: object) =>
      scheduleReport(
        world.app,
        { actor: ben, scope: everywhere },
        {
          name: 'mine',
          of: 'fedramp-poam',
          cron: '0 6 1 * *',
          parameters: { boundary: 'SYS-1' },
          recipients: [],
          ...changes,
        },
      );
    await expect(schedule({ cron: 'monthly' })).rejects.toMatchObject({ fields: [{ field: '--cron' }] });
    await expect(schedule({ recipients: ['nobody'] })).rejects.toMatchObject({
      fields: [{ field: 'recipients' }],
    });
    await expect(schedule({ name: 'fedramp-poam' })).rejects.toMatchObject({ fields: [{ field: 'name' }] });
    await expect(schedule({ parameters: { boundary: 'SYS-2' } })).rejects.toMatchObject({
      fields: [{ field: 'boundary' }],
    });
  });
});
