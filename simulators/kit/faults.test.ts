import { expect, it } from 'vitest';
import { applyDrift, FaultEngine } from './faults.ts';

const drift = { kind: 'schema-drift', entity: 'poam' } as const;

it('drifts a record without touching the original', () => {
  const record = { id: 'a', status: 'ongoing', count: 3, impact_level: { availability: 'low' } };
  expect(applyDrift(record, { ...drift, field: 'status', mode: 'missing' })).toEqual({
    id: 'a',
    count: 3,
    impact_level: { availability: 'low' },
  });
  expect(applyDrift(record, { ...drift, field: 'new', mode: 'extra' })).toHaveProperty('new');
  expect(applyDrift(record, { ...drift, field: 'count', mode: 'wrong-type' })).toHaveProperty('count', ['3']);
  expect(
    applyDrift(record, { ...drift, field: 'impact_level.availability', mode: 'missing' }),
  ).toHaveProperty('impact_level', {});
  expect(record).toEqual({ id: 'a', status: 'ongoing', count: 3, impact_level: { availability: 'low' } });
});

it('uses up a drift only for the entity it is about', () => {
  const engine = new FaultEngine([{ ...drift, field: 'status', mode: 'missing', times: 1 }]);
  const request = { method: 'GET', path: '/x' };
  expect(engine.drifts('system', request)).toEqual([]);
  expect(engine.drifts('poam', request)).toHaveLength(1);
  expect(engine.drifts('poam', request)).toEqual([]);
});

it('counts the requests of each fault on its own', () => {
  const engine = new FaultEngine([
    { kind: 'server-error', status: 500, times: 1 },
    { kind: 'server-error', status: 503, times: 1, match: { method: 'post' } },
  ]);
  const write = { method: 'POST', path: '/x' };
  expect(engine.active('server-error', write)?.status).toBe(500);
  expect(engine.active('server-error', { method: 'GET', path: '/x' })).toBeUndefined();
  expect(engine.active('server-error', write)?.status).toBe(503);
  expect(engine.list().map((fault) => fault.fired)).toEqual([1, 1]);
});
