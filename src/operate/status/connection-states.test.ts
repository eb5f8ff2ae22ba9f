import { describe, expect, it } from 'vitest';
import { stateOf } from './connection-states.ts';
import type { ConnectionFacts } from './connection-states.sql.ts';

const now = new Date('2026-11-26T12:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const healthy: ConnectionFacts = {
  connection: 'grc',
  type: 'grc',
  url: 'https://grc.example',
  waiting: 0,
  isEnabled: true,
  pausedAt: null,
  pausedBy: null,
  pausedReason: null,
  sendingPausedAt: null,
  sendingPausedBy: null,
  sendingPausedReason: null,
  lastSuccess: minutesAgo(5),
  unsentSince: null,
  unreadSince: minutesAgo(5),
  nextRun: minutesAgo(-10),
  jitterSeconds: 60,
  runningOperation: null,
  unhealthy: [],
  failedInARow: 0,
  marks: [],
};

describe('the state of a connection', () => {
  it.each<[string, Partial<ConnectionFacts>, string]>([
    ['nothing is wrong', {}, 'on time'],
    ['no schedule is set', { nextRun: null }, 'on time'],
    ['a run is at it', { runningOperation: 'op' }, 'running'],
    ['a check failed', { unhealthy: [{ check: 'authentication', detail: '401' }] }, 'failing'],
    ['it should have run an hour ago', { nextRun: minutesAgo(60) }, 'late'],
    ['it is due now', { nextRun: minutesAgo(2) }, 'on time'],
    ['changes wait for two hours', { unsentSince: minutesAgo(120) }, 'late'],
    ['a person paused it', { isEnabled: false, pausedAt: minutesAgo(1), pausedBy: 'op' }, 'paused'],
    ['a person paused sending', { sendingPausedAt: minutesAgo(1) }, 'paused'],
    ['it is switched off', { isEnabled: false }, 'off'],
  ])('where %s it says so', (_what, facts, state) => {
    expect(stateOf({ ...healthy, ...facts }, now).state).toBe(state);
  });
});
