/** Alerts on the command line: found, looked after, and the rules and digests that people set, with what the journal keeps of it. */
import { describe, expect, it } from 'vitest';
import { alertWorld } from '../../../../test/support/alert-world.ts';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';

const world = alertWorld();
const run = (...args: string[]) => commandText(world.app, ['alerts', ...args]);
const listed = async (
  ...args: string[]
): Promise<{ id: string; state: string; assignedTo: string | null }[]> =>
  ((await commandOver(world.app, ['alerts', 'list', ...args])).json as { items: never[] }).items;
const journal = async (entity: string) =>
  (
    await world.database.pool.query<Record<string, string | null>>(
      `select field_name as field, before_value #>> '{}' as before, after_value #>> '{}' as after, decided_by as by, reason from sync_changes where entity_type = $1 order by id`,
      [entity],
    )
  ).rows;

describe('alerts on the command line', () => {
  it('are evaluated, listed, shown, acknowledged, assigned, suppressed and made active again', async () => {
    expect((await run()).out).toMatch(/No alerts|Nothing/i);
    await world.run(`update ingestion_poams set scheduled_completion = '2026-11-20'`);
    const evaluated = await commandOver(world.app, ['alerts', 'evaluate', '--kind', 'promise_due']);
    expect(evaluated).toMatchObject({ code: 0, json: { raised: 1, failed: [] } });
    const [alert] = await listed();
    const short = alert?.id.slice(0, 8) ?? '';
    expect((await run()).out).toContain('P-1 was due 7 days ago');
    expect((await run('show', short)).out).toContain('P-1 was due 7 days ago');
    expect((await run('ack', short, '--reason', 'on it')).code).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'acknowledged' }]);
    expect((await run('assign', short, 'ann')).code).toBe(0);
    expect(await listed()).toMatchObject([{ assignedTo: 'ann' }]);
    expect((await run('suppress', short, '--until', '3d', '--reason', 'moving')).code).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'suppressed' }]);
    expect((await run('reactivate', short)).code).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'active' }]);
    expect(await listed('--filter', 'severity=low')).toEqual([]);
    expect(
      (await journal('alert')).filter(({ field }) => field === 'status').map(({ after }) => after),
    ).toEqual(['active', 'acknowledged', 'suppressed until 2026-11-30T09:00:00.000Z', 'active']);
  });

  it('of no such id, or to nobody that there is, are refused with what may be done', async () => {
    const unknown = await run('show', 'ffffffff');
    expect([unknown.code, unknown.err]).toEqual([
      expect.any(Number),
      expect.stringMatching(/ALERT_UNKNOWN|no alert/i),
    ]);
    expect(unknown.code).not.toBe(0);
    await world.run(`update ingestion_poams set scheduled_completion = '2026-11-20'`);
    await world.evaluate('promise_due');
    const [alert] = await listed();
    const refused = await run('assign', alert?.id ?? '', 'nobody-there');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(/no person or team/);
  });

  it('have rules that are set, listed and removed', async () => {
    const set = await run(
      'rules',
      'set',
      'promise_due',
      'Medium=30',
      'High=0',
      '--system',
      'SYS-1',
      '--reason',
      'we plan ahead',
    );
    expect([set.code, set.err]).toEqual([0, '']);
    expect((await run('rules')).out).toMatch(/promise_due[\s\S]*SYS-1/);
    expect(
      (await run('rules', 'remove', 'promise_due', '--system', 'SYS-1', '--reason', 'like the others')).code,
    ).toBe(0);
    expect((await journal('alert_rule')).map(({ reason }) => reason)).toEqual([
      'we plan ahead',
      'like the others',
    ]);
  });

  it('have digests that are set and stopped, both in the journal', async () => {
    expect((await run('digests', 'set', 'ann', '--rhythm', 'daily', '--hour', '7')).code).toBe(0);
    expect((await run('digests')).out).toMatch(/ann[\s\S]*daily/);
    expect((await run('digests', 'stop', 'ann')).out).toMatch(/ann gets no digest any more/);
    expect((await run('digests', 'stop', 'ann')).out).toMatch(/ann got none/);
    expect((await journal('digest')).map(({ before, after }) => [before, after])).toEqual([
      [null, 'daily at 7'],
      ['daily at 7', null],
    ]);
  });
});
