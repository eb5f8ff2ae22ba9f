/** The action that raises an alert, or says that it is over. */
import { z } from 'zod';
import { severities } from '../../../canonical/vocabulary/index.ts';
import { endRaisedAlert, raiseAlert } from '../../alerts/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { defineAction, done, nothingToDo } from './define-action.ts';
import { filled, template } from './inputs.ts';

export const alertAction = defineAction({
  name: 'alert',
  title: 'raise an alert about the record, one for each workflow and record; or say that it is over',
  inputs: z
    .strictObject({
      title: template(250).optional(),
      severity: z.enum(severities).default('Medium'),
      detail: template(2_000).optional(),
      resolve: z.boolean().default(false).describe('say that the alert of this workflow is over'),
    })
    .refine(({ title, resolve }) => resolve || title !== undefined, {
      path: ['title'],
      error: 'say what the alert is about, or resolve: true',
    }),
  permission: 'alert:write',
  appliesTo: ['finding', 'weakness', 'poam', 'deviation', 'asset', 'system', 'scan', 'feed'],
  raises: [],
  undo: 'Say that it is over: `tieline alerts resolve`. What was delivered cannot be taken back.',
  async carryOut({ app, owner, workflow, reason }, record, inputs): Promise<ActionOutcome> {
    const { kind, id, title: about, boundary } = record;
    const raised = { workflow, by: owner.name, reason, record: { kind, id, title: about, boundary } };
    if (inputs.resolve) {
      const ended = await endRaisedAlert(app, raised);
      if (ended === undefined) return nothingToDo(`no alert of this workflow about ${about} is open`);
      return done(`alert ${ended.slice(0, 8)} is over`, [
        { entity: 'alert', id: ended, field: 'status', before: null, after: 'resolved' },
      ]);
    }
    const title = filled(inputs.title ?? '', record);
    const detail = inputs.detail === undefined ? undefined : filled(inputs.detail, record);
    const said = await raiseAlert(app, raised, { severity: inputs.severity, title, detail });
    const named = `alert ${said.alertId.slice(0, 8)}`;
    if (said.is === 'same') return nothingToDo(`${named} says the same and is open`);
    return done(`${named} was ${said.is}: ${title}`, [
      {
        entity: 'alert',
        id: said.alertId,
        field: said.is === 'raised' ? 'status' : 'severity',
        before: null,
        after: said.is === 'raised' ? 'active' : inputs.severity,
      },
    ]);
  },
});
