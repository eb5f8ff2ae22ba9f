import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addEvidence, forgetUnnamedEvidence, keepEvidence, withdrawDeviation } from './index.ts';
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
const { inFirst, ask, decide, the, rows, rules, poam } = deviationActs(() => world);

describe('who may do what to a deviation', () => {
  it('what was granted is taken back by who may grant it, not by who asked for it nor by a colleague', async () => {
    const { id, approvalId } = await ask();
    const colleague = person('Eve', 'analyst');
    const back = { id, reason: 'changed our minds' };
    const by = (actor: typeof ann) => withdrawDeviation(world.app, { actor, scope: inFirst }, back);
    await expect(by(colleague)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await decide(approvalId);
    await expect(by(ann)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(by(colleague)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await the(id)).toMatchObject({ state: 'approved' });
    await by(ao);
    expect(await the(id)).toMatchObject({ state: 'withdrawn', endedBy: 'Dee' });
  });

  it('who asked takes back what waits', async () => {
    const { id } = await ask();
    await withdrawDeviation(world.app, { actor: ann, scope: inFirst }, { id, reason: 'not needed' });
    expect(await the(id)).toMatchObject({ state: 'withdrawn', endedBy: 'Ann' });
  });

  it('its deciders follow the gravest of its weaknesses, not a rating that somebody lowered', async () => {
    await world.database.pool.query(
      `insert into weaknesses (system_id, identifier, severity, detected_on, due_on, due_reason, control_reason, poam_id)
       select 'SYS-1', '1001', 'High', '2026-10-01', '2026-11-01', 'High: 30 days', 'any', id from ingestion_poams where poam_id = 'P-1'`,
    );
    const { sha256 } = await keepEvidence(world.app, ann, Readable.from([Buffer.from('list')]));
    const evidence = [{ sha256, name: 'list.txt' }];
    const asked = { kind: 'false_positive', until: undefined, details: { proof: 'not installed' }, evidence };
    expect(await ask(asked)).toMatchObject({ turn: ['issm'] });
    const requirement = {
      kind: 'operational_requirement',
      compensatingControls: 'cut off',
      details: { impact: 'stops', acceptedBecause: 'no route' },
      reviewOn: '2026-12-20',
    };
    await expect(ask(requirement)).rejects.toMatchObject({ fields: [{ field: 'kind' }] });
  });

  it('a file is named by who sent it, not by whoever knows its hash', async () => {
    const { sha256 } = await keepEvidence(
      world.app,
      person('Eve', 'analyst'),
      Readable.from([Buffer.from('secret')]),
    );
    const evidence = [{ sha256, name: 'list.txt' }];
    const asked = { kind: 'false_positive', until: undefined, details: { proof: 'not installed' }, evidence };
    await expect(ask(asked)).rejects.toMatchObject({ fields: [{ field: 'evidence' }] });
    const { id } = await ask();
    await expect(
      addEvidence(world.app, { actor: ann, scope: inFirst }, { id, sha256, name: 'x' }),
    ).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
  });

  it('a file that nobody names is removed after a week, one that is named stays', async () => {
    const named = await keepEvidence(world.app, ann, Readable.from([Buffer.from('named')]));
    const unnamed = await keepEvidence(world.app, ann, Readable.from([Buffer.from('unnamed')]));
    const { id } = await ask();
    await addEvidence(world.app, { actor: ann, scope: inFirst }, { id, sha256: named.sha256, name: 'n' });
    world.today = new Date('2026-12-05T09:00:00Z');
    expect(await forgetUnnamedEvidence(world.app)).toBe(1);
    await expect(world.app.files?.store.open(unnamed.sha256)).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
    expect(await world.app.files?.store.open(named.sha256)).toMatchObject({ bytes: 5 });
  });
});

describe('a deviation and its POA&M', () => {
  it.each(['Cancelled', 'Completed'])(
    'one that is %s ends it, with its rule at the scanner',
    async (status) => {
      const { id, approvalId } = await ask();
      await decide(approvalId);
      await world.follow();
      await world.database.pool.query(`update ingestion_poams set status = $1 where poam_id = 'P-1'`, [
        status,
      ]);
      await world.follow();
      expect(await the(id)).toMatchObject({ state: 'lapsed', endReason: 'its POA&M is over' });
      expect(await rules()).toMatchObject([{ status: 'withdrawn' }]);
    },
  );

  it('one that is over is granted nothing', async () => {
    const { approvalId } = await ask();
    await world.database.pool.query(`update ingestion_poams set status = 'Completed' where poam_id = 'P-1'`);
    await expect(decide(approvalId)).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
  });

  it('two that are asked for at the same moment are one', async () => {
    const both = await Promise.allSettled([ask(), ask()]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rows(`select from deviations`)).toHaveLength(1);
  });

  it('says no more of those that are over than the GRC system can take, and keeps what others wrote', async () => {
    await world.database.pool.query(
      `update ingestion_poams set deviation_rationale = 'written by hand' where poam_id = 'P-1'`,
    );
    for (let n = 0; n < 12; n += 1) {
      const { id, approvalId } = await ask({ rationale: `${n} ${'because '.repeat(60)}` });
      await decide(approvalId);
      await withdrawDeviation(world.app, { actor: ao, scope: inFirst }, { id, reason: 'renewed' });
    }
    const text = (await poam())?.rationale ?? '';
    expect(text.length).toBeLessThan(3_600);
    expect(text).toMatch(/^written by hand\n/);
    expect(text).toMatch(/renewed \(deviation 12\)$/);
  });
});
