/** A patch is verified: planned, launched, followed, read, told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface Finding {
  readonly id: number;
  readonly uuid: string;
  readonly plugin: string;
  readonly asset: string;
  readonly tenable: string;
}
interface Scan {
  readonly id: number;
  readonly name: string;
  readonly targets: string[];
  readonly plugins: string[];
  readonly runs: string[];
}
interface Shown {
  readonly scan: { readonly id: number; readonly state: string; readonly externalId: string | null };
  readonly findings: { readonly findingId: number; readonly verdict: string }[];
  readonly moves: { readonly state: string }[];
}

let world: TwoSystems;
let findings: Finding[];
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '4', '--scan-pending-ms', '3600000', '--scan-running-ms', '3600000'],
    xacta: ['--systems', '1'],
  });
  await world.sync();
  // Each of another plugin, so that a scan of one says nothing of another.
  findings = (await world.rows(
    `select min(v.id)::int as id, min(v.tenable_vuln_id) as uuid, v.plugin_id as plugin, min(v.asset_uuid::text) as asset, min(a.tenable_asset_uuid) as tenable
       from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
      where v.lifecycle_state = 'open' and a.deleted_at is null and a.terminated_at is null
      group by v.plugin_id having count(*) = 1 order by 1 limit 8`,
  )) as unknown as Finding[];
});
afterAll(async () => {
  await world.stop();
});

const command = (...args: string[]) => commandOver(world.app, args);
const launch = (finding: Finding | undefined, ...more: string[]) =>
  command('scans', 'launch', 'tenable', '--finding', String(finding?.id), '--by', 'isso', ...more);
const show = async (id: number): Promise<Shown> => (await command('scans', 'show', String(id))).json as Shown;
const edit = (body: object) => world.control('tenable', 'POST', '/edit', body);
const there = async (): Promise<Scan[]> =>
  (await world.control<{ scans: Scan[] }>('tenable', 'GET', '/state')).scans;
const fault = (...faults: object[]) => world.control('tenable', 'PUT', '/faults', faults);
const idOf = (outcome: { readonly json: unknown }): number =>
  (outcome.json as { scan: { id: number } }).scan.id;
/** Begins and ends the run at the server of what was launched last. */
async function runs(status: 'completed' | 'aborted' = 'completed'): Promise<void> {
  const scan = (await there()).at(-1)?.id;
  await edit({ scan, status: 'running' });
  await edit({ scan, status });
}
const pluginsOf = (...of: (Finding | undefined)[]): string[] =>
  of.map((finding) => finding?.plugin ?? '').toSorted((a, b) => (a < b ? -1 : 1));
const scansOf = async (finding: Finding | undefined): Promise<Scan[]> =>
  (await there()).filter((scan) => scan.plugins.includes(finding?.plugin ?? ''));

/** `tieline scans launch` as a process of its own, killed where the point's name begins so. */
async function killedAt(point: string, finding: Finding | undefined): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      join(import.meta.dirname, '../crash/crash-hook.ts'),
      join(import.meta.dirname, '../../src/main/main.ts'),
      'scans',
      'launch',
      'tenable',
      '--finding',
      String(finding?.id),
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...world.environment(),
        npm_lifecycle_event: '',
        TIELINE_TEST_POINT_NAME: point,
      },
    },
  );
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]; // the event's arguments
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}

describe('a remediation scan', () => {
  it('a remediation scan is planned: machines, plugins, findings, and nothing is sent or kept', async () => {
    const [one, two] = findings;
    const { code, json } = await launch(one, '--finding', String(two?.uuid), '--plan');
    expect(code).toBe(0);
    expect(json).toMatchObject({ pluginIds: pluginsOf(one, two), needsApproval: false });
    expect((json as { findings: unknown[] }).findings).toHaveLength(2);
    expect(await there()).toEqual([]);
    expect((await command('scans', 'list')).json).toEqual([]);
  });

  it('a remediation scan is refused, naming why, where nothing can be verified', async () => {
    const fixed = (
      await world.rows(`select id from ingestion_vulnerabilities where lifecycle_state = 'fixed' limit 1`)
    )[0]?.['id'];
    for (const [args, said] of [
      [['--finding', String(fixed)], 'it is fixed already'],
      [['--finding', '99999999'], 'is not a finding on record'],
      [['--finding', 'CVE-2024-1'], 'neither a number nor a UUID'],
      [['--asset', findings[0]?.asset ?? ''], 'say which plugins'],
      [['--poam', 'POAM-0'], 'belongs to a POA&M'],
      [[], 'in one way'],
    ] as const) {
      const outcome = await command('scans', 'launch', 'tenable', ...args);
      expect(outcome.code, said).toBe(2);
      expect(outcome.err).toContain(said);
    }
    expect((await command('scans', 'launch', 'xacta', '--finding', '1')).err).toContain('runs no scans');
    expect(await command('scans', 'show', '77')).toMatchObject({ code: 2 });
  });

  it('a remediation scan finds patched findings fixed; the next sync imports that, and the scan reports it', async () => {
    const [patched, standing] = findings;
    await edit({ asset: patched?.tenable, plugin: Number(patched?.plugin), patched: true });
    const outcome = await launch(patched, '--finding', String(standing?.uuid), '--reason', 'patch night');
    expect(outcome).toMatchObject({ code: 0, json: { resumed: false, scan: { state: 'launched' } } });
    const id = idOf(outcome);
    expect(await there()).toMatchObject([{ plugins: pluginsOf(patched, standing), runs: ['pending'] }]);
    await edit({ scan: (await there())[0]?.id, status: 'running' });
    expect((await command('scans', 'follow')).json).toMatchObject([{ id, state: 'running' }]);
    expect((await show(id)).findings.map((each) => each.verdict)).toEqual(['pending', 'pending']);
    await runs();
    // The sync asks by itself before it reads.
    await world.sync();
    const shown = await show(id);
    expect(shown.scan.state).toBe('completed');
    expect(Object.fromEntries(shown.findings.map((each) => [each.findingId, each.verdict]))).toEqual({
      [patched?.id ?? 0]: 'fixed',
      [standing?.id ?? 0]: 'open',
    });
    expect(shown.moves.map((move) => move.state)).toEqual([
      'requested',
      'created',
      'launched',
      'running',
      'completed',
    ]);
    expect(
      await world.rows(
        'select lifecycle_state as state from ingestion_vulnerabilities where id = $1',
        patched?.id,
      ),
    ).toEqual([{ state: 'fixed' }]);
    expect((await launch(patched)).err).toContain('it is fixed already');
  });

  it('a remediation scan of a machine that was not reached covers nothing', async () => {
    const [, , off] = findings;
    await edit({ asset: off?.tenable, unreachable: true });
    const outcome = await command(
      'scans',
      'launch',
      'tenable',
      '--asset',
      off?.asset ?? '',
      '--plugin',
      off?.plugin ?? '',
    );
    await runs();
    await command('scans', 'follow', String(idOf(outcome)), '--wait');
    expect((await show(idOf(outcome))).findings).toMatchObject([{ verdict: 'pending' }]);
    await world.sync();
    expect((await show(idOf(outcome))).findings).toMatchObject([{ verdict: 'not_covered' }]);
    await edit({ asset: off?.tenable, unreachable: false });
  });

  it('a remediation scan of a POA&M covers its open findings', async () => {
    const [row] = await world.rows(
      `select p.poam_id as poam, count(*)::int as n, array_agg(distinct v.plugin_id::text) as plugins
         from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id
        where v.lifecycle_state in ('open', 'reopened') group by 1 order by 1 limit 1`,
    );
    const { json } = await command('scans', 'launch', 'tenable', '--poam', String(row?.['poam']), '--plan');
    expect(row).toBeDefined();
    expect(json).toMatchObject({ pluginIds: row?.['plugins'] });
    expect((json as { findings: unknown[] }).findings).toHaveLength(Number(row?.['n']));
  });

  it('a remediation scan is created and launched once, though both answers are lost', async () => {
    const finding = findings[3];
    await fault(
      { kind: 'commit-cut', times: 1, match: { method: 'POST', path: '^/scans/remediation$' } },
      { kind: 'commit-cut', times: 1, match: { method: 'POST', path: '/launch$' } },
    );
    expect(await launch(finding)).toMatchObject({ code: 0, json: { scan: { state: 'launched' } } });
    expect(await scansOf(finding)).toMatchObject([{ runs: ['pending'] }]);
    // Asked for again while it is not over, it is the same scan.
    expect(await launch(finding)).toMatchObject({ code: 0, json: { resumed: true } });
    expect(await scansOf(finding)).toHaveLength(1);
  });

  it('a remediation scan that two people request at once is one scan', async () => {
    const both = await Promise.all([1, 2].map(() => launch(findings[2])));
    expect(new Set(both.map((outcome) => idOf(outcome))).size).toBe(1);
    expect((await scansOf(findings[2])).filter((scan) => scan.runs[0] === 'pending')).toHaveLength(1);
    await runs();
  });

  it.each([
    ['the request was recorded', 'before POST /scans/remediation', 4],
    ['the server made it', 'after POST /scans/remediation', 5],
    ['the server launched it', 'after POST /scans/6', 6],
  ] as const)('whose process is killed after %s is taken up again, once', async (_what, point, nth) => {
    const finding = findings[nth];
    await killedAt(point, finding);
    const list = (await command('scans', 'list', '--unfinished')).json as { id: number; state: string }[];
    expect(list[0]?.state).toBe(nth === 6 ? 'created' : 'requested');
    // By the next sync, or by whoever asks for the same again.
    if (nth === 5) await launch(finding);
    else await world.sync();
    expect((await show(list[0]?.id ?? 0)).scan.state).toBe('launched');
    expect(await scansOf(finding)).toMatchObject([{ runs: ['pending'] }]);
  });

  it('a remediation scan that the server refuses reports the remedy, and is over', async () => {
    const finding = findings[7];
    await edit({ scanLimits: { configurations: 0 } });
    const outcome = await launch(finding);
    expect(outcome).toMatchObject({ code: 1 });
    for (const said of ['SCAN_REFUSED', 'limit of scans', '10,000']) expect(outcome.err).toContain(said);
    const [failed] = (await command('scans', 'list')).json as { state: string; problem: object }[];
    expect(failed).toMatchObject({ state: 'failed', problem: { fields: [{ field: 'scan' }] } });
    await edit({ scanLimits: { configurations: 10_000 } });
  });

  it('a remediation scan that cannot be launched yet stays on record with the reason, and is launched later', async () => {
    const finding = findings[7];
    await fault({ kind: 'server-error', status: 503, match: { method: 'POST', path: '/launch$' } });
    const outcome = await launch(finding);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain('cannot continue yet');
    expect(await command('scans', 'follow')).toMatchObject({ code: 3 });
    await fault();
    await world.sync({ systems: ['tenable'] });
    expect(await scansOf(finding)).toMatchObject([{ runs: ['pending'] }]);
    await runs('aborted');
    await command('scans', 'follow');
    const [newest] = (await command('scans', 'list')).json as object[];
    expect(newest).toMatchObject({
      state: 'failed',
      problem: { message: expect.stringContaining('aborted') as string },
    });
  });

  it('a remediation scan waits for approval where a policy asks for it, and is not made if it is rejected', async () => {
    const finding = findings[7];
    await command('policies', 'set', 'tenable', 'remediation_scan', '--approval', 'always');
    const before = (await there()).length;
    const asked = await launch(finding);
    expect(asked).toMatchObject({ code: 3, json: { scan: { state: 'waiting' } } });
    await world.sync();
    expect((await command('sync', 'status')).json).toMatchObject({ approvalsPending: 1 });
    const approval = async () =>
      ((await command('approvals', 'list')).json as { approvalId: string; content: object[] }[])[0];
    expect((await approval())?.content).toMatchObject([
      { entity: 'remediation_scan', after: { plugins: [finding?.plugin] } },
    ]);
    await command(
      'approvals',
      'reject',
      (await approval())?.approvalId ?? '',
      '--by',
      'ao',
      '--reason',
      'no',
    );
    expect((await show(idOf(asked))).scan.state).toBe('cancelled');
    const again = await launch(finding);
    await command('approvals', 'approve', (await approval())?.approvalId ?? '', '--by', 'ao');
    expect(await there()).toHaveLength(before);
    await command('scans', 'follow', String(idOf(again)));
    const shown = await show(idOf(again));
    expect(shown.scan.state).toBe('launched');
    expect(shown.moves.map((move) => move.state)).toEqual(['waiting', 'requested', 'created', 'launched']);
    expect(await there()).toHaveLength(before + 1);
    await command('policies', 'set', 'tenable', 'remediation_scan', '--approval', 'never');
  });

  it('a remediation scan is not sent while sending to its system is paused', async () => {
    const finding = findings[6];
    await runs();
    await command('scans', 'follow');
    await command('outbox', 'pause', 'tenable', '--reason', 'change freeze');
    const before = (await there()).length;
    const outcome = await launch(finding, '--finding', findings[5]?.uuid ?? '');
    expect(outcome).toMatchObject({ code: 0, json: { scan: { state: 'requested' } } });
    expect(await there()).toHaveLength(before);
    // What holds is the policy in force when it leaves, not the one under which it was asked for.
    await command('policies', 'set', 'tenable', 'remediation_scan', '--direction', 'inbound');
    await command('outbox', 'resume', 'tenable');
    await command('scans', 'follow');
    expect((await show(idOf(outcome))).scan).toMatchObject({
      state: 'requested',
      problem: { message: 'The policies of tenable let no scan out.' },
    });
    expect(await launch(findings[4])).toMatchObject({ code: 2 });
    await command('policies', 'set', 'tenable', 'remediation_scan', '--direction', 'bidirectional');
    await command('policies', 'set', 'tenable', 'remediation_scan', '--approval', 'always');
    await command('scans', 'follow');
    expect((await show(idOf(outcome))).scan.state).toBe('waiting');
    expect(await there()).toHaveLength(before);
    const [approval] = (await command('approvals', 'list')).json as { approvalId: string }[];
    await command('approvals', 'approve', approval?.approvalId ?? '', '--by', 'ao');
    await command('scans', 'follow');
    expect((await show(idOf(outcome))).scan.state).toBe('launched');
    expect(await there()).toHaveLength(before + 1);
  });
});
