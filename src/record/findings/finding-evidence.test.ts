import { describe, expect, it } from 'vitest';
import { evidenceOf } from './finding-evidence.ts';
import type { FindingRecord } from '../../canonical/record-fields/index.ts';

const report = (more: Partial<FindingRecord>): FindingRecord => ({
  asset_uuid: '11111111-2222-4333-8444-555555555555',
  plugin_id: '1',
  port: 0,
  protocol: 'tcp',
  lifecycle_state: 'open',
  severity: 'High',
  first_found: '2026-01-01T00:00:00Z',
  last_found: '2026-02-01T00:00:00Z',
  ...more,
});

describe('the times of a finding in a report', () => {
  it('the fix time from a report of a fixed finding is what it reports, or at the earliest when it was last found', () => {
    expect(
      evidenceOf(report({ lifecycle_state: 'fixed', last_fixed: '2026-03-01T00:00:00Z' })),
    ).toMatchObject({
      last_fixed: '2026-03-01T00:00:00Z',
      evidence_at: '2026-03-01T00:00:00Z',
    });
    expect(evidenceOf(report({ lifecycle_state: 'fixed' })).last_fixed).toBe('2026-02-01T00:00:00Z');
  });

  it('the fix time from a report of an open finding lies before the day it was found again, if there is one', () => {
    expect(evidenceOf(report({ last_fixed: '2026-01-15T00:00:00Z' })).last_fixed).toBe(
      '2026-01-15T00:00:00Z',
    );
    expect(evidenceOf(report({ last_fixed: '2026-02-01T00:00:00.000Z' })).last_fixed).toBeNull();
    expect(evidenceOf(report({ last_fixed: '2026-03-01T00:00:00Z' })).last_fixed).toBeNull();
  });

  it('the fix time from a report counts from when the report was made, where that is known', () => {
    expect(evidenceOf(report({ observed_at: '2026-05-01T00:00:00Z' })).evidence_at).toBe(
      '2026-05-01T00:00:00Z',
    );
    expect(evidenceOf(report({ first_found: null, last_found: null })).evidence_at).toBeNull();
  });
});
