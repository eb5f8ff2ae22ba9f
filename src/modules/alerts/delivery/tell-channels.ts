/**
 * What people are told of alerts becomes a row of the ledger for each channel (and each address of a mail), in the transaction that changed
 * the alert: if that is rolled back nobody hears of it, and if it is not nobody forgets.
 */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import {
  type AlertKind,
  type DeliveryEvent,
  severities,
  type Severity,
} from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type ChannelRow, listChannelRows } from './channels.sql.ts';
import { insertDeliveries, type NewDelivery } from './ledger.sql.ts';

export interface Telling {
  readonly alertId: string;
  readonly event: Extract<DeliveryEvent, 'raised' | 'graver' | 'returned' | 'resolved'>;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly systemId: string | null;
  readonly title: string;
  readonly description: string;
  readonly value: number | null;
  readonly threshold: number | null;
}

/** More than so many at once of one kind and event are one message: a first load of a catalogue is no reason for a thousand mails. */
const singly = 10;
/** A summary names so many. */
const named = 50;

const rank = (severity: Severity): number => severities.indexOf(severity);

/** Pure: whether a channel wants it. */
export const wants = (
  channel: Pick<ChannelRow, 'leastSeverity' | 'alertKinds' | 'systemIds' | 'isEnabled'>,
  { severity, kind, systemId }: Pick<Telling, 'severity' | 'kind' | 'systemId'>,
): boolean =>
  channel.isEnabled &&
  rank(severity) >= rank(channel.leastSeverity) &&
  (channel.alertKinds.length === 0 || channel.alertKinds.includes(kind)) &&
  (channel.systemIds.length === 0 || (systemId !== null && channel.systemIds.includes(systemId)));

const contentOf = ({ alertId, event, ...alert }: Telling): JsonObject => ({
  event,
  alert: { id: alertId, ...alert },
});

type Written = Omit<NewDelivery, 'id' | 'recipient' | 'at'>;

function messagesFor(channel: ChannelRow, tellings: readonly Telling[]): Written[] {
  const groups = Map.groupBy(
    tellings.filter((telling) => wants(channel, telling)),
    ({ kind, event }) => `${kind} ${event}`,
  );
  return [...groups.values()].flatMap((group): Written[] => {
    if (group.length <= singly)
      return group.map((telling) => ({
        channelId: channel.id,
        alertId: telling.alertId,
        event: telling.event,
        content: contentOf(telling),
      }));
    const [first] = group;
    if (!first) return [];
    const gravest = group.toSorted((one, other) => rank(other.severity) - rank(one.severity));
    return [
      {
        channelId: channel.id,
        alertId: null,
        event: 'summary',
        content: {
          event: 'summary',
          of: first.event,
          kind: first.kind,
          severity: gravest[0]?.severity ?? first.severity,
          count: group.length,
          alerts: gravest.slice(0, named).map((telling) => contentOf(telling)['alert'] ?? null),
        },
      },
    ];
  });
}

/** Addresses of a mail, each of them a delivery: one that is refused is not in the way of the others, nor are those sent to twice. */
export const recipientsOf = ({ kind, settings }: Pick<ChannelRow, 'kind' | 'settings'>): (string | null)[] =>
  kind === 'email' && Array.isArray(settings['to']) ? settings['to'].map(String) : [null];

/** @returns how many messages were written. */
export async function tellChannels(
  db: Kysely<Database>,
  tellings: readonly Telling[],
  at: Date,
): Promise<number> {
  if (tellings.length === 0) return 0;
  const channels = await listChannelRows(db);
  const rows = channels.flatMap((channel) =>
    messagesFor(channel, tellings).flatMap((message) =>
      recipientsOf(channel).map((recipient) => ({ ...message, id: randomUUID(), recipient, at })),
    ),
  );
  await insertDeliveries(db, rows);
  return rows.length;
}
