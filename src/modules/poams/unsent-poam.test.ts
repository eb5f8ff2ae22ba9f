import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideUnsent,
  proposedPayload,
  type PresentState,
  type Proposal,
  type UnsentPoam,
} from './unsent-poam.ts';

const proposal: Proposal = {
  poam: {
    weakness_description: 'OpenSSL',
    scheduled_completion: '2026-12-24',
    weakness_risk_level: 'High',
    status: 'Open',
  },
  milestones: [
    { milestone_description: 'Test', scheduled_completion: '2026-12-04' },
    { milestone_description: 'Verify', scheduled_completion: '2026-12-24' },
  ],
  assets: ['a', 'b'],
  cves: ['CVE-2026-1'],
  foundAgainAt: null,
};
const payload = proposedPayload(proposal);
const unsent: UnsentPoam = {
  state: 'waiting',
  payload,
  composed: payload,
  // As PostgreSQL prints them.
  row: { ...proposal.poam, scheduled_completion: '2026-12-24T00:00:00' },
  milestones: proposal.milestones.map((each, id) => ({
    id,
    milestone_description: each.milestone_description,
    scheduled_completion: `${each.scheduled_completion}T00:00:00`,
    status: 'Pending',
  })),
  isCancelled: false,
  rejectedAt: null,
};
const now: PresentState = { proposal, mayGoOut: true, today: '2026-11-25' };
const rejected: UnsentPoam = {
  ...unsent,
  state: 'dropped',
  isCancelled: true,
  rejectedAt: '2026-11-20T10:00:00Z',
};

describe('A3 a proposal that has not gone out', () => {
  it('A3: a proposal that was not sent stays as it is while nothing moves, from day to day', () => {
    for (const today of ['2026-11-25', '2026-11-30', '2026-12-04'])
      expect(decideUnsent(unsent, { ...now, today })).toEqual({ do: 'keep' });
  });

  it('A3: a proposal that was not sent is withdrawn where nothing is open, another POA&M answers, or the policy lets nothing out', () => {
    expect(decideUnsent(unsent, { ...now, proposal: undefined })).toMatchObject({
      do: 'withdraw',
      why: 'nothing open',
    });
    expect(decideUnsent(unsent, { ...now, answeredBy: 'POAM-7' })).toMatchObject({
      do: 'withdraw',
      inFavourOf: 'POAM-7',
    });
    expect(decideUnsent(unsent, { ...now, mayGoOut: false })).toMatchObject({
      do: 'withdraw',
      why: 'not let out',
    });
    expect(decideUnsent({ ...unsent, isCancelled: true }, now)).toMatchObject({
      do: 'withdraw',
      why: 'cancelled here',
    });
  });

  it('A3: a proposal that was not sent follows severity, dates, machines and text', () => {
    const graver: Proposal = {
      ...proposal,
      poam: { ...proposal.poam, weakness_risk_level: 'Critical', scheduled_completion: '2026-12-10' },
      milestones: [{ milestone_description: 'At once', scheduled_completion: '2026-12-10' }],
      assets: ['b', 'c'],
    };
    expect(decideUnsent(unsent, { ...now, proposal: graver })).toMatchObject({
      do: 'renew',
      changed: ['scheduled_completion', 'weakness_risk_level', 'affected_assets', 'milestones'],
      payload: { affected_assets: ['b', 'c'], milestones: [{ milestone_description: 'At once' }] },
    });
  });

  it('A3: a proposal that was not sent keeps what a person edited in it, and follows in the rest', () => {
    const edited = { ...unsent, row: { ...unsent.row, weakness_description: 'ours', status: 'In Progress' } };
    const decision = decideUnsent(edited, { ...now, proposal: { ...proposal, assets: ['a'] } });
    expect(decision).toMatchObject({
      do: 'renew',
      payload: { weakness_description: 'ours', status: 'In Progress', affected_assets: ['a'] },
    });
    const ownMilestones = { ...unsent, milestones: unsent.milestones.slice(1) };
    expect(decideUnsent(ownMilestones, now)).toMatchObject({
      changed: ['milestones'],
      payload: { milestones: [{ milestone_description: 'Verify' }] },
    });
  });

  it('A3: milestones of a proposal that was not sent say what the rule in force says, on the days on which they were planned', () => {
    const reworded = {
      ...proposal,
      milestones: [
        { milestone_description: 'Try', scheduled_completion: '2026-12-06' },
        { milestone_description: 'Scan', scheduled_completion: '2026-12-24' },
      ],
    };
    expect(decideUnsent(unsent, { ...now, proposal: reworded })).toMatchObject({
      changed: ['milestones'],
      payload: {
        milestones: [
          { milestone_description: 'Try', scheduled_completion: '2026-12-04' },
          { milestone_description: 'Scan', scheduled_completion: '2026-12-24' },
        ],
      },
    });
  });

  it('A3: a proposal that was not sent plans its milestones again when one has passed while it waited', () => {
    const later = {
      ...proposal,
      milestones: [{ milestone_description: 'Test', scheduled_completion: '2026-12-15' }],
    };
    expect(decideUnsent(unsent, { ...now, proposal: later, today: '2026-12-05' })).toMatchObject({
      do: 'renew',
      changed: ['milestones'],
    });
  });

  it('A3: a proposal that was not sent comes back when a policy that withdrew it lets it out again', () => {
    const withdrawn = { ...unsent, state: 'superseded' as const };
    expect(decideUnsent(withdrawn, now)).toMatchObject({ do: 'renew', changed: [] });
    expect(decideUnsent(withdrawn, { ...now, mayGoOut: false })).toMatchObject({ do: 'withdraw' });
  });

  it('A3: a proposal that was planned again has nothing left to follow', () => {
    const texts = fc.constantFrom('x', 'y', 'z');
    const proposals = fc.record({
      poam: fc.record({
        weakness_description: texts,
        scheduled_completion: fc.constantFrom('2026-12-24', '2027-01-10'),
        weakness_risk_level: texts,
        status: fc.constant('Open'),
      }),
      milestones: fc.array(
        fc.record({
          milestone_description: texts,
          scheduled_completion: fc.constantFrom('2026-12-01', '2026-12-20'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      assets: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      cves: fc.subarray(['1', '2']),
      foundAgainAt: fc.constant(null),
    });
    const edits = fc.record({ weakness_description: fc.constant('ours') }, { requiredKeys: [] });
    fc.assert(
      fc.property(proposals, proposals, edits, (before, after, edits) => {
        const waiting: UnsentPoam = {
          ...unsent,
          payload: proposedPayload(before),
          composed: proposedPayload(before),
          row: { ...before.poam, ...edits },
          milestones: before.milestones.map((each, id) => ({ id, ...each, status: 'Pending' })),
        };
        const decision = decideUnsent(waiting, { ...now, proposal: after });
        if (decision.do === 'keep') return;
        if (decision.do !== 'renew') throw new Error(decision.do);
        const renewed: UnsentPoam = {
          ...waiting,
          payload: decision.payload,
          composed: decision.composed,
          row: decision.payload,
          milestones: (decision.payload['milestones'] as unknown as typeof before.milestones).map(
            (each, id) => ({ id, ...each, status: 'Pending' }),
          ),
        };
        expect(decideUnsent(renewed, { ...now, proposal: after })).toEqual({ do: 'keep' });
        for (const [field, value] of Object.entries(edits)) expect(decision.payload[field]).toBe(value);
      }),
    );
  });
});

describe('A3 a proposal that a person turned down', () => {
  it('A3: a rejected proposal stays rejected, and is not an open POA&M here', () => {
    expect(decideUnsent(rejected, now)).toEqual({ do: 'keep' });
    expect(decideUnsent({ ...rejected, isCancelled: false }, now)).toEqual({ do: 'cancel row' });
  });

  it('A3: a rejected proposal stays rejected where fewer machines are left or its text changes', () => {
    const less = { ...proposal, assets: ['a'], poam: { ...proposal.poam, weakness_description: 'new text' } };
    expect(decideUnsent(rejected, { ...now, proposal: less })).toEqual({ do: 'keep' });
  });

  it('A3: a rejected proposal is forgotten when its finding is fixed', () => {
    expect(decideUnsent(rejected, { ...now, proposal: undefined })).toEqual({ do: 'forget rejection' });
  });

  it.each([
    ['it was fixed and found again since', { ...proposal, foundAgainAt: '2026-11-21T00:00:00Z' }],
    ['it is graver', { ...proposal, poam: { ...proposal.poam, weakness_risk_level: 'Critical' } }],
    [
      'it is due on another day',
      { ...proposal, poam: { ...proposal.poam, scheduled_completion: '2026-12-01' } },
    ],
    ['it is on a further machine', { ...proposal, assets: ['a', 'b', 'c'] }],
  ])('A3: a rejected proposal is asked about again when %s', (_why, next) => {
    expect(decideUnsent(rejected, { ...now, proposal: next })).toMatchObject({
      do: 'renew',
      asksAgain: true,
    });
  });

  it('A3: a rejected proposal is not asked about again because it had been found again before it was turned down', () => {
    const before = { ...proposal, foundAgainAt: '2026-11-19T00:00:00Z' };
    expect(decideUnsent(rejected, { ...now, proposal: before })).toEqual({ do: 'keep' });
  });
});
