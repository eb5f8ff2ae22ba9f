/**
 * Actions that tell somebody: by mail, or a receiver of webhooks. Each is a row of the ledger of deliveries first, by an id that is derived from its
 * step and receiver: whatever is done twice, one is written.
 */
import { z } from 'zod';
import { roles as roleSpecs } from '../../../canonical/access/index.ts';
import { deriveUuid, type JsonObject } from '../../../platform/values/index.ts';
import { findMailChannel, insertDeliveries } from '../../alerts/index.ts';
import type { Snapshot } from '../conditions/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { defineAction, done, refused } from './define-action.ts';
import { assignee, filled, filledWhole, picked, roleNames, template } from './inputs.ts';
import { findChannel, listHolders, listNamed } from '../recipients.sql.ts';

/** What is told: the whole, and what may be said where a channel is not set to name records. */
const contentOf = (record: Snapshot, workflow: string, say: string): JsonObject => ({
  line: say,
  general: `Workflow ${workflow}: something is to be looked at`,
  lines: [record.title, `Workflow ${workflow}`],
  workflow,
  record: { kind: record.kind, id: record.id, boundary: record.boundary },
});

export const notify = defineAction({
  name: 'notify',
  title: 'mail those who hold a role in the boundary, or people by name',
  inputs: z
    .strictObject({
      roles: roleNames.optional(),
      people: z
        .array(assignee)
        .min(1)
        .max(20)
        .optional()
        .describe('by name; {system.isso} stands for that field'),
      say: template(500),
    })
    .refine(({ roles, people }) => roles !== undefined || people !== undefined, {
      path: ['roles'],
      error: 'say who: roles, people, or both',
    }),
  permission: 'alert:write',
  appliesTo: ['finding', 'weakness', 'poam', 'deviation', 'asset', 'system', 'scan', 'feed'],
  raises: [],
  undo: 'A mail that was sent cannot be taken back.',
  async carryOut({ app, now, key, workflow }, record, inputs): Promise<ActionOutcome> {
    const named = (inputs.people ?? []).flatMap((each) => filledWhole(each, record) ?? []);
    const people = [
      ...(inputs.roles ? await listHolders(app.db, inputs.roles, record.boundary, now) : []),
      ...(await listNamed(app.db, named, now)),
    ];
    const reached = [
      ...new Map(
        people.flatMap(({ name, address }) =>
          address === null ? [] : [[address, { name, address }] as const],
        ),
      ).values(),
    ];
    const wanted = [...(inputs.roles ?? []).map((role) => roleSpecs[role].title), ...named].join(', ');
    if (reached.length === 0)
      return refused(
        people.length === 0
          ? `nobody to tell: no active account is ${wanted} for ${record.boundary ?? 'what is in no boundary'}`
          : `nobody to tell: ${people.map(({ name }) => name).join(', ')} has no mail address`,
      );
    const channelId = await findMailChannel(app.db);
    if (channelId === undefined)
      return refused('there is no channel of kind email that is on: tieline alerts channels add');
    const content = contentOf(record, workflow, filled(inputs.say, record));
    await insertDeliveries(
      app.db,
      reached.map(({ address }) => ({
        id: deriveUuid('workflow', key, address),
        channelId,
        alertId: null,
        event: 'workflow' as const,
        content,
        recipient: address,
        at: now,
      })),
    );
    return done(`mail to ${reached.map(({ name }) => name).join(', ')}: ${filled(inputs.say, record)}`);
  },
});

export const webhook = defineAction({
  name: 'webhook',
  title: 'send the record to a channel (a signed webhook, syslog, a mailbox) by name',
  inputs: z.strictObject({
    channel: z.string().trim().min(1).max(100).meta(picked('channel', 'a channel of alerts, by name')),
    say: template(500),
  }),
  permission: 'alert:write',
  appliesTo: ['finding', 'weakness', 'poam', 'deviation', 'asset', 'system', 'scan', 'feed'],
  raises: [],
  undo: 'What was sent cannot be taken back; its receiver knows it by its delivery id.',
  async carryOut({ app, now, key, workflow }, record, inputs): Promise<ActionOutcome> {
    const channel = await findChannel(app.db, inputs.channel);
    if (!channel) return refused(`there is no channel ${inputs.channel} that is on: tieline alerts channels`);
    if (
      channel.systemIds.length > 0 &&
      (record.boundary === null || !channel.systemIds.includes(record.boundary))
    )
      return refused(`channel ${inputs.channel} is not for ${record.boundary ?? 'what is in no boundary'}`);
    const content = contentOf(record, workflow, filled(inputs.say, record));
    await insertDeliveries(
      app.db,
      channel.recipients.map((recipient) => ({
        id: deriveUuid('workflow', key, inputs.channel, recipient ?? ''),
        channelId: channel.id,
        alertId: null,
        event: 'workflow' as const,
        content,
        recipient,
        at: now,
      })),
    );
    return done(`told ${inputs.channel}: ${filled(inputs.say, record)}`);
  },
});
