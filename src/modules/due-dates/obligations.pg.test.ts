/** By which day POA&Ms are obliged, over a database, the command line and what the inbox says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../../../test/support/command-over.ts';
import { composeApp } from '../../../test/support/compose-app.ts';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithPoams } from '../../../test/support/poam-world.ts';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { saveWeaknesses } from '../../record/weaknesses/index.ts';
import { countNewlyLate, recordObligations } from './obligations.sql.ts';
import { fetchDueDates } from './due-dates.ts';
import { followObligations } from './follow-obligations.ts';
import { listSaidOfPoam, listUnanswered, listZones } from './index.ts';

let database: ClonedDatabase;
let app: App;
const now = new Date('2026-11-27T12:00:00Z');
const operationId = '00000000-0000-0000-0000-000000000001';
const rows = async (query: string): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(query)).rows;
/** The weakness of an open POA&M in system S-2, which promises 2026-12-30. */
const weakness = {
  systemId: 'S-2',
  grouping: 'plugin' as const,
  identifier: '1',
  detectedOn: '2026-11-20',
  cves: [],
  assets: [],
  machineNames: null,
};

/** As a sync does: ties the weakness with this severity and records what follows. */
async function judged(severity: Severity): Promise<void> {
  const due = (await fetchDueDates(database.db, []))({ ...weakness, severity });
  const { systemId, grouping, identifier, detectedOn } = weakness;
  await saveWeaknesses(database.db, [
    {
      systemId,
      grouping,
      identifier,
      ruleId: 1,
      title: 'Weak',
      pluginId: '1',
      detectedOn,
      severity,
      dueOn: due.on,
      dueReason: due.reason,
      controls: [],
      controlReason: 'any',
      poamId: 'P-OPEN',
    },
  ]);
  await recordObligations(database.db, { operationId, now }, [{ systemId, grouping, identifier, due }]);
}
const dates = () =>
  rows(
    `select d.obliged_by::text, d.proposed::text from poam_due_dates d join ingestion_poams p on p.id = d.poam_ref where p.poam_id = 'P-OPEN'`,
  );
const inbox = async (): Promise<unknown[]> => {
  const { json } = await commandOver(app, ['inbox', '--kind', 'late_obligation']);
  return (json as { items: { subject: string }[] }).items.filter((each) => each.subject === 'P-OPEN');
};
const command = (...args: string[]) => commandOver(app, ['due-policies', ...args]);

beforeAll(async () => {
  ({ database } = await databaseWithPoams());
  app = { ...composeApp(database, Buffer.alloc(32, 7).toString('base64')), now: () => now };
  await database.pool.query(
    `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description) values ('P-OPEN', 'S-2', 'Open', '2026-12-20', 'Weak')`,
  );
});
afterAll(() => database[Symbol.asyncDispose]());

// One story in order: each step begins where the one before ended.
describe('by which day a POA&M is obliged', () => {
  it('a POA&M is obliged by the policy’s date from the first judgement on, and nothing is added while that stands', async () => {
    await judged('High');
    await judged('High');
    expect(await dates()).toEqual([{ obliged_by: '2026-12-20', proposed: null }]);
    const obligations = await rows(
      `select o.obliged_by::text, o.policy_id, o.version, o.inputs ->> 'since' as since from poam_obligations o join weaknesses w on w.id = o.weakness_id where w.identifier = '1'`,
    );
    expect(obligations).toEqual([
      { obliged_by: '2026-12-20', policy_id: 'org-default', version: 1, since: '2026-11-20' },
    ]);
    expect(await inbox()).toEqual([]);
  });

  it('a severity that rises adds an obligation, leaves the older one and the promise, and is a row of the inbox', async () => {
    await judged('Critical');
    expect(await dates()).toEqual([{ obliged_by: '2026-11-27', proposed: null }]);
    expect(
      await rows(
        `select w.severity, w.due_on - w.detected_on as days, (select count(*)::int from poam_obligations o where o.weakness_id = w.id) as obligations,
                (select scheduled_completion::date::text from ingestion_poams p where p.id = w.poam_id) as promised
           from weaknesses w where w.identifier = '1'`,
      ),
    ).toEqual([{ severity: 'Critical', days: 7, obligations: 2, promised: '2026-12-20' }]);
    expect(await countNewlyLate(database.db, [operationId])).toBeGreaterThan(0);
    expect(await inbox()).toHaveLength(1);
  });

  it('a severity that falls gives nobody more time: the earliest date stands (grc-formats 3.1, severity change)', async () => {
    await judged('High');
    expect(await dates()).toEqual([{ obliged_by: '2026-11-27', proposed: null }]);
  });

  it('`due-policies explain` says both dates, what each policy says now, and every obligation that there was', async () => {
    const { code, json } = await command('explain', 'P-OPEN');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      promised: '2026-12-20',
      obligedBy: '2026-11-27',
      isLate: true,
      weaknesses: [{ identifier: '1', answers: [{ policyId: 'org-default', on: '2026-12-20' }] }],
      history: [{ obligedBy: '2026-11-27' }, { obligedBy: '2026-12-20' }],
    });
  });

  it('a promise that a person lets stand leaves the inbox, with who said why, until another obligation arises', async () => {
    const stands = await command('stands', 'P-OPEN', '--reason', 'extension by the AO', '--by', 'M. Ray');
    expect(stands.json).toMatchObject({
      standsFor: '2026-11-27',
      standsBy: 'M. Ray',
      standsReason: 'extension by the AO',
    });
    expect(await inbox()).toEqual([]);
    await database.pool.query(`update weaknesses set due_on = '2026-11-25' where identifier = '1'`);
    await recordObligations(database.db, { operationId, now }, []);
    expect(await inbox()).toHaveLength(1);
  });

  it('a promise that is not late is not let stand', async () => {
    await database.pool.query(
      `update ingestion_poams set scheduled_completion = '2026-11-25' where poam_id = 'P-OPEN'`,
    );
    expect((await command('stands', 'P-OPEN', '--reason', 'because')).code).toBe(2);
  });
});

describe('policies, and where they apply', () => {
  it('a policy for one boundary says first what it would do, and then holds there alone', async () => {
    const { json: tried } = await command('set', 'hhs-cms', 'on', '--system', 'S-2');
    expect(tried).toMatchObject({ late: expect.any(Number) as number });
    expect((await command('show', 'hhs-cms')).json).toMatchObject({ uses: [] });
    await command('set', 'hhs-cms', 'on', '--system', 'S-2', '--yes', '--reason', 'CMS');
    expect((await command('show', 'hhs-cms')).json).toMatchObject({
      uses: [{ systemId: 'S-2', applies: true, reason: 'CMS', endedAt: null }],
    });
    const dueDatesOf = await fetchDueDates(database.db, []);
    const policiesOf = (systemId: string) =>
      dueDatesOf({ ...weakness, systemId, severity: 'High' }).answers.map((each) => each.policyId);
    expect(policiesOf('S-2')).toEqual(['hhs-cms', 'org-default']);
    expect(policiesOf('S-1')).toEqual(['org-default']);
  });

  it('a boundary can be let off a default, and return to it; what held is kept with its end', async () => {
    await command('set', 'org-default', 'off', '--system', 'S-3', '--yes');
    // A weakness is never without a date: nobody would be told of it.
    expect(
      (await fetchDueDates(database.db, []))({ ...weakness, systemId: 'S-3', severity: 'High' }),
    ).toMatchObject({
      on: '2026-12-20',
      reason: expect.stringMatching(/^no policy that applies gives a date/) as string,
    });
    await command('set', 'org-default', 'inherit', '--system', 'S-3', '--yes');
    expect(
      (await fetchDueDates(database.db, []))({ ...weakness, systemId: 'S-3', severity: 'High' }).on,
    ).toBe('2026-12-20');
    expect((await command('history')).json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          systemId: 'S-3',
          policyId: 'org-default',
          applies: false,
          endedAt: now.toISOString(),
        }),
      ]),
    );
  });

  it('a policy or a boundary that there is not is refused', async () => {
    expect((await command('set', 'no-such', 'on')).code).toBe(2);
    expect((await command('set', 'hhs-cms', 'on', '--system', 'NONE', '--yes')).code).toBe(2);
    expect((await command('explain', 'NONE')).code).toBe(2);
  });

  it('`due-policies try` says what every policy would say of a weakness that is made up', async () => {
    const { json } = await command(
      'try',
      ...'--severity High --detected 2026-11-20 --kev yes --automatable yes --impact total --exposed no'.split(
        ' ',
      ),
    );
    expect((json as { policyId: string; on: string | null }[])[0]).toMatchObject({
      policyId: 'cisa-bod-26-04',
      on: '2026-11-23',
      remark: 'with forensic investigation',
    });
  });

  it('`due-policies add` adds a policy from YAML, then a version of it, and says which value of a row is not possible', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tieline-policies-'));
    const file = join(folder, 'strict.yaml');
    const text = (days: number, exposed: string): string =>
      `{policyId: strict, title: Strict, source: memo 12, counts: days_then_before, calendar: federal, effectiveFrom: ${days === 5 ? '2026-11-01' : '2027-01-01'},
        times: [{when: {severity: High, exposed: ${exposed}}, days: ${days}}]}`;
    await writeFile(file, text(5, 'perhaps'));
    const refused = await command('add', file);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('expected yes, no') as string]);
    await writeFile(file, text(5, '"yes"'));
    expect((await command('add', file)).json).toEqual({ policyId: 'strict', version: 1 });
    await writeFile(file, text(3, '"yes"'));
    expect((await command('add', file)).json).toEqual({ policyId: 'strict', version: 2 });
    await command('set', 'strict', 'on', '--yes');
    const due = (await fetchDueDates(database.db, []))({ ...weakness, severity: 'High' });
    await rm(folder, { recursive: true });
    // 2026-11-25 is a Wednesday before a holiday; exposure is not known.
    expect(due).toMatchObject({
      on: '2026-11-25',
      answer: { policyId: 'strict', version: 1, unknown: ['exposed'] },
    });
  });

  it('own days are set and removed, and the holidays of a year are told', async () => {
    await command('days', 'set', '2026-12-24', 'closed');
    expect((await command('days', 'list', '--year', '2026')).json).toMatchObject({
      own: [{ calendar: 'federal', day: '2026-12-24', isWorking: false, title: 'closed' }],
      federal: expect.arrayContaining(['2026-12-25']) as string[],
    });
    await command('days', 'remove', '2026-12-24');
    expect((await command('days', 'list')).json).toMatchObject({ own: [] });
  });
});

/** A weakness on one machine with one CVE, in a boundary that follows BOD 26-04. */
const exploited = {
  ...weakness,
  identifier: '77',
  systemId: 'S-1',
  severity: 'High' as const,
  cves: ['CVE-2026-77'],
  assets: ['00000000-0000-0000-0000-000000000001'],
  machineNames: null,
};
const dueOf = async (given = exploited) => (await fetchDueDates(database.db, [given]))(given);

// One story in order: more is known with each step.
describe('what due dates hang on', () => {
  it('a CVE of which no feed says anything leaves everything unknown, and the earliest date is proposed', async () => {
    await command('set', 'strict', 'off', '--yes');
    await command('set', 'cisa-bod-26-04', 'on', '--system', 'S-1', '--yes');
    expect((await dueOf()).answer).toMatchObject({
      policyId: 'cisa-bod-26-04',
      on: '2026-11-23',
      latest: null,
      unknown: ['kev', 'exposed', 'automatable', 'impact'],
    });
  });

  it('a feed that is loaded says what is listed and what is not, and a listing that arrives later pulls the date in', async () => {
    await database.pool.query(
      `insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'kev.json', $1, 'test', 1, 1, 0, '00', 1)`,
      [now],
    );
    await database.pool.query(
      `insert into cve_intelligence (cve, automatable, technical_impact, loaded_at) values ('CVE-2026-77', 'no', 'partial', $1)`,
      [now],
    );
    // Not listed: 60 days if exposed, else with the next upgrade; the matrix is earlier.
    expect(await dueOf()).toMatchObject({ on: '2026-12-20', answer: { policyId: 'org-default' } });
    await database.pool.query(
      `update cve_intelligence set kev_added = '2026-11-26' where cve = 'CVE-2026-77'`,
    );
    expect(await dueOf()).toMatchObject({
      on: '2026-12-04',
      answer: { policyId: 'cisa-bod-26-04', days: 14 },
    });
  });

  it('a zone that was said to be exposed makes its machines exposed, but for one of which the contrary was said', async () => {
    await database.pool.query(
      `update cve_intelligence set technical_impact = 'total' where cve = 'CVE-2026-77'`,
    );
    await database.pool.query(
      `insert into assets_extended (asset_uuid, network_zone) values ('00000000-0000-0000-0000-000000000001', 'DMZ')`,
    );
    expect((await dueOf()).answer).toMatchObject({
      on: '2026-11-23',
      latest: '2026-12-04',
      unknown: ['exposed'],
    });
    await command('tell', 'zone', 'dmz', 'yes');
    expect((await dueOf()).answer).toMatchObject({
      on: '2026-11-23',
      facts: { exposed: 'yes' },
      unknown: [],
    });
    await command('tell', 'asset', 'web1', 'no', '--reason', 'behind the VPN');
    expect((await dueOf()).answer).toMatchObject({ on: '2026-12-04', facts: { exposed: 'no' } });
  });

  it('a national security system is not under the directive for civilian agencies, and who said so is kept', async () => {
    const { json } = await command(
      'tell',
      'system',
      'S-1',
      '--class',
      'C',
      '--national-security',
      'yes',
      '--by',
      'AO',
    );
    expect(json).toMatchObject({ boundary: [{ class: 'C', nationalSecurity: true, setBy: 'AO' }] });
    expect((await dueOf()).answer.policyId).toBe('org-default');
    await command('tell', 'system', 'S-1', '--national-security', 'no');
    expect((await dueOf()).answer.policyId).toBe('cisa-bod-26-04');
  });

  it('what nobody has said is a row of the inbox until somebody says it', async () => {
    const waiting = async (): Promise<unknown[]> =>
      ((await commandOver(app, ['inbox', '--kind', 'unanswered_fact'])).json as { items: unknown[] }).items;
    await database.pool.query(`update exposures set exposed = null`);
    await database.pool.query(
      `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description, ingestion_batch_id) values ('P-KEV', 'S-1', 'Open', '2027-03-01', 'Weak', null)`,
    );
    await judgedAs();
    expect(await waiting()).toMatchObject([{ title: expect.any(String) as string, boundary: 'S-1' }]);
    expect((await command('unanswered')).json).toMatchObject({
      items: [{ poamId: 'P-KEV', systemId: 'S-1', weakness: 'Exploited', unknown: ['exposed'] }],
      total: 1,
    });
    const elsewhere: Scope = { kind: 'boundaries', systemIds: ['S-2'], unassigned: true };
    expect(await listUnanswered(database.db, elsewhere, { offset: 0, limit: 9 })).toEqual({
      items: [],
      total: 0,
    });
    expect((await listSaidOfPoam(app, everywhere, 'P-KEV')).unknown).toEqual(['exposed']);
    await expect(listSaidOfPoam(app, elsewhere, 'P-KEV')).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await command('tell', 'asset', 'web1', 'no');
    await judgedAs();
    expect(await waiting()).toEqual([]);
  });

  it('network zones are listed with what was said of each last, as far as one sees their assets', async () => {
    await database.pool.query(
      `insert into assets_extended (asset_uuid, network_zone) select asset_uuid, 'Lab' from ingestion_assets where hostname = 'web1'
       on conflict (asset_uuid) do update set network_zone = 'Lab'`,
    );
    expect(await listZones(database.db, everywhere)).toMatchObject([
      { zone: 'Lab', assets: 1, exposed: null },
    ]);
    await command('tell', 'zone', 'LAB', 'yes', '--reason', 'guest Wi-Fi', '--by', 'ISSM');
    expect(await listZones(database.db, everywhere)).toMatchObject([
      { zone: 'Lab', exposed: true, setBy: 'ISSM', reason: 'guest Wi-Fi' },
    ]);
    await command('tell', 'zone', 'Lab', 'unknown');
    const elsewhere: Scope = { kind: 'boundaries', systemIds: ['S-2'], unassigned: false };
    expect(await listZones(database.db, elsewhere)).toEqual([]);
  });

  it('an evaluation of a POA&M is kept with its history, and the newest counts', async () => {
    await command('tell', 'poam', 'P-KEV', '--comply-by', '2026-11-30', '--reason', 'IAVA 2026-A-0007');
    await command('set', 'dod-iavm', 'on', '--system', 'S-1', '--yes');
    expect((await dueOf()).answer).toMatchObject({ policyId: 'dod-iavm', on: '2026-11-30' });
    await command('tell', 'poam', 'P-KEV', '--exploitable', 'yes', '--agency-impact', 'N3');
    expect((await dueOf()).answer.policyId).toBe('cisa-bod-26-04');
    expect(await rows(`select count(*)::int as n from weakness_evaluations`)).toEqual([{ n: 2 }]);
    expect((await listSaidOfPoam(app, everywhere, 'P-KEV')).evaluation).toMatchObject({
      exploitable: true,
      reachable: null,
      agencyImpact: 'N3',
      complyBy: null,
    });
    expect((await command('tell', 'poam', 'P-1')).code).toBe(2);
  });

  it('a promise follows an obligation by itself where its policy says so, and the journal has the date before', async () => {
    await database.pool.query(
      `update due_date_policy_versions set when_earlier = 'follow' where policy_id = 'cisa-bod-26-04'`,
    );
    await database.pool.query(`update weaknesses set due_on = '2027-03-01' where identifier = '77'`);
    await judgedAs();
    expect(await database.store.transaction((tx) => followObligations(tx, { operationId, now }))).toBe(1);
    expect(
      await rows(
        `select scheduled_completion::date::text as promised from ingestion_poams where poam_id = 'P-KEV'`,
      ),
    ).toEqual([{ promised: '2026-12-04' }]);
    expect(
      await rows(
        `select before_value, after_value from sync_changes where entity_id = 'P-KEV' and field_name = 'scheduled_completion'`,
      ),
    ).toEqual([{ before_value: '2027-03-01', after_value: '2026-12-04' }]);
  });
});

/** As a sync does for the weakness of P-KEV. */
async function judgedAs(): Promise<void> {
  const named = exploited;
  const due = await dueOf(named);
  const { systemId, grouping, identifier, detectedOn, severity } = named;
  await saveWeaknesses(database.db, [
    {
      systemId,
      grouping,
      identifier,
      ruleId: 1,
      title: 'Exploited',
      pluginId: null,
      detectedOn,
      severity,
      dueOn: due.on,
      dueReason: due.reason,
      controls: [],
      controlReason: 'any',
      poamId: 'P-KEV',
    },
  ]);
  await recordObligations(database.db, { operationId, now }, [{ systemId, grouping, identifier, due }]);
}
