import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { type Actor, everywhere, type Role } from '../../canonical/access/index.ts';
import { deviationKinds, type RequestKind } from '../../canonical/vocabulary/index.ts';
import {
  endRequest,
  listRequests,
  type MadeRequest,
  requestApproval,
  setDeciderRule,
} from '../../engine/approvals/index.ts';
import { decideRequest, expireRequests } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let today: Date;
beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => today };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  await database.pool.query(`delete from approval_rules where system_id is not null`);
  today = new Date('2026-11-27T09:00:00Z');
});

const person = (name: string, ...roles: Role[]): Actor => ({
  principalId: name,
  name,
  kind: 'person',
  grants: roles.map((role) => ({
    gives: { role },
    scope: { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false },
  })),
});
const ann = person('Ann', 'analyst');
const isso = person('Ben', 'isso');
const issm = person('Cid', 'issm');
const ao = person('Dee', 'ao');

const ask = (
  kind: RequestKind,
  severity: string | null = 'Medium',
  boundary = 'SYS-1',
): Promise<MadeRequest> =>
  requestApproval(database.db, {
    // A deviation is asked for by its number.
    subject: { kind, id: deviationKinds.some((each) => each === kind) ? '1' : 'POAM-1' },
    boundary,
    severity,
    action: `${kind} of POAM-1`,
    rationale: 'the vendor is late',
    lines: [{ field: 'scheduled completion', before: '2026-12-01', after: '2027-01-31' }],
    by: ann,
    now: today,
  });
async function asked(kind: RequestKind, severity?: string | null): Promise<string> {
  const made = await ask(kind, severity);
  if (made.kind !== 'asked') throw new Error(`not asked: ${made.kind}`);
  return made.approvalId;
}
const decide = (id: string, actor: Actor, approved = true, sha256?: string) =>
  decideRequest(app, actor, everywhere, {
    id,
    approved,
    reason: approved ? undefined : 'not enough',
    sha256,
  });
const the = async (id: string) => (await listRequests(database.db, { approvalId: id }, 1))[0];

describe('a request', () => {
  it('of an extension is granted by the ISSO and then the AO, and nobody else in between', async () => {
    const id = await asked('extension');
    await expect(decide(id, ao)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    expect(await decide(id, isso)).toMatchObject({ status: 'pending', next: { number: 2, left: ['ao'] } });
    await expect(decide(id, isso)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    expect(await decide(id, ao)).toMatchObject({ status: 'approved', next: null });
    expect(await the(id)).toMatchObject({
      status: 'approved',
      decidedBy: 'Dee',
      answers: [
        { level: 1, role: 'isso', by: 'Ben' },
        { level: 2, role: 'ao', by: 'Dee' },
      ],
    });
  });

  it('is never decided by who asked, whatever roles they hold', async () => {
    const id = await asked('completion');
    const annAsIsso = { ...ann, grants: isso.grants };
    await expect(decide(id, annAsIsso)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    const app2 = { ...app, mayApproveOwn: true };
    await expect(
      decideRequest(app2, annAsIsso, everywhere, { id, approved: true, reason: undefined }),
    ).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
  });

  it('is not decided by the role in another boundary', async () => {
    const id = await asked('completion');
    const elsewhere: Actor = {
      ...isso,
      grants: [
        { gives: { role: 'isso' }, scope: { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: true } },
      ],
    };
    await expect(decide(id, elsewhere)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
  });

  it.each([
    ['false_positive', 'Medium', isso],
    ['false_positive', 'High', issm],
    ['false_positive', 'Critical', issm],
    ['risk_adjustment', 'High', ao],
    ['risk_acceptance', 'Low', ao],
    ['operational_requirement', 'Medium', ao],
    ['completion', 'Low', isso],
  ] as const)('of the kind %s for a weakness that is %s has its one decider', async (kind, severity, who) => {
    const id = await asked(kind, severity);
    for (const other of [isso, issm, ao].filter((each) => each !== who))
      await expect(decide(id, other)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    expect(await decide(id, who)).toMatchObject({ status: 'approved' });
  });

  it('of a completion of a High weakness asks the ISSO and the ISSM', async () => {
    const id = await asked('completion', 'High');
    expect(await decide(id, isso)).toMatchObject({ status: 'pending', next: { left: ['issm'] } });
    expect(await decide(id, issm)).toMatchObject({ status: 'approved' });
  });

  it.each(['High', 'Critical', null])(
    'of an operational requirement is refused for a weakness that is %s, also where the boundary names its own deciders',
    async (severity) => {
      await setDeciderRule(
        app,
        { name: 'Cid' },
        {
          place: { boundary: 'SYS-1', kind: 'operational_requirement', severity: null },
          levels: [{ roles: ['ao', 'issm'], needs: 'all' }],
          isRefused: false,
          answerWithinDays: null,
          longestDays: null,
          note: null,
        },
      );
      expect(await ask('operational_requirement', severity)).toMatchObject({
        kind: 'refused',
        why: expect.stringContaining('risk adjustment') as string,
      });
    },
  );

  it('of a vendor dependency asks nobody', async () => {
    expect(await ask('vendor_dependency')).toEqual({ kind: 'free' });
  });

  it('that nobody rated counts as High', async () => {
    const id = await asked('false_positive', null);
    await expect(decide(id, isso)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    expect(await decide(id, issm)).toMatchObject({ status: 'approved' });
  });

  it('follows the rule of its boundary, and only that boundary does', async () => {
    await setDeciderRule(
      app,
      { name: 'Cid' },
      {
        place: { boundary: 'SYS-1', kind: 'completion', severity: null },
        levels: [{ roles: ['isso', 'issm'], needs: 'all' }],
        isRefused: false,
        answerWithinDays: 5,
        longestDays: null,
        note: null,
      },
    );
    expect(await ask('completion')).toMatchObject({
      levels: [{ roles: ['isso', 'issm'], needs: 'all' }],
      expiresAt: new Date('2026-12-02T09:00:00Z'),
    });
    await endRequest(database.db, { kind: 'completion', id: 'POAM-1' }, { how: 'withdrawn', at: today });
    expect(await ask('completion', 'Medium', 'SYS-2')).toMatchObject({
      levels: [{ roles: ['isso'], needs: 'one' }],
      expiresAt: null,
    });
  });

  it('that two make about one thing at the same moment is one', async () => {
    const both = await Promise.all([ask('completion'), ask('completion'), ask('completion')]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['asked', 'pending', 'pending']);
  });

  it('waits once for one thing', async () => {
    const id = await asked('completion');
    expect(await ask('completion')).toEqual({ kind: 'pending', approvalId: id });
    await decide(id, isso, false);
    expect((await ask('completion')).kind).toBe('asked');
  });

  it('is rejected by one no at any level, which says why', async () => {
    const id = await asked('extension');
    await decide(id, isso);
    await expect(
      decideRequest(app, ao, everywhere, { id, approved: false, reason: '  ' }),
    ).rejects.toMatchObject({ code: 'USAGE' });
    expect(await decide(id, ao, false)).toMatchObject({ status: 'rejected' });
    expect(await the(id)).toMatchObject({ status: 'rejected', decidedBy: 'Dee', reason: 'not enough' });
    await expect(decide(id, ao)).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
  });

  it('is decided for the content that was read, and no other', async () => {
    const id = await asked('completion');
    await expect(decide(id, isso, true, 'f'.repeat(64))).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
    expect(await decide(id, isso, true, (await the(id))?.contentSha256)).toMatchObject({
      status: 'approved',
    });
  });

  it('falls back when nobody decided it in time, and says so', async () => {
    await setDeciderRule(
      app,
      { name: 'Cid' },
      {
        place: { boundary: 'SYS-1', kind: 'completion', severity: null },
        levels: [{ roles: ['isso'], needs: 'one' }],
        isRefused: false,
        answerWithinDays: 2,
        longestDays: null,
        note: null,
      },
    );
    const id = await asked('completion');
    today = new Date('2026-11-29T08:59:59Z');
    expect(await expireRequests(app)).toEqual([]);
    today = new Date('2026-11-29T09:00:00Z');
    await expect(decide(id, isso)).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
    expect((await expireRequests(app)).map(({ approvalId }) => approvalId)).toEqual([id]);
    expect(await the(id)).toMatchObject({
      status: 'expired',
      decidedBy: null,
      reason: 'nobody decided it in time: it stays as it was',
    });
  });
});

describe('requests on the command line', () => {
  it('are listed beside the changes that wait, with what is asked and who decides', async () => {
    const id = await asked('extension');
    const { json, code } = await commandOver(app, ['approvals', 'list']);
    expect(code).toBe(0);
    expect(json).toMatchObject([
      {
        approvalId: id,
        system: null,
        action: 'extension of POAM-1',
        requestedBy: 'Ann',
        request: { subject: { kind: 'extension', id: 'POAM-1' }, turn: ['isso'] },
      },
    ]);
    const text = await commandText(app, ['approvals', 'show', id.slice(0, 8)]);
    expect(text.out).toContain('2026-12-01 -> 2027-01-31');
    expect(text.out).toContain('the vendor is late');
    expect(text.out).toContain('the ISSO');
  });

  it('are decided one level after the other, each by another name', async () => {
    const id = await asked('extension');
    const first = await commandOver(app, ['approvals', 'approve', id.slice(0, 8), '--by', 'Ben']);
    expect(first.json).toMatchObject({ status: 'pending', next: { left: ['ao'] } });
    const own = await commandOver(app, ['approvals', 'approve', id, '--by', 'Ann']);
    expect([own.code, own.err]).toEqual([2, expect.stringContaining('APPROVAL_OWN') as string]);
    const again = await commandOver(app, ['approvals', 'approve', id, '--by', 'Ben']);
    expect(again.code).toBe(2);
    const last = await commandOver(app, ['approvals', 'approve', id, '--by', 'Dee']);
    expect(last.json).toMatchObject({ status: 'approved', next: null });
  });

  it('who decides is listed, set for a boundary, and given back', async () => {
    const set = await commandOver(
      app,
      'deciders set risk_acceptance --boundary SYS-1 --level issm --level ao --within 14 --by Cid'.split(' '),
    );
    expect(set.code).toBe(0);
    const list = await commandOver(app, ['deciders', 'list', '--boundary', 'SYS-1']);
    expect(list.json).toContainEqual(
      expect.objectContaining({
        boundary: 'SYS-1',
        kind: 'risk_acceptance',
        levels: [
          { roles: ['issm'], needs: 'one' },
          { roles: ['ao'], needs: 'one' },
        ],
        answerWithinDays: 14,
        setBy: 'Cid',
      }),
    );
    expect((await commandOver(app, ['deciders', 'set', 'extension', '--level', 'viewer'])).code).toBe(2);
    expect(
      (await commandOver(app, ['deciders', 'reset', 'risk_acceptance', '--boundary', 'SYS-1'])).code,
    ).toBe(0);
    const after = await commandOver(app, ['deciders', 'list', '--boundary', 'SYS-1']);
    expect(after.json).not.toContainEqual(expect.objectContaining({ boundary: 'SYS-1' }));
  });
});
