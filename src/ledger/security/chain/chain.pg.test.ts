/** The chain of the security log: written by many at once, refused to be changed, and every way to touch it found with its place. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { recordAccess, recordSecurityEvent } from '../security-events.sql.ts';
import { listHeads, signHeadsOfDay } from './heads.sql.ts';
import { holdLogKeys, logKeyOf } from './log-keys.ts';
import { beginSecurityLog } from './marks.sql.ts';
import { type LogFault, verifyLog } from './verify.ts';

let database: ClonedDatabase;
beforeEach(async () => {
  database = await cloneDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const at = new Date('2026-11-26T12:00:00.123Z');
const event = { kind: 'export', at, origin: { way: 'none', address: '2001:DB8::1' } } as const;
const record = (n = 1) =>
  recordSecurityEvent(database.db, { ...event, details: { n, a: [1.5, null, 'é\u2028'] } });
const never = new AbortController().signal;
const verify = (kept: Parameters<typeof verifyLog>[1] = []) => verifyLog(database.store, kept, never);
const found = ({ kind, from, to, rowId }: LogFault) => ({ kind, from, to, rowId });

/** As a superuser who switches the triggers off. */
async function asSuperuser(statement: string): Promise<void> {
  await database.pool.query(`begin; set local session_replication_role = replica; ${statement}; commit`);
}

describe('writing', () => {
  it('twenty writers at once leave chains without a gap, and nobody waits for a transaction that stays open', async () => {
    await beginSecurityLog(database.db, at);
    let release = (): void => undefined;
    const open = new Promise<void>((resolve) => (release = resolve));
    const long = database.store.transaction(async ({ db }) => {
      await recordSecurityEvent(db, event);
      await open;
    });
    await Promise.all(Array.from({ length: 20 }, async (_each, n) => record(n)));
    await Promise.all(
      Array.from({ length: 10 }, () =>
        recordAccess(database.db, {
          at,
          origin: { way: 'none' },
          resource: { type: 'poam' },
          action: 'read',
          method: 'ui',
        }),
      ),
    );
    release();
    await long;
    expect(await verify()).toMatchObject({ rows: 31, faultCount: 0 });
  });

  it('what is rolled back leaves no gap', async () => {
    await record();
    await expect(
      database.store.transaction(async ({ db }) => {
        await recordSecurityEvent(db, event);
        await recordSecurityEvent(db, event);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await record();
    expect(await verify()).toMatchObject({ rows: 2, faultCount: 0 });
  });

  it('rows from before the chain stay outside of it, and the verification says up to which', async () => {
    await database.pool.query(
      `insert into security_events_extended (event_type, severity, source_system, occurred_at) values ('old', 'Low', 'tieline', '2026-01-01Z')`,
    );
    await record();
    expect(await verify()).toMatchObject({
      rows: 1,
      faultCount: 0,
      begun: { security_events_extended: { at, lastIdBefore: 1 }, data_access_logs: null },
    });
  });

  it('links under a key that is not here are reported as such, and those of an earlier key that is held are verified', async () => {
    const earlier = logKeyOf(Buffer.alloc(32, 'log key of tests'));
    await record();
    try {
      holdLogKeys([logKeyOf(Buffer.alloc(32, 'another'))]);
      await record();
      expect((await verify()).faults).toMatchObject([{ kind: 'key_missing', from: 1, to: 1 }]);
      holdLogKeys([logKeyOf(Buffer.alloc(32, 'another')), earlier]);
      expect(await verify()).toMatchObject({ rows: 2, faultCount: 0 });
    } finally {
      holdLogKeys([earlier]);
    }
  });
});

describe('the owner of the tables', () => {
  it.each([
    ['changes an event', `update security_events_extended set outcome = 'refused'`],
    ['deletes an event', `delete from security_events_extended`],
    ['empties the events', `truncate security_events_extended`],
    ['changes an access', `update data_access_logs set success = false`],
    ['deletes an access', `delete from data_access_logs`],
    ['deletes a mark', `delete from security_log_marks`],
  ])('is refused when he %s', async (_what, statement) => {
    await record();
    await recordAccess(database.db, {
      at,
      origin: { way: 'none' },
      resource: { type: 'poam' },
      action: 'read',
      method: 'ui',
    });
    await expect(database.pool.query(statement)).rejects.toThrow(/only added to/);
  });

  it('may write what an investigation came to, and months are still made', async () => {
    await record();
    await database.pool.query(
      `update security_events_extended set investigation_notes = 'looked at', investigated_by = 'isso', false_positive = true, resolved_at = now()`,
    );
    await recordSecurityEvent(database.db, { ...event, at: new Date(Date.now() + 100 * 86_400_000) });
    await database.pool.query('select tieline_ensure_partitions(5)');
    const { rows } = await database.pool.query(`select from security_events_extended_default`);
    expect(rows).toHaveLength(0);
    expect(await verify()).toMatchObject({ rows: 2, faultCount: 0 });
  });
});

// The number of the first row is spent on its chain: ids are one more than places.
describe('a superuser', () => {
  beforeEach(async () => {
    for (let n = 1; n <= 6; n += 1) await record(n);
  });

  it.each<[string, string, ReturnType<typeof found>[]]>([
    [
      'changes a row',
      `update security_events_extended set event_details = '{"n": 9}' where chain_seq = 3`,
      [{ kind: 'changed', from: 3, to: 3, rowId: 4 }],
    ],
    [
      'changes a time by a microsecond',
      `update security_events_extended set occurred_at = occurred_at + interval '1 microsecond' where chain_seq = 3`,
      [{ kind: 'changed', from: 3, to: 3, rowId: 4 }],
    ],
    [
      'deletes rows',
      `delete from security_events_extended where chain_seq in (3, 4)`,
      [{ kind: 'missing', from: 3, to: 4, rowId: null }],
    ],
    [
      'cuts the end off',
      `delete from security_events_extended where chain_seq > 4`,
      [{ kind: 'cut_off', from: 5, to: 6, rowId: null }],
    ],
    [
      'adds a row',
      `insert into security_events_extended (event_type, severity, source_system, occurred_at) values ('export', 'Low', 'tieline', now())`,
      [{ kind: 'added', from: null, to: null, rowId: 8 }],
    ],
    [
      'adds a copy of a row at its place',
      `insert into security_events_extended (id, event_type, severity, source_system, occurred_at, chain_id, chain_seq, chain_link)
         select 99, event_type, severity, source_system, occurred_at, chain_id, chain_seq, chain_link from security_events_extended where chain_seq = 3`,
      [{ kind: 'added', from: 3, to: 3, rowId: 99 }],
    ],
    [
      'exchanges two rows',
      `update security_events_extended a set event_details = b.event_details from security_events_extended b where (a.chain_seq, b.chain_seq) in ((2, 5), (5, 2))`,
      [
        { kind: 'changed', from: 2, to: 2, rowId: 3 },
        { kind: 'changed', from: 5, to: 5, rowId: 6 },
      ],
    ],
    [
      'exchanges the places of two rows',
      `update security_events_extended a set chain_seq = b.chain_seq, chain_link = b.chain_link from security_events_extended b where (a.chain_seq, b.chain_seq) in ((2, 5), (5, 2))`,
      [
        { kind: 'changed', from: 2, to: 2, rowId: 6 },
        { kind: 'changed', from: 5, to: 5, rowId: 3 },
      ],
    ],
    [
      'deletes a mark',
      `delete from security_log_marks where seq = 1; insert into security_log_marks (seq, kind, log, key_id, marked_at, content, signature) values (1, 'begun', 'security_events_extended', (select key_id from security_log_chains limit 1), now(), '{"lastIdBefore": 99}', '')`,
      [{ kind: 'mark', from: 1, to: 1, rowId: null }],
    ],
  ])('who %s is found, with the place', async (_what, statement, faults) => {
    await asSuperuser(statement);
    expect((await verify()).faults.map(found)).toEqual(faults);
  });

  it('who cuts the end off and sets the counter back is found by a head that was kept', async () => {
    const kept = await listHeads(database.db);
    await asSuperuser(`delete from security_events_extended where chain_seq > 4;
      update security_log_chains c set last_seq = 4, last_link = (select chain_link from security_events_extended where chain_seq = 4) where c.chain_id = 1`);
    expect((await verify()).faults).toEqual([]); // nothing in the database tells it
    expect((await verify(kept)).faults.map(found)).toEqual([
      { kind: 'cut_off', from: 5, to: 6, rowId: null },
    ]);
  });

  it('who does so after the heads of the day were signed is found by them, and who takes the signed heads away too by the gap', async () => {
    expect(await signHeadsOfDay(database.db, at)).toBe(true);
    expect(await signHeadsOfDay(database.db, at)).toBe(false);
    const cut = `delete from security_events_extended; update security_log_chains set last_seq = 0`;
    await asSuperuser(cut);
    expect((await verify()).faults.map(found)).toContainEqual({
      kind: 'cut_off',
      from: 1,
      to: 6,
      rowId: null,
    });
  });

  it('who takes a whole chain away is found by its head', async () => {
    const kept = await listHeads(database.db);
    await asSuperuser(`delete from security_events_extended; delete from security_log_chains`);
    expect((await verify(kept)).faults).toMatchObject([{ kind: 'cut_off', chainId: 1, from: 1, to: 6 }]);
  });
});
