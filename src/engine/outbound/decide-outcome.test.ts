import { describe, expect, it } from 'vitest';
import type { ExternalRecord, WriteResult } from '../../connectors/kit/contract.ts';
import { TielineError } from '../../platform/errors/tieline-error.ts';
import { decideFailure, decideOutcome, type SentRow } from './decide-outcome.ts';

const row: SentRow = { entity_type: 'poam', entity_id: 'P-1', base_version: '"3"', attempts: 0 };
const record = (version: string): ExternalRecord => ({ externalId: '7', version, raw: {} });
const decide = (answer: WriteResult, tried = 1, sent: Partial<SentRow> = {}) =>
  decideOutcome(answer, { row: { ...row, ...sent }, system: 'xacta', tried });

describe('an answer to a change', () => {
  it('a confirmed change is confirmed with the reading of the remote', () => {
    const current = record('"4"');
    expect(decide({ outcome: 'confirmed', record: current })).toEqual({ to: 'confirm', record: current });
  });

  it('a rejected change is refused with what the remote said of each field', () => {
    const fields = [{ field: 'status', message: 'is not in the list' }];
    expect(decide({ outcome: 'rejected', message: 'invalid', fields })).toEqual({
      to: 'refuse',
      event: 'refused',
      conflict: 'validation_rejected',
      failure: { outcome: 'rejected', message: 'invalid', fields },
    });
  });

  it('a change of a record that has moved on is merged with what the remote has now', () => {
    const current = record('"4"');
    expect(decide({ outcome: 'conflict', message: 'stale', current })).toEqual({ to: 'merge', current });
  });

  it('a conflict about a record that has not changed is a rejection: it would be refused again', () => {
    expect(decide({ outcome: 'conflict', message: 'key exists', current: record('"3"') })).toMatchObject({
      to: 'refuse',
      conflict: 'validation_rejected',
      failure: { outcome: 'rejected', message: 'key exists', fields: [] },
    });
  });

  it('a conflict about a record that was decided on without a version is merged', () => {
    const answer = { outcome: 'conflict', message: 'stale', current: record('"3"') } as const;
    expect(decide(answer, 1, { base_version: null }).to).toBe('merge');
  });

  it('a conflict that does not show the record is refused as a stale version', () => {
    expect(decide({ outcome: 'conflict', message: 'stale' })).toMatchObject({
      to: 'refuse',
      conflict: 'stale_version',
      failure: { outcome: 'conflict' },
    });
  });

  it('a change of a record that is gone is refused as missing', () => {
    expect(decide({ outcome: 'missing', message: 'gone' })).toMatchObject({
      to: 'refuse',
      conflict: 'missing_record',
      failure: { outcome: 'missing', message: 'gone' },
    });
  });

  it('an unclear outcome is looked up after pauses that double, and put off after four tries in a run', () => {
    const answer = { outcome: 'unknown', message: 'timeout' } as const;
    expect([1, 2, 3].map((tried) => decide(answer, tried))).toEqual(
      [200, 400, 800].map((afterMs) => ({ to: 'look up', afterMs, message: 'timeout' })),
    );
    const last = decide(answer, 4);
    expect(last).toMatchObject({ to: 'put off', seconds: 16, endsDrain: false });
    expect(last.to === 'put off' && last.because.message).toBe(
      'Whether poam P-1 arrived at xacta is unclear: timeout',
    );
  });

  it('an outcome that stayed unclear 24 times is for a person, and never put off longer than five minutes before', () => {
    const answer = { outcome: 'unknown', message: 'timeout' } as const;
    expect(decide(answer, 4, { attempts: 19 })).toMatchObject({ to: 'put off', seconds: 300 });
    expect(decide(answer, 4, { attempts: 20 })).toMatchObject({
      to: 'refuse',
      conflict: 'unclear_outcome',
      failure: {
        outcome: 'unclear',
        message: 'Whether it arrived stayed unclear after 24 attempts: timeout',
      },
    });
  });
});

describe('a failure while a change is sent', () => {
  it('a change that cannot be written in the words of the remote is refused before it goes out', () => {
    const fields = [{ field: 'status', message: 'has no word there' }];
    const error = new TielineError('MAPPING_INVALID', 'A poam cannot be written.', { fields });
    expect(decideFailure(error, row)).toEqual({
      to: 'refuse',
      event: 'unspellable',
      conflict: 'unmappable_value',
      failure: { outcome: 'unmappable', message: 'A poam cannot be written.', fields },
    });
  });

  it('a failure that may pass puts the change off, and ends the drain where no other would fare better', () => {
    const ofRow = new TielineError('REMOTE_FAILED', 'status 500');
    const ofSystem = new TielineError('REMOTE_UNREACHABLE', 'no route');
    expect(decideFailure(ofRow, row)).toMatchObject({ to: 'put off', seconds: 2, endsDrain: false });
    expect(decideFailure(ofSystem, row)).toMatchObject({ to: 'put off', seconds: 2, endsDrain: true });
  });

  it('a failure that does not pass on its own is left to the run', () => {
    expect(decideFailure(new TielineError('USAGE', 'no'), row)).toBeUndefined();
  });
});
