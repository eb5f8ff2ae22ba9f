import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { severityOf } from '../../canonical/vocabulary/index.ts';
import { type Origin, recordAccess, recordSecurityEvent, refuseSecrets } from './security-events.sql.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const at = new Date('2026-11-26T12:00:00.123Z');
const requestId = '7d3f0a4e-3d0a-4a53-9d7b-0d4b7a3f7c11';
const actor = { principalId: '2b9d2a3c-7a0e-4c3a-8a55-0f5f6f1f2a11', name: 'jdoe', kind: 'person' } as const;
const origin: Origin = { actor, way: 'session', address: '192.0.2.7', requestId };

describe('evidence', () => {
  it('an event says who, from where, what, to which object, when to the millisecond, and how it ended', async () => {
    await recordSecurityEvent(database.db, {
      kind: 'grant_given',
      at,
      origin,
      object: { type: 'poam', id: 'POAM-1', boundary: 'SYS-1' },
      details: { before: null, after: 'isso', text: 'half \ud800 and \0' },
    });
    const { rows } = await database.pool.query(`select * from security_events_extended`);
    expect(rows).toMatchObject([
      {
        event_type: 'grant_given',
        severity: 'Medium',
        occurred_at: at,
        principal_id: actor.principalId,
        principal_name: 'jdoe',
        address: '192.0.2.7',
        outcome: 'success',
        object_type: 'poam',
        object_id: 'POAM-1',
        boundary: 'SYS-1',
        source_way: 'session',
        request_id: requestId,
      },
    ]);
  });

  it('a read of a record is a row of its own, and a refusal says why', async () => {
    await recordAccess(database.db, {
      at,
      origin,
      resource: { type: 'poam', id: 'POAM-1', boundary: 'SYS-1' },
      action: 'read',
      method: 'ui',
    });
    await recordAccess(database.db, {
      at,
      origin: { way: 'none' },
      resource: { type: 'poams' },
      action: 'export',
      method: 'api',
      refusedBecause: 'NOT_SIGNED_IN',
    });
    const { rows } = await database.pool.query(`select * from data_access_logs order by id`);
    expect(rows).toMatchObject([
      {
        user_name: 'jdoe',
        principal_id: actor.principalId,
        boundary: 'SYS-1',
        success: true,
        failure_reason: null,
      },
      {
        user_name: null,
        principal_id: null,
        resource_id: null,
        success: false,
        failure_reason: 'NOT_SIGNED_IN',
      },
    ]);
  });

  it('an event that goes with a transaction goes with it', async () => {
    const before = await database.pool.query(`select from security_events_extended`);
    await expect(
      database.store.transaction(async ({ db }) => {
        await recordSecurityEvent(db, { kind: 'export', at, origin });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const after = await database.pool.query(`select from security_events_extended`);
    expect(after.rowCount).toBe(before.rowCount);
  });

  it('details that name a secret are refused, however deep', () => {
    expect(() => refuseSecrets({ before: [{ apiKey: 'abc' }] })).toThrow(/secret/);
    expect(() => refuseSecrets({ password: 'abc' })).toThrow(/secret/);
    expect(() => refuseSecrets({ passwordChanged: true, name: 'password' })).not.toThrow();
  });

  it('a refusal of what is harmless when it succeeds is not harmless', () => {
    expect([
      severityOf('sign_in', 'success'),
      severityOf('sign_in', 'failure'),
      severityOf('grant_given', 'refused'),
    ]).toEqual(['Info', 'Low', 'Medium']);
  });
});
