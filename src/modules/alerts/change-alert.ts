/** What people do about an alert: acknowledge it, give it to somebody, suppress it for a time. Who, when and why is in the journal. */
import type { Kysely } from 'kysely';
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import { type AlertKind, byPerson, raisedKinds } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { listAssignees } from '../remediation/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';
import { type AlertRow, findAlert } from './alert-list.sql.ts';
import { resolveAlerts } from './apply.sql.ts';
import {
  type AlertMoment,
  listStory,
  lockAlert,
  type LockedAlert,
  setAcknowledged,
  setActive,
  setAssigned,
  setSuppressed,
} from './change-alert.sql.ts';
import { type DeliveryRow, listDeliveriesOf } from './delivery/ledger.sql.ts';
import { tellChannels } from './delivery/tell-channels.ts';
import type { AlertReader } from './visible.sql.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly now: () => Date;
}

export interface AlertDetail extends AlertRow {
  readonly story: readonly AlertMoment[];
  readonly deliveries: readonly DeliveryRow[];
  /** What its kind means, and what may be done. */
  readonly means: string;
  readonly unit: string;
  readonly remedy: string;
  readonly list: { readonly noun: string; readonly filter: Readonly<Record<string, string>> } | null;
}

/** @throws TielineError RECORD_UNKNOWN where there is none, or the reader does not see it. */
export async function fetchAlert(
  db: Kysely<Database>,
  reader: AlertReader,
  id: string,
): Promise<AlertDetail> {
  const alert = await findAlert(db, reader, id);
  if (!alert) throw new TielineError('RECORD_UNKNOWN', `There is no alert ${id}.`);
  const { means, unit, remedy, list } = alertKindSpecs[alert.kind];
  return {
    ...alert,
    story: await listStory(db, alert.id),
    deliveries: await listDeliveriesOf(db, alert.id),
    means,
    unit,
    remedy,
    list: list && { noun: list.noun, filter: filled(list.filter, alert) },
  };
}

/** The filter of the list that holds what it is about; what it has no value for is left out. */
function filled(
  filter: Readonly<Record<string, string>>,
  { systemId, entityId }: AlertRow,
): Record<string, string> {
  const values: Readonly<Record<string, string | null>> = {
    '{system}': systemId ?? 'none',
    '{record}': entityId,
  };
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => {
      const given = value in values ? values[value] : value;
      return given === null || given === undefined ? [] : [[name, given]];
    }),
  );
}

const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The alert was not changed.', { fields: [{ field, message }] });

interface Change {
  readonly field: string;
  readonly before: (alert: AlertRow & LockedAlert) => Json;
  readonly after: Json;
  readonly step: string;
  readonly write: (db: Kysely<Database>, id: string) => Promise<void>;
}

/** One change of one alert that the actor sees and that is not over. */
async function change(
  { store }: Working,
  reader: AlertReader,
  id: string,
  {
    reason,
    make,
  }: {
    readonly reason: string | null;
    readonly make: (db: Kysely<Database>, alert: AlertRow) => Promise<Change>;
  },
): Promise<AlertDetail> {
  return store.transaction(async ({ db }) => {
    const alert = await findAlert(db, reader, id);
    if (!alert) throw new TielineError('RECORD_UNKNOWN', `There is no alert ${id}.`);
    const locked = await lockAlert(db, alert.id);
    if (!locked || locked.state === 'resolved')
      throw refused('alert', 'it is closed: there is nothing left to do about it');
    const { field, before, after, step, write } = await make(db, alert);
    return withDecision(db, { system: 'tieline', step }, async (operationId) => {
      await write(db, alert.id);
      await recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'alert',
          entityId: alert.id,
          field,
          before: before({ ...alert, ...locked }),
          after,
          direction: 'internal',
          decidedBy: byPerson(reader.actor.name),
          ...(reason === null ? {} : { reason }),
        },
      ]);
      return fetchAlert(db, reader, alert.id);
    });
  });
}

/** Says that somebody looks after it. @throws TielineError RECORD_UNKNOWN; USAGE where it is over. */
export async function acknowledgeAlert(
  working: Working,
  reader: AlertReader,
  id: string,
  note: { readonly reason?: string | null | undefined },
): Promise<AlertDetail> {
  const reason = note.reason ?? null;
  const done = { by: reader.actor.name, at: working.now(), reason };
  return change(working, reader, id, {
    reason,
    make: () =>
      Promise.resolve({
        field: 'status',
        before: ({ state }) => state,
        after: 'acknowledged',
        step: 'acknowledge an alert',
        write: (db, alertId) => setAcknowledged(db, alertId, done),
      }),
  });
}

const longestDays = 365;

/** No one is notified until then; the reason is kept. @throws as `acknowledgeAlert`; USAGE where the time or the reason is missing or wrong. */
export async function suppressAlert(
  working: Working,
  reader: AlertReader,
  id: string,
  { until, reason }: { readonly until: Date; readonly reason: string },
): Promise<AlertDetail> {
  const now = working.now();
  return change(working, reader, id, {
    reason,
    make: () => {
      if (reason.trim() === '') throw refused('reason', 'say why nobody is to be told of it');
      if (Number.isNaN(until.getTime()) || until <= now) throw refused('until', 'must lie ahead');
      if (until.getTime() > now.getTime() + longestDays * 86_400_000)
        throw refused('until', `may be at most ${longestDays} days ahead`);
      return Promise.resolve({
        field: 'status',
        before: ({ state }) => state,
        after: `suppressed until ${until.toISOString()}`,
        step: 'suppress an alert',
        write: (db, alertId) => setSuppressed(db, alertId, { by: reader.actor.name, at: now, reason, until }),
      });
    },
  });
}

/** Takes an acknowledgement or a suppression back. @throws as `acknowledgeAlert`. */
export async function reactivateAlert(
  working: Working,
  reader: AlertReader,
  id: string,
  note: { readonly reason?: string | null | undefined },
): Promise<AlertDetail> {
  const reason = note.reason ?? null;
  const done = { by: reader.actor.name, at: working.now(), reason };
  return change(working, reader, id, {
    reason,
    make: () =>
      Promise.resolve({
        field: 'status',
        before: ({ state }) => state,
        after: 'active',
        step: 'reactivate an alert',
        write: (db, alertId) => setActive(db, alertId, done),
      }),
  });
}

/**
 * Says that an alert is over. Only of those that workflows raise: what a rule raises is over when what it looks at is.
 * @throws TielineError RECORD_UNKNOWN; USAGE where it is over, or a rule raised it.
 */
export async function resolveAlert(
  working: Working,
  reader: AlertReader,
  id: string,
  { reason }: { readonly reason: string },
): Promise<AlertDetail> {
  const by = reader.actor.name;
  return change(working, reader, id, {
    reason,
    make: (_db, alert) => {
      if (!(raisedKinds as readonly AlertKind[]).includes(alert.kind))
        throw refused('alert', 'it is over when what its rule looks at is: suppress it until then');
      if (reason.trim() === '') throw refused('reason', 'say what became of it');
      return Promise.resolve({
        field: 'status',
        before: ({ state }) => state,
        after: 'resolved',
        step: 'resolve an alert',
        write: async (db, alertId) => {
          await resolveAlerts(db, [{ alertId, note: reason }], working.now(), by);
          if (alert.state === 'suppressed') return;
          const { kind, severity, systemId, title, value, threshold } = alert;
          const telling = { alertId, event: 'resolved', description: reason } as const;
          await tellChannels(
            db,
            [{ ...telling, kind, severity, systemId, title, value, threshold }],
            working.now(),
          );
        },
      });
    },
  });
}

/** @param to a person or team by name; null: nobody in particular. @throws as `acknowledgeAlert`; USAGE where they would not see it. */
export async function assignAlert(
  working: Working,
  reader: AlertReader,
  id: string,
  { to, reason: given }: { readonly to: string | null; readonly reason?: string | null | undefined },
): Promise<AlertDetail> {
  const reason = given ?? null;
  const done = { by: reader.actor.name, at: working.now(), reason };
  return change(working, reader, id, {
    reason,
    make: async (db, alert) => {
      const assignee = to === null ? null : await requireSeer(db, working.now(), { to, alert });
      return {
        field: 'assigned_to',
        before: ({ assignedTo }) => assignedTo,
        after: assignee?.name ?? null,
        step: 'assign an alert',
        write: (tx, alertId) =>
          setAssigned(tx, alertId, {
            ...done,
            to: {
              principalId: assignee?.kind === 'person' ? assignee.id : null,
              teamId: assignee?.kind === 'team' ? assignee.id : null,
              userId: assignee?.userId ?? null,
            },
          }),
      };
    },
  });
}

const seesAll = (scope: Scope): boolean => scope.kind === 'everywhere';

/** The one person or team of that name, somebody of whom sees the alert: work that its owner does not see would fall silent. */
async function requireSeer(
  db: Kysely<Database>,
  now: Date,
  { to, alert }: { readonly to: string; readonly alert: AlertRow },
) {
  const { seenBy, reach } = alertKindSpecs[alert.kind];
  const found = await listAssignees(db, now, to, seenBy);
  const [only] = found;
  if (only === undefined) throw refused('to', `there is no person or team ${to}`);
  if (found.length > 1) throw refused('to', `${to} is both a person and a team`);
  const mayRead = (await listAssignees(db, now, to, 'alert:read')).flatMap(({ sees }) => sees);
  const reaches = (scope: Scope): boolean =>
    reach === 'installation' ? seesAll(scope) : isWithin(scope, alert.systemId);
  if (!only.sees.some(reaches) || !mayRead.some(reaches))
    throw refused('to', `${only.title} does not see this alert: give them a role first`);
  return only;
}
