import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import type { Scope } from '../../canonical/access/index.ts';
import { listRequests } from '../../engine/approvals/index.ts';
import { withDecision } from '../../ledger/operations/index.ts';
import { mergeFindingsOfPoams } from '../../record/findings/index.ts';
import { countInbox, listInbox } from '../../review/inbox/index.ts';
import {
  addEvidence,
  checkInVendor,
  countDeviations,
  fetchDeviation,
  fetchEvidence,
  keepEvidence,
  listHeldBack,
  moveDeviations,
  withdrawDeviation,
} from './index.ts';
import {
  deviationActs,
  type DeviationWorld,
  deviationWorld,
  person,
} from '../../../test/support/deviation-world.ts';

let world: DeviationWorld;
beforeAll(async () => {
  world = await deviationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());

const ann = person('Ann', 'analyst');
const ao = person('Dee', 'ao');
const isso = person('Ben', 'isso');
const { inFirst, ask, decide, the, rows, rules, poam } = deviationActs(() => world);

describe('a risk acceptance of one host', () => {
  it('changes nothing until the AO approves it', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({
      state: 'requested',
      turn: ['ao'],
      action: 'accept the risk of P-1 on web-2 until 2026-12-31',
    });
    await world.follow();
    expect(await rules()).toEqual([]);
    expect(await poam()).toMatchObject({ status: 'Open', rationale: null });
    await expect(decide(asked.approvalId, isso)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
  });

  it('approved, becomes a rule at the scanner for exactly that host and plugin, with its last day, and is said in the POA&M, which stays open', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId);
    await world.follow();
    await world.follow();
    expect(await rules()).toEqual([
      {
        kind: 'accepted',
        plugin_id: '1001',
        scope: 'asset there-2',
        status: 'active',
        expires: '2026-12-31 23:59:59',
        requested_by: 'Ann',
      },
    ]);
    expect(await poam()).toMatchObject({
      status: 'Open',
      rationale: `Risk Acceptance: replaced in December (on web-2; approved by Dee 2026-11-27; until 2026-12-31; deviation ${id})`,
    });
    expect(await listHeldBack(world.database.db, ['P-1'])).toEqual([
      { poamId: 'P-1', kind: 'risk_acceptance', assets: 1, until: '2026-12-31' },
    ]);
    const edited = await rows(
      `select edited_at is not null as edited from sync_links where entity_type = 'poam'`,
    );
    expect(edited).toEqual([{ edited: true }]);
  });

  it('rejected, changes nothing, says why, and may be asked for again', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId, ao, false);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'rejected', decidedBy: 'Dee', decisionReason: 'no' });
    expect(await rules()).toEqual([]);
    expect((await ask()).state).toBe('requested');
  });

  it('expires on both sides the day after its last', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId);
    await world.follow();
    world.today = new Date('2026-12-31T23:59:59Z');
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'approved' });
    world.today = new Date('2027-01-01T00:00:00Z');
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'expired', endedBy: null });
    expect(await rules()).toMatchObject([{ status: 'withdrawn' }]);
    expect((await poam())?.rationale).toContain(`\nRisk Acceptance has expired 2026-12-31 (deviation ${id})`);
    expect(await listHeldBack(world.database.db, ['P-1'])).toEqual([]);
    await world.follow();
    expect(await rules()).toHaveLength(1);
  });

  it('lapses when its host is patched, and says so on both sides', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId);
    await world.follow();
    await world.fix(1);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'approved' });
    await world.fix(2);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'lapsed' });
    expect(await rules()).toMatchObject([{ status: 'withdrawn' }]);
    expect((await poam())?.rationale).toContain('what it was about has been fixed');
  });

  it('does not lapse where its findings vanish', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId);
    await world.database.pool.query(`update ingestion_vulnerabilities set lifecycle_state = 'missing'`);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'approved' });
    await world.database.pool.query(`delete from ingestion_vulnerabilities`);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'approved' });
  });

  it('that waits lapses when its host is patched, and the approval says so', async () => {
    const { id, approvalId } = await ask();
    await world.fix(2);
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'lapsed' });
    const [request] = await listRequests(world.database.db, { approvalId: approvalId ?? '' }, 1);
    expect(request).toMatchObject({
      status: 'withdrawn',
      reason: 'what it is about has been fixed since',
    });
    await expect(decide(approvalId)).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
  });

  it('is not approved after its last day', async () => {
    const { id, approvalId } = await ask();
    world.today = new Date('2027-01-01T00:00:00Z');
    await expect(decide(approvalId)).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'lapsed' });
    expect(await rules()).toEqual([]);
  });

  it('is withdrawn by a person on both sides, once, with the reason', async () => {
    const { id, approvalId } = await ask();
    await decide(approvalId);
    await world.follow();
    const back = { id, reason: 'the host is gone' };
    await withdrawDeviation(world.app, { actor: ao, scope: inFirst }, back);
    expect(await the(id)).toMatchObject({
      state: 'withdrawn',
      endedBy: 'Dee',
      endReason: 'the host is gone',
    });
    expect(await rules()).toMatchObject([{ status: 'withdrawn' }]);
    await expect(withdrawDeviation(world.app, { actor: ao, scope: inFirst }, back)).rejects.toMatchObject({
      code: 'DEVIATION_OVER',
    });
  });

  it('is asked for once for a host, and is outside of the boundaries of others', async () => {
    const { id } = await ask();
    await expect(ask()).rejects.toMatchObject({
      code: 'DEVIATION_INCOMPLETE',
      fields: [{ field: 'assets' }],
    });
    await expect(ask({ assets: undefined })).rejects.toMatchObject({ code: 'DEVIATION_INCOMPLETE' });
    expect((await ask({ assets: ['web-1'] })).state).toBe('requested');
    await expect(ask({ poam: 'P-9', assets: undefined })).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    const second: Scope = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false };
    await expect(fetchDeviation(world.database.db, second, id)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    await expect(
      withdrawDeviation(world.app, { actor: ann, scope: second }, { id, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  });

  it('names a host of the POA&M, and needs something open', async () => {
    await expect(ask({ assets: ['web-7'] })).rejects.toMatchObject({ fields: [{ field: 'assets' }] });
    await world.fix(2);
    await expect(ask()).rejects.toMatchObject({ fields: [{ field: 'poam' }] });
  });
});

describe('a deviation of a POA&M that is merged into another one', () => {
  it('moves along for just the assets and plugins that it was approved for, and stays on both sides', async () => {
    const { id, approvalId } = await ask({ assets: undefined });
    await decide(approvalId);
    await world.follow();
    const before = await rules();
    expect(before).toHaveLength(2);
    const { pool, store } = { pool: world.database.pool, store: world.app.store };
    // The other one has a further plugin on the same machine.
    await pool.query(
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, lifecycle_state, severity_rank, poam_id)
       select '1002', 'OpenSSL', 'High', $1::text, $1::uuid, 'open', 3, p.id from ingestion_poams p where p.poam_id = 'P-2'`,
      [world.asset(2)],
    );
    await store.transaction(async (tx) => {
      await withDecision(tx.db, { system: 'tieline', step: 'regroup' }, (operationId) =>
        moveDeviations(tx, { operationId, now: world.today }, [{ from: 'P-1', into: 'P-2' }]),
      );
      await mergeFindingsOfPoams(tx.db, [{ from: 'P-1', into: 'P-2' }]);
    });
    await pool.query(`update ingestion_poams set status = 'Cancelled' where poam_id = 'P-1'`);
    await world.follow();
    await world.follow();
    expect(await the(id)).toMatchObject({
      state: 'approved',
      poamId: 'P-2',
      movedFrom: 'P-1',
      isWholePoam: false,
    });
    expect(await rules()).toEqual(before);
    await world.fix(1, 2, 3);
    await pool.query(
      `update ingestion_vulnerabilities set lifecycle_state = 'open' where plugin_id = '1002'`,
    );
    await world.follow();
    expect(await the(id)).toMatchObject({ state: 'lapsed' });
  });
});

describe('deviations of other kinds', () => {
  it('an operational requirement is refused for a High weakness', async () => {
    const asked = {
      kind: 'operational_requirement',
      poam: 'P-2',
      compensatingControls: 'cut off',
      details: { impact: 'stops', acceptedBecause: 'no route' },
      reviewOn: '2026-12-20',
    };
    await expect(ask({ ...asked, assets: undefined })).rejects.toMatchObject({
      code: 'DEVIATION_INCOMPLETE',
      fields: [{ field: 'kind', message: expect.stringContaining('never granted for a High') as string }],
    });
  });

  const adjustment = {
    kind: 'risk_adjustment',
    assets: undefined,
    until: undefined,
    adjustedSeverity: 'Low',
    details: {
      vectorBefore: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      vectorAfter: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:A',
      explanations: { MAV: 'only the management network reaches it' },
      mitigation: 'segmented',
    },
  };

  it('a risk adjustment of the whole POA&M rates it, recasts at the scanner, and gives the rating back at its end', async () => {
    const { id, approvalId } = await ask(adjustment);
    await decide(approvalId);
    await world.follow();
    expect(await poam()).toMatchObject({ rating: 'Low' });
    const made = await rows(`select kind, severity, scope from acceptances order by scope`);
    expect(made).toEqual([
      { kind: 'recast', severity: 'Low', scope: 'asset there-1' },
      { kind: 'recast', severity: 'Low', scope: 'asset there-2' },
    ]);
    await withdrawDeviation(world.app, { actor: ao, scope: inFirst }, { id, reason: 'was wrong' });
    expect(await poam()).toMatchObject({ rating: 'Medium' });
  });

  it('a rating that somebody set anew meanwhile stays', async () => {
    const { id, approvalId } = await ask(adjustment);
    await decide(approvalId);
    await world.database.pool.query(`update ingestion_poams set risk_rating = 'High' where poam_id = 'P-1'`);
    await withdrawDeviation(world.app, { actor: ao, scope: inFirst }, { id, reason: 'was wrong' });
    expect(await poam()).toMatchObject({ rating: 'High' });
  });

  it('a vendor dependency holds at once, hides nothing at the scanner, and waits for its check-ins', async () => {
    const { id, state } = await ask({
      kind: 'vendor_dependency',
      until: undefined,
      details: { product: 'Router OS', vendor: 'Acme', checkedIn: '2026-11-20', contact: 'ticket 17' },
    });
    expect(state).toBe('approved');
    await world.follow();
    expect(await rules()).toEqual([]);
    expect(await the(id)).toMatchObject({ nextCheckIn: '2026-12-20', notices: [] });
    world.today = new Date('2026-12-20T09:00:00Z');
    await world.follow();
    expect(await the(id)).toMatchObject({ notices: [{ kind: 'check_in_due' }] });
    const by = { actor: ann, scope: inFirst };
    await checkInVendor(world.app, by, { id, on: '2026-12-20', note: 'next month' });
    await world.follow();
    expect(await the(id)).toMatchObject({ nextCheckIn: '2027-01-19', notices: [] });
  });

  it('a false positive needs a file, which is kept and comes back as it was', async () => {
    const asked = { kind: 'false_positive', until: undefined, details: { proof: 'not installed' } };
    await expect(ask(asked)).rejects.toMatchObject({ fields: [{ field: 'evidence' }] });
    const unknown = [{ sha256: 'f'.repeat(64), name: 'gone.txt' }];
    await expect(ask({ ...asked, evidence: unknown })).rejects.toMatchObject({
      fields: [{ field: 'evidence' }],
    });
    const store = world.app.files?.store;
    const { sha256 } = await keepEvidence(world.app, ann, Readable.from([Buffer.from('package list')]));
    const { id, approvalId } = await ask({ ...asked, evidence: [{ sha256, name: 'packages.txt' }] });
    const file = await fetchEvidence(world.app, inFirst, { id, sha256 });
    expect(file).toMatchObject({ name: 'packages.txt' });
    const { stream } = (await store?.open(sha256)) ?? {};
    expect((await buffer(stream ?? Readable.from([]))).toString()).toBe('package list');
    await decide(approvalId, isso);
    await world.follow();
    expect(await rules()).toMatchObject([{ kind: 'false_positive', expires: null }]);
    await world.database.pool.query(`update scan_plugins set modified_at = timestamptz '2026-12-01Z'`);
    world.today = new Date('2026-12-02T09:00:00Z');
    await world.follow();
    expect(await the(id)).toMatchObject({ notices: [{ kind: 'plugin_changed' }] });
    await expect(
      addEvidence(world.app, { actor: ann, scope: inFirst }, { id, sha256: 'f'.repeat(64), name: 'x' }),
    ).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
  });
});

describe('what a person is to do about deviations', () => {
  it('is a row of the inbox and of the list, with the same number, and goes when it is done', async () => {
    const { id, approvalId } = await ask({ assets: ['web-3'] });
    await decide(approvalId);
    await world.follow();
    const { db } = world.database;
    const reader = { actor: isso, now: world.today };
    const filter = { kind: { is: 'in', values: ['deviation'], negated: false } } as const;
    const sort = { by: 'since', descending: false } as const;
    const inbox = await listInbox(db, inFirst, reader, { filter, sort, limit: 10 });
    expect(inbox.items).toMatchObject([
      {
        kind: 'deviation',
        subject: String(id),
        title: `deviation ${id} of P-1: not sent: no scanner holds it for 1 of its assets`,
        boundary: 'SYS-1',
      },
    ]);
    const counts = await countInbox(db, inFirst, reader);
    expect(counts.find(({ kind }) => kind === 'deviation')).toMatchObject({ count: 1, mayAct: true });
    const waits = { waits: { is: 'flag', value: true } } as const;
    expect(await countDeviations(db, inFirst, waits)).toMatchObject({ count: 1 });
    world.today = new Date('2026-12-05T09:00:00Z');
    await world.follow();
    expect((await the(id)).notices.map(({ kind }) => kind).toSorted()).toEqual(['ends_in_30', 'not_sent']);
    await withdrawDeviation(world.app, { actor: ao, scope: inFirst }, { id, reason: 'x' });
    await world.follow();
    expect(await countDeviations(db, inFirst, waits)).toMatchObject({ count: 0 });
  });
});

describe('deviations on the command line', () => {
  it('are asked for, shown, approved by another person, listed and withdrawn', async () => {
    const asked = await commandText(world.app, [
      'deviations',
      'request',
      'P-1',
      '--kind',
      'risk_acceptance',
      '--asset',
      'web-2',
      '--until',
      '2026-12-31',
      '--rationale',
      'replaced in December',
      '--conditions',
      'stays behind the firewall',
      '--by',
      'Ann',
    ]);
    expect([asked.code, asked.err]).toEqual([0, '']);
    expect(asked.out).toContain('accept the risk of P-1 on web-2 until 2026-12-31');
    const list = await commandOver(world.app, ['deviations', 'list']);
    const [{ id }] = list.json as [{ id: number }];
    const own = await commandOver(world.app, ['deviations', 'approve', String(id), '--by', 'Ann']);
    expect([own.code, own.err]).toEqual([2, expect.stringContaining('APPROVAL_OWN') as string]);
    const done = await commandOver(world.app, ['deviations', 'approve', String(id), '--by', 'Dee']);
    expect(done.json).toMatchObject({ status: 'approved' });
    const shown = await commandText(world.app, ['deviations', 'show', String(id)]);
    expect(shown.out).toContain('stays behind the firewall');
    expect((await commandOver(world.app, ['deviations', 'show', String(id)])).code).toBe(0);
    const ofPoam = await commandText(world.app, ['poams', 'show', 'P-1']);
    expect(ofPoam.out).toContain('1 asset accepted until 2026-12-31; the POA&M stays open');
    const back = await commandOver(world.app, ['deviations', 'withdraw', String(id), '--reason', 'gone']);
    expect(back.code).toBe(0);
    expect(
      (await commandOver(world.app, ['deviations', 'list', '--filter', 'state=withdrawn'])).json,
    ).toHaveLength(1);
  });

  it('what a request lacks is named by its flag', async () => {
    const refused = await commandText(
      world.app,
      'deviations request P-1 --kind operational_requirement --rationale x --by Ann'.split(' '),
    );
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--accepted-because');
    expect(refused.err).toContain('--review-on');
    expect(refused.err).toContain('--until');
  });
});
