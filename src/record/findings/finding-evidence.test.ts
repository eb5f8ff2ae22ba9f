import { describe, expect, it } from 'vitest';
import { evidenceOf } from './finding-evidence.ts';
import type { FindingRecord } from '../../canonical/records/index.ts';

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

describe('what a report says of the times of a finding', () => {
  it('is that a fixed one was fixed when it says, or at the earliest when it was last found', () => {
    expect(
      evidenceOf(report({ lifecycle_state: 'fixed', last_fixed: '2026-03-01T00:00:00Z' })),
    ).toMatchObject({
      last_fixed: '2026-03-01T00:00:00Z',
      evidence_at: '2026-03-01T00:00:00Z',
    });
    expect(evidenceOf(report({ lifecycle_state: 'fixed' })).last_fixed).toBe('2026-02-01T00:00:00Z');
  });

  it('is that an open one was fixed before it was found again, if ever', () => {
    expect(evidenceOf(report({ last_fixed: '2026-01-15T00:00:00Z' })).last_fixed).toBe(
      '2026-01-15T00:00:00Z',
    );
    expect(evidenceOf(report({ last_fixed: '2026-02-01T00:00:00.000Z' })).last_fixed).toBeNull();
    expect(evidenceOf(report({ last_fixed: '2026-03-01T00:00:00Z' })).last_fixed).toBeNull();
  });

  it('counts from when the report was made, where that is told', () => {
    expect(evidenceOf(report({ observed_at: '2026-05-01T00:00:00Z' })).evidence_at).toBe(
      '2026-05-01T00:00:00Z',
    );
    expect(evidenceOf(report({ first_found: null, last_found: null })).evidence_at).toBeNull();
  });
});
