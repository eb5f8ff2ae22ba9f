/** Who sees an alert, and what people do about one. */
import { describe, expect, it } from 'vitest';
import {
  type Actor,
  everywhere,
  type Grant,
  localOperator,
  type Scope,
} from '../../canonical/access/index.ts';
import { alertList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { countInbox } from '../../review/inbox/index.ts';
import { cases } from '../../../test/support/alert-cases.ts';
import { alertWorld, hours, operator } from '../../../test/support/alert-world.ts';
import {
  acknowledgeAlert,
  type AlertReader,
  type AlertRow,
  assignAlert,
  countAlerts,
  fetchAlert,
  reactivateAlert,
  suppressAlert,
} from './index.ts';

const world = alertWorld();

describe('an alert', () => {
  const within = (actor: Actor, ...systemIds: string[]): AlertReader => ({
    scope: { kind: 'boundaries', systemIds, unassigned: false },
    actor,
    now: world.now,
  });
  const actorWith = (grant: Grant, name = 'x'): Actor => ({
    principalId: 'p',
    name,
    kind: 'person',
    grants: [grant],
  });
  async function raise(): Promise<AlertRow> {
    await world.run(`update ingestion_poams set scheduled_completion = '2026-12-08'`);
    await world.evaluate('promise_due');
    const [alert] = await world.openAlerts();
    if (!alert) throw new Error('an alert was raised');
    return alert;
  }
  const inboxOf = async (name: string): Promise<number | undefined> => {
    const counted = (
      await countInbox(world.database.db, everywhere, { actor: localOperator(name), now: world.now })
    ).find(({ kind }) => kind === 'alert')?.count;
    const filter = parseFilter(alertList.filters, [['waits', name]], world.now);
    expect((await countAlerts(world.database.db, { ...operator, now: world.now }, filter)).count).toBe(
      counted,
    );
    return counted;
  };

  it('is seen by who sees what it is about, there, and by nobody else', async () => {
    const { id } = await raise();
    await world.run(cases.find(({ kind }) => kind === 'feed_old')?.begin ?? '');
    await world.run(cases.find(({ kind }) => kind === 'sync_failed')?.begin ?? '');
    await world.evaluate('feed_old');
    await world.evaluate('sync_failed');
    const viewer = (scope: Scope): Actor => actorWith({ gives: { role: 'viewer' }, scope });
    const one: Scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };
    const kinds = async (reader: AlertReader) =>
      (await world.openAlerts(reader)).map(({ kind }) => kind).toSorted();
    expect(await kinds(within(viewer(one), 'SYS-1'))).toEqual(['promise_due']);
    expect(await kinds(within(viewer({ ...one, systemIds: ['SYS-2'] }), 'SYS-2'))).toEqual([]);
    expect(await kinds({ scope: everywhere, actor: viewer(everywhere), now: world.now })).toEqual([
      'feed_old',
      'promise_due',
      'sync_failed',
    ]);
    // Runs the sync, and does not read what it carries.
    expect(
      await kinds({
        scope: everywhere,
        actor: actorWith({ gives: { role: 'operator' }, scope: everywhere }),
        now: world.now,
      }),
    ).toEqual(['feed_old', 'sync_failed']);
    expect(
      await kinds({
        scope: everywhere,
        actor: actorWith({ gives: { role: 'admin' }, scope: everywhere }),
        now: world.now,
      }),
    ).toEqual(['sync_failed']);
    await expect(
      fetchAlert(world.database.db, within(viewer({ ...one, systemIds: ['SYS-2'] }), 'SYS-2'), id),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(
      acknowledgeAlert(world.app, within(viewer({ ...one, systemIds: ['SYS-2'] }), 'SYS-2'), id, {}),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  });

  it('waits for everybody until somebody acknowledges it, then for whose it is', async () => {
    const { id } = await raise();
    expect(await inboxOf('ann')).toBe(1);
    await acknowledgeAlert(world.app, { ...operator, actor: localOperator('ann') }, id, { reason: 'on it' });
    expect(await inboxOf('ann')).toBe(0);
    expect(await assignAlert(world.app, operator, id, { to: 'ann' })).toMatchObject({
      assignedTo: 'ann',
      state: 'acknowledged',
      acknowledgedBy: 'ann',
      handlingReason: null,
    });
    expect(await inboxOf('ann')).toBe(1);
    expect(await inboxOf('bob')).toBe(0);
    await reactivateAlert(world.app, operator, id, {});
    expect(await inboxOf('bob')).toBe(0);
    const { story } = await assignAlert(world.app, operator, id, { to: null, reason: 'on leave' });
    expect(await inboxOf('bob')).toBe(1);
    expect(story.map(({ field, before, after, by, reason }) => [field, before, after, by, reason])).toEqual([
      ['status', null, 'active', 'rule:the rules of alerts', 'the value passed its threshold: 11, past 14'],
      ['status', 'active', 'acknowledged', 'ann', 'on it'],
      ['assigned_to', null, 'ann', 'op', null],
      ['status', 'acknowledged', 'active', 'op', null],
      ['assigned_to', 'ann', null, 'op', 'on leave'],
    ]);
  });

  it('is given to nobody who does not see it', async () => {
    const { id } = await raise();
    await expect(assignAlert(world.app, operator, id, { to: 'bob' })).rejects.toMatchObject({
      fields: [{ field: 'to', message: expect.stringContaining('does not see') as string }],
    });
    await expect(assignAlert(world.app, operator, id, { to: 'nobody' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('that is acknowledged is active again once it becomes graver', async () => {
    const { id } = await raise();
    await acknowledgeAlert(world.app, operator, id, {});
    world.now = hours(24 * 12);
    await world.evaluate('promise_due');
    expect(await fetchAlert(world.database.db, operator, id)).toMatchObject({
      state: 'active',
      severity: 'High',
      acknowledgedBy: null,
    });
  });

  it('that is suppressed is told of again when the time is over, and not before', async () => {
    const { id } = await raise();
    await suppressAlert(world.app, operator, id, {
      until: hours(48),
      reason: 'the extension is with the AO',
    });
    expect(await inboxOf('ann')).toBe(0);
    world.now = hours(24);
    await world.evaluate('promise_due');
    expect(await fetchAlert(world.database.db, operator, id)).toMatchObject({
      state: 'suppressed',
      value: 10,
    });
    world.now = hours(49);
    await world.evaluate('promise_due');
    const over = await fetchAlert(world.database.db, operator, id);
    expect(over).toMatchObject({ state: 'active', suppressedUntil: null });
    expect(over.story.at(-1)).toMatchObject({
      after: 'active',
      reason: 'the time for which it was suppressed is over',
    });
  });

  it.each([
    [{ until: new Date('2026-11-01Z'), reason: 'r' }, 'until'],
    [{ until: new Date('2029-11-01Z'), reason: 'r' }, 'until'],
    [{ until: new Date('2026-12-01Z'), reason: ' ' }, 'reason'],
  ])('is not suppressed without an end that lies ahead and a reason', async (wish, field) => {
    const { id } = await raise();
    await expect(suppressAlert(world.app, operator, id, wish)).rejects.toMatchObject({ fields: [{ field }] });
  });

  it('that is over is left alone, and comes again as another one', async () => {
    const { id } = await raise();
    await world.run(`update ingestion_poams set status = 'Completed'`);
    await world.evaluate('promise_due');
    await expect(acknowledgeAlert(world.app, operator, id, {})).rejects.toMatchObject({ code: 'USAGE' });
    await world.run(`update ingestion_poams set status = 'Open'`);
    await world.evaluate('promise_due');
    const [again] = await world.openAlerts();
    expect(again?.id).not.toBe(id);
  });
});
