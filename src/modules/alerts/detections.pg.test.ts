/** Each detection over the security log: raised once where there is cause, and not where there is none. */
import { beforeEach, describe, expect, it } from 'vitest';
import { alertWorld, hours } from '../../../test/support/alert-world.ts';
import { ann } from '../../../test/support/alert-cases.ts';
import type { EventKind, RuledAlertKind } from '../../canonical/vocabulary/index.ts';
import { editPolicies } from '../../engine/policies/index.ts';
import { recordSecurityEvent, type Origin } from '../../ledger/security/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

const world = alertWorld();
const actor = { principalId: ann, name: 'ann', kind: 'person' } as const;

/** Something that ann did, so many hours before now. */
const did = (
  kind: EventKind,
  ago: number,
  {
    address = '192.0.2.7',
    details = {},
    object,
  }: { readonly address?: string; readonly details?: JsonObject; readonly object?: string } = {},
): Promise<void> => {
  const origin: Origin = { way: 'session', actor, address };
  return recordSecurityEvent(world.database.db, {
    kind,
    at: hours(-ago),
    origin,
    details,
    ...(object === undefined ? {} : { object: { type: 'grant', id: object } }),
  });
};
const days = (n: number): number => 24 * n;

async function raisedBy(kind: RuledAlertKind): Promise<string[]> {
  expect(await world.evaluate(kind)).toMatchObject({ failed: [] });
  return (await world.openAlerts()).map(({ title }) => title);
}

beforeEach(async () => {
  await world.run(`delete from alert_rules where kind = 'metric'`);
});

describe('a detection', () => {
  it('of many refusals needs twenty of one person within an hour', async () => {
    for (let n = 0; n < 19; n += 1) await did('refused', 0.5);
    await did('refused', 2);
    expect(await raisedBy('many_refusals')).toEqual([]);
    await did('sign_in_refused', 0.1);
    expect(await raisedBy('many_refusals')).toEqual(['ann was refused 20 times within an hour']);
  });

  it('of a new place compares networks, and says nothing of the first sign-in', async () => {
    await did('sign_in', 1);
    expect(await raisedBy('sign_in_new_place')).toEqual([]);
    await did('sign_in', days(30), { address: '192.0.2.200' });
    expect(await raisedBy('sign_in_new_place')).toEqual([]);
    await did('sign_in', 1, { address: '198.51.100.9' });
    expect(await raisedBy('sign_in_new_place')).toEqual([
      'ann signed in from 198.51.100.0/24, which is new for them',
    ]);
  });

  it('of a new place counts one that was not seen for 90 days, and /64 of IPv6', async () => {
    await did('sign_in', days(95), { address: '2001:db8:1:2::1' });
    await did('sign_in', days(3), { address: '2001:db8:1:3::1' });
    await did('sign_in', 1, { address: '2001:db8:1:3::9' });
    expect(await raisedBy('sign_in_new_place')).toEqual([]);
    await did('sign_in', 1, { address: '2001:db8:1:2::9' });
    expect(await raisedBy('sign_in_new_place')).toHaveLength(1);
  });

  it('of an odd time knows the hours of the last sign-ins, around midnight too', async () => {
    // The test begins at 09:00: these are at 23:00.
    for (let n = 1; n <= 12; n += 1) await did('sign_in', days(n) + 10);
    await did('sign_in', 9.5); // 23:30
    expect(await raisedBy('sign_in_odd_time')).toEqual([]);
    await did('sign_in', 5); // 04:00
    expect(await raisedBy('sign_in_odd_time')).toEqual([
      'ann signed in at 04:00 UTC, outside of their usual hours',
    ]);
  });

  it('of an odd time says nothing while there are few sign-ins', async () => {
    for (let n = 1; n <= 9; n += 1) await did('sign_in', days(n) + 10);
    await did('sign_in', 1);
    expect(await raisedBy('sign_in_odd_time')).toEqual([]);
  });

  it('of a privilege granted to oneself looks at whom the grant is for', async () => {
    const { rows } = await world.database.pool.query<{ id: string; own: boolean }>(
      `select id::text, principal_id = '${ann}' as own from grants`,
    );
    await did('grant_given', 1, { object: rows.find(({ own }) => !own)?.id ?? '' });
    expect(await raisedBy('privilege_to_self')).toEqual([]);
    await did('grant_given', 1, { object: rows.find(({ own }) => own)?.id ?? '' });
    expect(await raisedBy('privilege_to_self')).toEqual(['ann granted a privilege to their own account']);
  });

  it('of a mass export needs more than 10,000 rows in an hour and more than five times what is usual', async () => {
    await did('export_finished', days(10), { details: { rows: 3_000 } });
    await did('export_finished', 2, { details: { rows: 14_000 } });
    expect(await raisedBy('mass_export')).toEqual([]); // 14,000 is less than five times 3,000
    await did('export_finished', 2, { details: { rows: 2_000 } });
    expect(await raisedBy('mass_export')).toEqual(['ann exported 16,000 rows within an hour']);
  });

  it('of a mass export says nothing of 10,000 rows by who never exported', async () => {
    await did('export_finished', 2, { details: { rows: 10_000 } });
    expect(await raisedBy('mass_export')).toEqual([]);
  });

  it('of a loosened policy tells apart whether less approval is asked for or more', async () => {
    const { rows } = await world.database.pool.query<{ id: number }>(`select id from external_systems`);
    const system = { id: rows[0]?.id ?? 0, name: 'grc' };
    const change = (approval: object | null) =>
      editPolicies(
        world.database.store,
        system,
        { do: 'change', change: { entity: 'poam', approval } },
        { way: 'none' },
      );
    world.now = new Date();
    await change({});
    expect(await raisedBy('policy_loosened')).toEqual([]);
    await change(null);
    world.now = new Date(Date.now() + 60_000);
    expect(await raisedBy('policy_loosened')).toEqual(['1 change loosened a policy, the last of grc']);
  });

  it('of an approval by who asked looks at who decided', async () => {
    const approve = (by: string) =>
      world.run(`insert into approvals (subject_kind, subject_id, system_id, severity, asked, content_sha256, levels, requested_action, requested_by, status, decided_by, decided_at)
        values ('completion', 'P-${by}', 'SYS-1', 'Medium', '{}', repeat('0', 64), '[]', 'complete P-1', 'ann', 'approved', '${by}', '2026-11-27T08:00Z')`);
    await approve('bob');
    expect(await raisedBy('approval_by_asker')).toEqual([]);
    await approve('ann');
    expect(await raisedBy('approval_by_asker')).toEqual(['ann approved what they asked for: complete P-1']);
  });

  it('of a token looks at addresses', async () => {
    await did('token_made', 1);
    expect(await raisedBy('token_elsewhere')).toEqual([]);
    await did('token_moved', 1, { address: '198.51.100.9' });
    expect(await raisedBy('token_elsewhere')).toEqual(['A token of ann was used from 198.51.100.9']);
  });

  it('of a token counts what an event stands for, and what is still being counted', async () => {
    await world.run(`insert into api_tokens (id, secret_sha256, principal_id, name, permissions, reach, created_by, expires_at)
        values ('t1', '\\x00', '${ann}', 'nightly', '{}', 'everywhere', 'op', '2027-01-01Z');
      insert into token_uses_elsewhere values ('t1', '198.51.100.9', 'token_moved', '2026-11-27T08:50Z', '2026-11-27T08:59Z', 5)`);
    await did('token_moved', 2, { address: '198.51.100.9', details: { uses: 4 } });
    await did('token_moved', 0.1, { address: '198.51.100.9' });
    await raisedBy('token_elsewhere');
    expect(await world.openAlerts()).toMatchObject([{ severity: 'Medium', value: 9 }]);
    await world.run(`update token_uses_elsewhere set uses = 6`);
    await world.evaluate('token_elsewhere');
    expect(await world.openAlerts()).toMatchObject([{ severity: 'High', value: 10 }]);
  });

  it('of tampering is critical, is an event of the log that can be investigated, and is raised once', async () => {
    await did('log_verified', 1);
    expect(await raisedBy('log_tampered')).toEqual([]);
    await did('log_tampered', 1);
    expect(await raisedBy('log_tampered')).toEqual(['The security log was tampered with']);
    expect(await world.evaluate('log_tampered')).toMatchObject({ raised: 0 });
    const { rows } = await world.database.pool.query(
      `select severity, occurred_at, detected_at, event_details ->> 'rule' as rule from security_events_extended where event_type = 'detection'`,
    );
    expect(rows).toEqual([
      { severity: 'Critical', occurred_at: hours(-1), detected_at: hours(0), rule: 'log_tampered' },
    ]);
  });

  it('that is switched off raises nothing', async () => {
    await world.run(`update alert_rules set is_enabled = false where kind = 'log_tampered'`);
    await did('log_tampered', 1);
    expect(await raisedBy('log_tampered')).toEqual([]);
  });
});
