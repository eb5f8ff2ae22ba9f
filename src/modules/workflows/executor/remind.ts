/** Reminds those whose turn it is to decide: one mail a person and reminder, through the ledger of deliveries. */
import { type Role, roles as roleSpecs } from '../../../canonical/access/index.ts';
import type { RequestRow } from '../../../engine/approvals/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { deriveUuid } from '../../../platform/values/index.ts';
import { findMailChannel, insertDeliveries } from '../../alerts/index.ts';
import { listHolders, listNamed } from '../recipients.sql.ts';
import type { Why } from './trace-words.ts';

/** @returns who was reminded, for the trace; it says so where nobody could be. */
export async function remindDeciders(
  app: App,
  reminder: {
    readonly request: RequestRow;
    readonly roles: readonly Role[];
    readonly workflow: string;
    readonly key: string;
  },
): Promise<Why> {
  const { request, roles, workflow, key } = reminder;
  const holders = await listHolders(app.db, roles, request.boundary, app.now());
  const delegates = request.delegations.filter(({ role }) => roles.includes(role)).map(({ to }) => to);
  const named = await listNamed(app.db, delegates, app.now());
  const people = [...new Map([...holders, ...named].map((person) => [person.name, person])).values()];
  const who = roles.map((role) => roleSpecs[role].title).join(', ');
  if (people.length === 0) return { code: 'nobody_to_remind', params: { who } };
  const channelId = await findMailChannel(app.db);
  const reached = people.filter(({ address }) => address !== null);
  if (channelId === undefined || reached.length === 0)
    return { code: 'no_way_to_remind', params: { people: people.map(({ name }) => name).join(', ') } };
  const line = 'A question of a workflow waits for your decision';
  await insertDeliveries(
    app.db,
    reached.map(({ name, address }) => ({
      // Of the reminder and the person: one is never written twice.
      id: deriveUuid('workflow', key, name),
      channelId,
      alertId: null,
      event: 'digest',
      // No name of a record leaves by mail; who signs in reads it.
      content: {
        line,
        lines: [
          `Workflow: ${workflow}`,
          `Asked on: ${request.requestedAt.toISOString().slice(0, 10)}`,
          ...(request.expiresAt === null
            ? []
            : [`Falls back on: ${request.expiresAt.toISOString().slice(0, 10)}`]),
          `Request: ${request.approvalId.slice(0, 8)}`,
          '',
          'Sign in to read and decide it; this mail holds nothing of what it is about.',
        ],
      },
      recipient: address,
      at: app.now(),
    })),
  );
  return { code: 'reminded', params: { people: reached.map(({ name }) => name).join(', ') } };
}
