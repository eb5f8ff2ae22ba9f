import { describe, expect, it } from 'vitest';
import {
  followedStates,
  isScanOver,
  nextScanState,
  scanStates,
  verdictOf,
  type ScanEvent,
  type ScanState,
} from './scan-request.ts';

const events: readonly ScanEvent[] = [
  'approved',
  'rejected',
  'created',
  'launched',
  'running',
  'completed',
  'aborted',
  'stopped',
  'refused',
  'gone',
];

describe('the states of a remediation scan', () => {
  it('the states of a remediation scan never go back, except to wait for consent', () => {
    const back = scanStates.flatMap((state) =>
      events.filter((event) => {
        if (event === 'held') return false;
        const next = nextScanState(state, event);
        return next !== undefined && scanStates.indexOf(next) <= scanStates.indexOf(state);
      }),
    );
    expect(back).toEqual([]);
  });

  it('the states of a remediation scan end in one of three, and a scan that waits for a person is not followed', () => {
    expect(scanStates.filter((state) => isScanOver(state))).toEqual(['completed', 'failed', 'cancelled']);
    expect(followedStates).toEqual(['requested', 'created', 'launched', 'running']);
  });

  it('the states of a remediation scan go to the end from wherever the server is seen to be', () => {
    for (const state of ['created', 'launched', 'running'] as const)
      expect(nextScanState(state, 'completed')).toBe('completed');
    expect(nextScanState('requested', 'completed')).toBeUndefined();
  });
});

describe('what came of a scan for a finding', () => {
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 12, minute));
  const scan = (state: ScanState) => ({ state, startedAt: at(10), settledAt: at(20) });
  const finding = (lifecycleState: string, lastFound: number, lastFixed?: number) => ({
    lifecycleState,
    lastFound: at(lastFound),
    lastFixed: lastFixed === undefined ? null : at(lastFixed),
  });

  it.each([
    ['fixed', scan('completed'), finding('fixed', 0, 15), at(30)],
    ['fixed', scan('running'), finding('fixed', 0, 10), null],
    ['fixed_otherwise', scan('completed'), finding('fixed', 0, 5), at(30)],
    ['open', scan('completed'), finding('open', 15), at(30)],
    ['open', scan('failed'), finding('reopened', 15, 5), null],
    ['not_covered', scan('completed'), finding('open', 5), at(30)],
    ['pending', scan('completed'), finding('open', 5), at(15)],
    ['pending', scan('completed'), finding('open', 5), null],
    ['pending', scan('running'), finding('open', 5), at(30)],
    [
      'not_covered',
      { state: 'failed', startedAt: null, settledAt: at(20) } as const,
      finding('open', 5),
      null,
    ],
    [
      'pending',
      { state: 'requested', startedAt: null, settledAt: null } as const,
      finding('open', 5),
      at(30),
    ],
  ] as const)('is %s', (verdict, given, stored, readAt) => {
    expect(verdictOf(given, stored, readAt)).toBe(verdict);
  });
});
