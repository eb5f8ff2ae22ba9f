/** Actions upon deviations: asked for, and ended. Who decides is said by the rules of the boundary, not by a workflow. */
import { z } from 'zod';
import { deviationKinds } from '../../../canonical/vocabulary/index.ts';
import { readRequest, requestDeviation, withdrawDeviation } from '../../deviations/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { defineAction, done, nothingToDo, refused } from './define-action.ts';
import { hasLivingDeviation } from './deviations.sql.ts';
import { dayIn, filled, inDays, poamOf, template } from './inputs.ts';

export const requestDeviationAction = defineAction({
  name: 'request_deviation',
  title: 'ask for a deviation of the POA&M; those who decide are asked as its boundary says',
  inputs: z.strictObject({
    kind: z.enum(deviationKinds),
    rationale: template(5_000),
    until_in_days: inDays.optional(),
    details: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    adjusted_severity: z.enum(['Info', 'Low', 'Medium', 'High', 'Critical']).optional(),
  }),
  permission: 'deviation:request',
  appliesTo: ['poam', 'weakness', 'finding'],
  raises: ['deviation.requested'],
  undo: 'Take it back: `tieline deviations withdraw`.',
  async carryOut({ app, owner, scope, now }, record, inputs): Promise<ActionOutcome> {
    const poam = poamOf(record);
    if (poam === undefined) return refused(`no POA&M answers ${record.title}`);
    if (await hasLivingDeviation(app.db, poam, inputs.kind))
      return nothingToDo(`one of this kind holds or waits for a decision already for ${poam}`);
    const asked = await requestDeviation(
      app,
      owner,
      scope,
      readRequest({
        kind: inputs.kind,
        poam,
        rationale: filled(inputs.rationale, record),
        details: inputs.details,
        ...(inputs.until_in_days === undefined ? {} : { until: dayIn(now, inputs.until_in_days) }),
        ...(inputs.adjusted_severity === undefined ? {} : { adjustedSeverity: inputs.adjusted_severity }),
      }),
    );
    const waits = asked.state === 'requested' ? `; ${asked.turn.join(', ')} decides` : '';
    return done(`deviation ${asked.id} (${inputs.kind.replaceAll('_', ' ')}) asked for ${poam}${waits}`, [
      { entity: 'deviation', id: String(asked.id), field: 'state', before: null, after: asked.state },
    ]);
  },
});

export const endDeviation = defineAction({
  name: 'end_deviation',
  title: 'take the deviation back, in both systems',
  inputs: z.strictObject({ reason: template(2_000) }),
  permission: 'deviation:request',
  appliesTo: ['deviation'],
  raises: ['deviation.changed'],
  undo: 'Ask for it again, with the evidence of then: `tieline deviations request`.',
  async carryOut({ app, owner, scope }, record, inputs): Promise<ActionOutcome> {
    const { state } = (record.plain['deviation'] ?? {}) as { readonly state?: string }; // of our own statement
    if (state !== 'approved' && state !== 'requested') return nothingToDo(`it is ${state ?? 'over'} already`);
    await withdrawDeviation(
      app,
      { actor: owner, scope },
      { id: Number(record.id), reason: filled(inputs.reason, record) },
    );
    return done(`deviation ${record.id} was taken back`, [
      { entity: 'deviation', id: record.id, field: 'state', before: state, after: 'withdrawn' },
    ]);
  },
});
