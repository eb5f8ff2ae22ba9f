import { describe, expect, it } from 'vitest';
import { noCounts } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { healthOf } from './sync-health.ts';

const step = (system: string, counts: object) => ({
  source_system: system,
  metadata: { counts: { ...noCounts, ...counts } },
});

describe('the health of a run', () => {
  it('is of each of its systems: healthy, degraded with what waits for a person, unhealthy with the failure', () => {
    const steps = [
      step('tenable', { read: 10 }),
      step('xacta', { held: 2 }),
      step('xacta', { held: 1, failed: 4 }),
      step('emass', { held: 9 }),
    ];
    const failures = [
      { system: 'emass', error: new TielineError('REMOTE_TIMEOUT', 'It did not answer.') },
      { system: 'away', error: new Error('no address') },
    ];
    expect(healthOf(['tenable', 'xacta', 'emass'], steps, failures)).toEqual([
      { system: 'emass', status: 'unhealthy', detail: 'It did not answer.' },
      { system: 'away', status: 'unhealthy', detail: 'no address' },
      { system: 'tenable', status: 'healthy', detail: undefined },
      { system: 'xacta', status: 'degraded', detail: '3 held for a person, 4 failed' },
    ]);
  });
});
