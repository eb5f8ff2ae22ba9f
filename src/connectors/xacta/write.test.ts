import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../platform/values/json.ts';
import { Secret } from '../../platform/values/secret.ts';
import type { Change } from '../kit/contract.ts';
import { startXactaSimulator, type TestSimulator } from './simulator.test-support.ts';

const signal = new AbortController().signal;
let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startXactaSimulator();
});
afterAll(async () => {
  await simulator.stop();
});
beforeEach(async () => {
  await simulator.control('POST', '/reset');
});

const poam = (fields: JsonObject = {}): Change => ({
  kind: 'create',
  parentId: 'SYS-ENT-001',
  idempotencyKey: 'key-1',
  fields: {
    external_uid: 'key-1',
    weakness_description: ' Weak thing ',
    source: 'Tenable plugin 1',
    poc: 'Jane Doe',
    resources: 'One hour',
    status: 'ongoing',
    risk_rating: 'High',
    scheduled_completion: '2031-01-31',
    security_control: 'si-2',
    ...fields,
  },
  children: [
    {
      entity: 'milestone',
      records: [{ description: 'Fix it', target_date: '2031-01-01', status: 'pending' }],
    },
  ],
});

describe('writing to Xacta', () => {
  it('writing to Xacta gives back the remote’s own reading, with version and milestones', async () => {
    const result = await simulator.connect().write('poam', poam(), signal);
    expect(result).toMatchObject({
      outcome: 'confirmed',
      record: {
        parentId: 'SYS-ENT-001',
        version: '1',
        raw: { weakness_description: 'Weak thing', security_control: 'SI-2' },
        children: [{ entity: 'milestone', records: [{ raw: { description: 'Fix it' } }] }],
      },
    });
  });

  it('writing to Xacta names the fields that the remote refuses', async () => {
    const result = await simulator
      .connect()
      .write('poam', poam({ scheduled_completion: '2031-02-30', security_control: 'ZZ-9' }), signal);
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(result.outcome === 'rejected' ? result.fields.map((each) => each.field) : []).toEqual(
      expect.arrayContaining(['scheduled_completion', 'security_control']),
    );
  });

  it('writing to Xacta recognizes its own POA&M when the remote reports that the key exists', async () => {
    const connector = simulator.connect();
    const first = await connector.write('poam', poam(), signal);
    const second = await connector.write('poam', poam(), signal);
    expect(second).toMatchObject({
      outcome: 'confirmed',
      record: { externalId: first.outcome === 'confirmed' ? first.record.externalId : '' },
    });
  });

  it('writing to Xacta blanks no field that an update does not name', async () => {
    const connector = simulator.connect();
    const made = await connector.write('poam', poam({ comments: 'keep me' }), signal);
    if (made.outcome !== 'confirmed') throw new Error(made.outcome);
    const { externalId } = made.record;
    const updated = await connector.write(
      'poam',
      { kind: 'update', externalId, version: '1', idempotencyKey: 'u', fields: { resources: 'Two hours' } },
      signal,
    );
    expect(updated).toMatchObject({
      outcome: 'confirmed',
      record: { version: '2', raw: { comments: 'keep me', resources: 'Two hours', poc: 'Jane Doe' } },
    });
  });

  it('writing to Xacta does not overwrite a record that has changed since', async () => {
    const connector = simulator.connect();
    const change: Change = {
      kind: 'update',
      externalId: 'POAM-2026-0001',
      version: '1',
      idempotencyKey: 'u',
      fields: { comments: 'ours' },
    };
    await simulator.control('POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0001',
      fields: { comments: 'theirs' },
    });
    expect(await connector.write('poam', change, signal)).toMatchObject({
      outcome: 'conflict',
      current: { raw: { comments: 'theirs' } },
    });
  });

  it('writing to Xacta signs in again when its token has ended', async () => {
    const connector = simulator.connect();
    expect(await connector.find('poam', { by: 'id', externalId: 'POAM-2026-0001' }, signal)).toBeDefined();
    await simulator.control('POST', '/reset'); // ends every session
    expect(await connector.find('poam', { by: 'id', externalId: 'POAM-2026-0001' }, signal)).toBeDefined();
  });

  it('writing to Xacta throws for an account that may not write, with the remedy', async () => {
    await simulator.control('POST', '/edit', { entity: 'account', fields: { permissions: ['read'] } });
    await expect(simulator.connect().write('poam', poam(), signal)).rejects.toMatchObject({
      code: 'REMOTE_FORBIDDEN',
      remedy: expect.stringContaining('write POA&Ms') as unknown,
    });
  });

  it('writing to Xacta reports that the password is wrong, without showing it', async () => {
    const wrong = simulator.connect({ password: new Secret('not the password') });
    const failure: unknown = await wrong
      .find('poam', { by: 'id', externalId: 'x' }, signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'REMOTE_UNAUTHORIZED' });
    expect(String(failure)).not.toContain('not the password');
  });
});
