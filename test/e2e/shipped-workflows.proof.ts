/**
 * The fifteen shipped workflows, live over the world of the demo: both simulators, real syncs, the real worker. A person saves them, another one
 * approves and switches them on; they are started by what happens in a sync and by the clock, never by hand. A second sync does nothing twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, everywhere } from '../../src/canonical/access/index.ts';
import { listRequests } from '../../src/engine/approvals/index.ts';
import { nameOwners } from '../../src/main/demo-day.ts';
import { readRequest, requestDeviation } from '../../src/modules/deviations/index.ts';
import { decideRequest } from '../../src/modules/requests/index.ts';
import {
  decideWorkflow,
  saveWorkflow,
  setWorkflowMode,
  shippedWorkflows,
} from '../../src/modules/workflows/index.ts';
import { actorOf, makeDemoPeople } from '../../src/operate/accounts/index.ts';
import { installWorker, runWorker } from '../../src/operate/worker/index.ts';
import { workflowPartsOf } from '../../src/operate/workflows/index.ts';
import { editRecord } from '../../src/review/records/index.ts';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let now = new Date('2026-11-02T05:00:00Z');
const signal = new AbortController().signal;
const directory = mkdtempSync(join(tmpdir(), 'tieline-shipped-'));

beforeAll(async () => {
  world = await startTwoSystems(['--size', '1']);
  world.app.clock.moveTo(() => now);
  await installWorker(world.app);
  await nameOwners(world.urls.xacta);
  await makeDemoPeople(world.app);
  await world.rows(`update principals set email = name || '@example.gov'`);
  await world.rows(`insert into alert_channels (name, kind, settings, least_severity, alert_kinds, system_ids, is_enabled, changed_by, changed_at)
    values ('mail', 'email', '{"host": "mail.example.gov", "from": "t@example.gov", "to": ["x@example.gov"]}', 'Critical', '{}', '{}', true, 'test', '2026-11-02Z')`);
  await switchOn();
  await worker(); // listens from here on
  await world.sync();
  await workOff();
  await happen();
  // The second one reads what the first one did at the scanner: findings that it accepts now.
  for (const _sync of [1, 2]) {
    await world.sync();
    await workOff();
  }
}, 900_000);
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await world.stop();
});

const command = (...args: string[]) => commandOver(world.app, args);
const one = async (query: string, ...values: unknown[]) => (await world.rows(query, ...values))[0] ?? {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
async function person(name: string): Promise<Actor> {
  const actor = await actorOf(world.app, name);
  if (!actor) throw new Error(`${name} may not act`);
  return actor;
}

/** The manager saves and owns them all, with the operator's right to notify; another manager approves, and switches them on. */
async function switchOn(): Promise<void> {
  await world.rows(
    `insert into principals (id, kind, name, created_by) values ('00000000-0000-4000-8000-0000000000a2', 'person', 'ivan', 'test')`,
  );
  await world.rows(
    `insert into grants (principal_id, role, reach, system_ids, granted_by)
     select p.id, r, 'everywhere', '{}', 'test' from principals p cross join unnest('{issm,operator}'::text[]) r
      where p.name in ('ivan', 's.haddad') and not exists (select from grants g where g.principal_id = p.id and g.role = r)`,
  );
  const parts = workflowPartsOf(world.app);
  const [owner, approver] = [await person('s.haddad'), await person('ivan')];
  for (const { source } of shippedWorkflows()) {
    const { name, version } = await saveWorkflow(world.app, parts, owner, { source });
    await decideWorkflow(world.app, parts, approver, { name, version, approved: true });
    await setWorkflowMode(world.app, approver, { name, mode: 'live' });
  }
}

const worker = (): Promise<void> => runWorker(world.app, { signal, once: true, report: () => undefined });

/** The worker does all that is due, until no event is unread and no run could continue. */
async function workOff(): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    await worker();
    const left = await one(
      `select (select count(*)::int from workflow_cursors where up_to is not null) as unread,
              (select count(*)::int from workflow_executions where status = 'pending') as runs`,
    );
    if (left['unread'] === 0 && left['runs'] === 0 && round > 0) return;
    await delay(2_100); // until a page of events is known to be whole
  }
  throw new Error('the worker does not come to rest');
}

/** What the days of the demo bring, two days after its first sync: at the scanner, at the GRC system, in feeds, and by people. */
async function happen(): Promise<void> {
  now = new Date('2026-11-04T05:00:00Z');
  await listExploited();
  await askForDeviations();
  await changeAtScanner();
  await disagree();
}

/** CISA's catalogue: the first load is what there is; the second one lists a CVE of open weaknesses. */
async function listExploited(): Promise<void> {
  const entry = (cveID: string, dateAdded: string) => ({
    cveID,
    vendorProject: 'v',
    product: 'p',
    vulnerabilityName: 'n',
    dateAdded,
    shortDescription: 's',
    requiredAction: 'patch',
    dueDate: '2026-11-25',
    knownRansomwareCampaignUse: 'Unknown',
  });
  for (const [n, entries] of [
    [entry('CVE-2019-0001', '2026-10-01')],
    [entry('CVE-2019-0001', '2026-10-01'), entry('CVE-2026-20162', '2026-11-04')],
  ].entries()) {
    const path = join(directory, `kev-${n}.json`);
    const dateReleased = `2026-11-0${3 + n}T04:00:00.000Z`;
    writeFileSync(
      path,
      JSON.stringify({
        title: 'KEV',
        catalogVersion: `2026.11.0${3 + n}`,
        dateReleased,
        count: entries.length,
        vulnerabilities: entries,
      }),
    );
    expect(await command('intelligence', 'load', 'kev', path)).toMatchObject({ code: 0 });
    await workOff();
  }
}

/** One that nobody decides, one that holds until 30 days from now, and one of a vendor who was asked 27 days ago. */
async function askForDeviations(): Promise<void> {
  const poams = await world.rows(
    `select p.poam_id as id from ingestion_poams p where p.status = 'Open' and p.scheduled_completion > '2026-12-10'
        and exists (select from ingestion_vulnerabilities v where v.poam_id = p.id and v.lifecycle_state = 'open') order by p.poam_id limit 3`,
  );
  const [asked, holds, vendor] = poams.map(({ id }) => text(id));
  const asker = await person('a.lindqvist');
  const ask = async (wish: Record<string, unknown>, decide: boolean): Promise<void> => {
    await requestDeviation(world.app, asker, everywhere, readRequest(wish));
    if (!decide) return;
    for (const name of ['m.okafor', 'r.whitfield', 'ivan'])
      for (const { approvalId } of await listRequests(world.app.db, { status: 'pending' }, 20)) {
        const decision = { id: approvalId, approved: true, reason: 'Agreed.' };
        await decideRequest(world.app, await person(name), everywhere, decision).catch(() => undefined); // not their turn
      }
  };
  await ask(
    {
      kind: 'vendor_dependency',
      poam: vendor,
      rationale: 'no fix yet',
      details: { product: 'Router OS', vendor: 'Acme', checkedIn: '2026-10-08', contact: 'ticket 17' },
    },
    true,
  );
  await ask(
    {
      kind: 'risk_acceptance',
      poam: holds,
      rationale: 'replaced soon',
      details: { conditions: 'stays behind the firewall' },
      until: '2026-12-04',
    },
    true,
  );
  await ask(
    {
      kind: 'risk_acceptance',
      poam: asked,
      rationale: 'replaced soon',
      details: { conditions: 'stays behind the firewall' },
      until: '2027-02-25',
    },
    false,
  );
}

const edit = (body: object) => world.control('tenable', 'POST', '/edit', body);

/** A machine is retired; a finding is less grave, and another one is reported fixed and then found so. */
async function changeAtScanner(): Promise<void> {
  const single = `
    select v.finding_key::text as key, a.tenable_asset_uuid as asset, v.plugin_id as plugin, p.poam_id as poam
      from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref join ingestion_poams p on p.id = v.poam_id
     where v.lifecycle_state = 'open' and p.status = 'Open' and p.poam_id like 'TL-%' and not exists (select from deviations d where d.poam_id = p.poam_id)
       and (select count(*) from ingestion_vulnerabilities o where o.poam_id = p.id) = 1`;
  const milder = await one(`${single} and v.severity = 'Critical' order by v.id limit 1`);
  await edit({
    asset: milder['asset'],
    plugin: Number(milder['plugin']),
    fields: { severity: 'high', severity_id: 3, last_found: '2026-11-04T06:30:00.000Z' },
  });
  const fixed = await one(`${single} and v.severity = 'High' order by v.id limit 1`);
  await command('remediation', 'report-fixed', text(fixed['key']), '--by', 'm.okafor');
  await edit({
    asset: fixed['asset'],
    plugin: Number(fixed['plugin']),
    fields: {
      state: 'FIXED',
      last_fixed: '2026-11-04T06:30:00.000Z',
      last_found: '2026-11-04T06:30:00.000Z',
    },
  });
  const retired = await one(
    `select a.tenable_asset_uuid as asset from ingestion_assets a join asset_exposure e on e.asset_uuid = a.asset_uuid
      where a.xacta_component_id is not null and e.open_critical > 0 and a.terminated_at is null and a.tenable_asset_uuid not in ($1, $2) order by a.id limit 1`,
    milder['asset'],
    fixed['asset'],
  );
  await edit({ asset: retired['asset'], terminate: true });
}

/** Both sides give a POA&M another owner while its day is near. */
async function disagree(): Promise<void> {
  const near = await one(
    `select p.poam_id as id, l.external_id as "remoteId" from ingestion_poams p
       join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null
      where p.status = 'Open' and p.scheduled_completion between '2026-11-05' and '2026-11-09' order by p.poam_id desc limit 1`,
  );
  const actor = await person('m.okafor');
  const changes = { poc: 'Grace Lindholm' };
  const reason = 'Handed over.';
  await editRecord(world.app, actor, everywhere, { entity: 'poam', id: text(near['id']), changes, reason });
  await world.control('xacta', 'POST', '/edit', {
    entity: 'poam',
    id: near['remoteId'],
    fields: { poc: 'Daniel Reyes' },
  });
}

/** What the steps of each workflow came to, each once; `(trigger)` by what its runs were started. */
async function did(): Promise<Record<string, string[]>> {
  const rows = await world.rows(
    `select w.workflow_name as name, array_agg(distinct coalesce(t.step_id || ' ' || t.outcome, '(' || e.trigger_kind || ')')
                                               order by coalesce(t.step_id || ' ' || t.outcome, '(' || e.trigger_kind || ')')) as did
       from workflow_traces t join workflow_executions e using (execution_id) join workflows w on w.id = e.workflow_id group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, did: lines }) => [text(name), lines as string[]]));
}

/** All that workflows leave behind. */
const footprint = () =>
  one(`select (select count(*)::int from workflow_executions) as runs, (select count(*)::int from workflow_traces) as traces,
              (select count(*)::int from work_tasks) as tasks, (select count(*)::int from alert_deliveries where event = 'workflow') as mails,
              (select count(*)::int from poam_comments) as comments, (select count(*)::int from generated_reports) as reports,
              (select count(*)::int from approvals) as questions, (select count(*)::int from sync_outbox) as sent`);

/** The workflows that nothing in this world concerns, and why. */
const unconcerned: Readonly<Record<string, string>> = {
  'late-finding':
    'the sync makes a POA&M for each grave finding of a boundary, and no policy gives the others a day',
  'severity-changed': 'the sync that reads the severity of a finding rates its POA&M by it at once',
  'reopened-weakness': 'a finding that comes back soon opens its completed POA&M again by the sync itself',
};
const dayOne: Readonly<Record<string, readonly string[]>> = {
  'asset-outside': ['(asset.seen)', 'place done'],
  'asset-retired': ['(asset.changed)', 'proof done', 'tell done'],
  // That status is not set by an edit here, so the step is refused, and the run continues.
  'closure-by-evidence': ['(finding.fixed)', 'pending continued_after_failure', 'verify asked'],
  'deviation-ends': ['(schedule)', 'decide skipped', 'tell done'],
  'deviation-request': ['(deviation.requested)', 'ask done', 'three waits'],
  'failed-push': ['(sync.conflict)', 'settle done', 'tell done'],
  'forensic-tier': [
    '(weakness.due_date_changed)',
    'confirm done',
    'exposure skipped',
    'forensics done',
    'reported waits',
    'reported woke',
    'tell done',
  ],
  // The days of some of them are past, and a past day is a person's to promise anew.
  'kev-arrives': ['(feed.loaded)', 'date continued_after_failure', 'tell done', 'urgent done'],
  'milestone-slip': [
    '(schedule)',
    'late done',
    'late nothing_to_do',
    'late skipped',
    'manager skipped',
    'official skipped',
    'warn done',
    'warn skipped',
  ],
  'scan-coverage': ['(scan.completed)', 'ask done', 'ask nothing_to_do', 'repaired waits', 'tell done'],
  'vendor-check-in': ['(schedule)', 'ask done', 'flag skipped', 'remind skipped'],
};
/** What the weeks after it bring, beside what was before. */
const later: Readonly<Record<string, readonly string[]>> = {
  'closure-by-evidence': ['verify reminded', 'verify expired', 'back done', 'again skipped', 'look done'],
  'deviation-request': [
    'three timed_out',
    'remind done',
    'seven waits',
    'seven timed_out',
    'again done',
    'last waits',
    'last timed_out',
    'lapse done',
  ],
  'forensic-tier': ['reported timed_out'],
  'milestone-slip': ['manager done'],
  'monthly-package': [
    '(schedule)',
    'summary done',
    'posture done',
    'deviations done',
    'review asked',
    'review reminded',
  ],
  'scan-coverage': ['repaired timed_out', 'manager done'],
  'vendor-check-in': ['ask nothing_to_do', 'flag done'],
};
const sorted = (steps: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(steps).map(([name, of]) => [name, of.toSorted()]));

describe('the shipped workflows over the world of the demo', { timeout: 900_000 }, () => {
  it('are started by what a sync brings and by their schedules', async () => {
    now = new Date('2026-11-04T07:30:00Z');
    await workOff();
    expect(sorted(await did())).toEqual(sorted(dayOne));
  });

  it('do nothing twice after another sync, nor after a full one', async () => {
    const before = await footprint();
    await world.sync();
    await workOff();
    expect(await footprint()).toEqual(before);
    await world.sync({ full: true });
    await workOff();
    expect(await footprint()).toEqual(before);
  });

  it('continue with the days: reminders, the lapse of a request, the monthly package', async () => {
    for (const day of ['2026-11-08', '2026-11-12', '2026-12-01', '2026-12-06']) {
      now = new Date(`${day}T08:00:00Z`);
      await workOff();
    }
    const all = await did();
    for (const [name, steps] of Object.entries(later))
      expect({ name, steps: all[name] }).toEqual({
        name,
        steps: expect.arrayContaining([...steps]) as string[],
      });
    expect(Object.keys({ ...all, ...unconcerned }).toSorted()).toEqual(
      shippedWorkflows()
        .map(({ definition }) => definition.name)
        .toSorted(),
    );
    expect(Object.keys(unconcerned).filter((name) => name in all)).toEqual([]);
  });
});
