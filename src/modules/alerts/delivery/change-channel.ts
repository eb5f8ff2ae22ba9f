/** Channels as people set them up. Secrets are sealed as those of connections are: they can be set, never read. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import {
  type AlertKind,
  byPerson,
  type ChannelKind,
  type Severity,
} from '../../../canonical/vocabulary/index.ts';
import { isSealed, sealingKeyOf, type SecretBox } from '../../../engine/connections/index.ts';
import type { AlertSettings } from '../../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Database, Store } from '../../../platform/postgres/index.ts';
import { defined, isJsonObject, type Json, type JsonObject, Secret } from '../../../platform/values/index.ts';
import { channelPurpose, channelSpecs, readChannelSettings, shownSettings } from './channel-settings.ts';
import {
  type ChannelRow,
  findChannelRow,
  insertChannel,
  listChannelRows,
  removeChannelRow,
  updateChannel,
} from './channels.sql.ts';
import { insertDeliveries, retryFailed } from './ledger.sql.ts';
import { requireNamed } from './receivers.ts';
import { recipientsOf } from './tell-channels.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly secretBox: SecretBox;
  readonly now: () => Date;
  readonly alerting?: AlertSettings;
}

export interface Channel extends Omit<ChannelRow, 'settings'> {
  /** Without its secret. */
  readonly settings: JsonObject;
  readonly hasSecret: boolean;
}

export interface ChannelWish {
  readonly settings?: JsonObject | undefined;
  readonly secret?: Secret | undefined;
  readonly leastSeverity?: Severity | undefined;
  readonly alertKinds?: readonly AlertKind[] | undefined;
  readonly systemIds?: readonly string[] | undefined;
  readonly isEnabled?: boolean | undefined;
}

const shown = (row: ChannelRow): Channel => ({
  ...row,
  settings: shownSettings(row.settings),
  hasSecret: Object.values(row.settings).some(isSealed),
});

const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The channel was not saved.', { fields: [{ field, message }] });

export const listChannels = async (db: Kysely<Database>): Promise<Channel[]> =>
  (await listChannelRows(db)).map(shown);

/** @throws TielineError RECORD_UNKNOWN. */
async function fetchRow(db: Kysely<Database>, name: string, isLocked = false): Promise<ChannelRow> {
  const row = await findChannelRow(db, name, isLocked);
  if (!row) throw new TielineError('RECORD_UNKNOWN', `There is no channel ${name}.`);
  return row;
}

/** @throws TielineError RECORD_UNKNOWN. */
export const fetchChannel = async (db: Kysely<Database>, name: string): Promise<Channel> =>
  shown(await fetchRow(db, name));

/** The server that settings name. */
function receiverOf(
  kind: ChannelKind,
  settings: JsonObject,
): { readonly host: string; readonly port: number } {
  const { host, port, url: address } = settings;
  if (kind !== 'webhook' || typeof address !== 'string')
    return { host: typeof host === 'string' ? host : '', port: Number(port) };
  const url = new URL(address);
  return {
    host: url.hostname,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
  };
}

const leastSecret = 16;

function requireSecret(
  kind: ChannelKind,
  { secret, has }: { readonly secret: Secret | undefined; readonly has: boolean },
): void {
  const spec = channelSpecs[kind].secret;
  if (spec === null && secret !== undefined) throw refused('secret', `a channel of kind ${kind} has none`);
  if (spec?.isRequired && secret === undefined && !has) throw refused(spec.name, `is missing: ${spec.means}`);
  if (kind === 'webhook' && secret !== undefined && secret.reveal().length < leastSecret)
    throw refused('signing_secret', `must have at least ${leastSecret} characters`);
}

const journalled = (row: ChannelRow | undefined): Json => {
  if (row === undefined) return null;
  const { kind, settings, leastSeverity, alertKinds, systemIds, isEnabled } = row;
  return {
    kind,
    settings: shownSettings(settings),
    leastSeverity,
    alertKinds: [...alertKinds],
    systemIds: [...systemIds],
    isEnabled,
  };
};

async function journal(
  db: Kysely<Database>,
  operationId: string,
  {
    name,
    before,
    after,
    by,
  }: { readonly name: string; readonly before: Json; readonly after: Json; readonly by: string },
): Promise<void> {
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'alert_channel',
      entityId: name,
      field: 'channel',
      before,
      after,
      direction: 'internal',
      decidedBy: byPerson(by),
    },
  ]);
}

/** @throws TielineError USAGE naming each fault, RECEIVER_NOT_ALLOWED. */
export async function addChannel(
  working: Working,
  { name, kind, ...wish }: ChannelWish & { readonly name: string; readonly kind: ChannelKind },
  by: string,
): Promise<Channel> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw refused('name', 'letters, digits and ._- , at most 100; for example: soc');
  const settings = readChannelSettings(kind, wish.settings ?? {});
  requireNamed(working.alerting?.receivers ?? [], receiverOf(kind, settings));
  requireSecret(kind, { secret: wish.secret, has: false });
  return working.store.transaction(async ({ db }) => {
    if (await findChannelRow(db, name)) throw refused('name', `there is a channel ${name} already`);
    const row = {
      name,
      kind,
      settings,
      leastSeverity: wish.leastSeverity ?? 'High',
      alertKinds: wish.alertKinds ?? [],
      systemIds: wish.systemIds ?? [],
      isEnabled: wish.isEnabled ?? true,
      changedBy: by,
      changedAt: working.now(),
    } as const;
    return withDecision(db, { system: 'tieline', step: 'add a channel of alerts' }, async (operationId) => {
      const id = await insertChannel(db, row);
      // A secret is sealed for the channel's id, which a row that is copied elsewhere does not have.
      const whole = {
        ...row,
        id,
        settings: withSecret(working, { id, kind, settings, secret: wish.secret }),
      };
      await updateChannel(db, whole);
      await journal(db, operationId, { name, before: null, after: journalled(whole), by });
      return shown(whole);
    });
  });
}

function withSecret(
  { secretBox }: Working,
  {
    id,
    kind,
    settings,
    secret,
  }: {
    readonly id: number;
    readonly kind: ChannelKind;
    readonly settings: JsonObject;
    readonly secret: Secret | undefined;
  },
): JsonObject {
  const spec = channelSpecs[kind].secret;
  if (spec === null || secret === undefined) return settings;
  return { ...settings, [spec.name]: secretBox.seal(secret, channelPurpose(id, spec.name)) };
}

/**
 * Settings that are given replace those of the same name, null takes one away. A channel that is aimed at another server needs its secret again:
 * whoever may set it up may not have it sent to a server of their own. @throws as `addChannel`; RECORD_UNKNOWN.
 */
export async function changeChannel(
  working: Working,
  name: string,
  wish: ChannelWish,
  by: string,
): Promise<Channel> {
  return working.store.transaction(async ({ db }) => {
    const before = await fetchRow(db, name, true);
    const { kind } = before;
    const given = { ...shownSettings(before.settings), ...wish.settings };
    const settings = readChannelSettings(
      kind,
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
    );
    requireNamed(working.alerting?.receivers ?? [], receiverOf(kind, settings));
    const spec = channelSpecs[kind].secret;
    const sealed = spec === null ? undefined : before.settings[spec.name];
    const moved =
      JSON.stringify(receiverOf(kind, settings)) !==
      JSON.stringify(receiverOf(kind, shownSettings(before.settings)));
    if (moved && sealed !== undefined && wish.secret === undefined)
      throw refused(spec?.name ?? 'secret', 'give it again: the channel goes to another server now');
    requireSecret(kind, { secret: wish.secret, has: sealed !== undefined });
    const kept = spec === null || sealed === undefined ? settings : { ...settings, [spec.name]: sealed };
    const after: ChannelRow = {
      ...before,
      settings: withSecret(working, { id: before.id, kind, settings: kept, secret: wish.secret }),
      ...defined({
        leastSeverity: wish.leastSeverity,
        alertKinds: wish.alertKinds,
        systemIds: wish.systemIds,
        isEnabled: wish.isEnabled,
      }),
      changedBy: by,
      changedAt: working.now(),
    };
    return withDecision(
      db,
      { system: 'tieline', step: 'change a channel of alerts' },
      async (operationId) => {
        await updateChannel(db, after);
        await journal(db, operationId, {
          name: before.name,
          before: journalled(before),
          after: journalled(after),
          by,
        });
        return shown(after);
      },
    );
  });
}

/** @throws TielineError RECORD_UNKNOWN. */
export async function removeChannel(working: Working, name: string, by: string): Promise<void> {
  await working.store.transaction(async ({ db }) => {
    const before = await fetchRow(db, name, true);
    await withDecision(db, { system: 'tieline', step: 'remove a channel of alerts' }, async (operationId) => {
      await removeChannelRow(db, before.id, { by, at: working.now() });
      await journal(db, operationId, { name: before.name, before: journalled(before), after: null, by });
    });
  });
}

/** Writes a test into the ledger, which the sender then sends like any other. @returns the ids of what was written. @throws RECORD_UNKNOWN; USAGE where it is off. */
export async function testChannel(working: Working, name: string, by: string): Promise<string[]> {
  const row = await fetchRow(working.db, name);
  if (!row.isEnabled) throw refused('channel', `${row.name} is switched off: nothing is sent to it`);
  const content = {
    line: `Test of the channel ${row.name}`,
    lines: [`Asked for by ${by}. If you read this, alerts arrive here.`],
  };
  const rows = recipientsOf(row).map((recipient) => ({
    id: randomUUID(),
    channelId: row.id,
    alertId: null,
    event: 'test' as const,
    content,
    recipient,
    at: working.now(),
  }));
  await insertDeliveries(working.db, rows);
  return rows.map(({ id }) => id);
}

/** Tries now what was given up or waits. @returns how many. @throws RECORD_UNKNOWN. */
export async function retryDeliveries(working: Working, name: string): Promise<number> {
  const row = await fetchRow(working.db, name);
  return retryFailed(working.db, { channelId: row.id, now: working.now() });
}

/** Every sealed value of every channel, with what it was sealed for. */
async function listSealed(db: Kysely<Database>) {
  return (await listChannelRows(db)).flatMap((row) =>
    Object.entries(row.settings).flatMap(([name, value]) =>
      isSealed(value) ? [{ row, name, value, purpose: channelPurpose(row.id, name) }] : [],
    ),
  );
}

/** The ids of the master keys with which secrets of channels were sealed. */
export const listChannelSealingKeys = async (db: Kysely<Database>): Promise<readonly string[]> => [
  ...new Set((await listSealed(db)).map(({ value }) => sealingKeyOf(value))),
];

/** @throws TielineError SECRET_UNREADABLE naming the first that cannot be opened. */
export async function checkChannelSecrets(db: Kysely<Database>, box: SecretBox): Promise<void> {
  for (const { value, purpose } of await listSealed(db)) box.open(value, purpose);
}

/** Seals every secret of a channel with another key. @returns how many. */
export async function resealChannels(store: Store, present: SecretBox, next: SecretBox): Promise<number> {
  return store.transaction(async ({ db }) => {
    const sealed = await listSealed(db);
    for (const { row: listed, name, purpose } of sealed) {
      const row = await findChannelRow(db, listed.name, true);
      const value = row && isJsonObject(row.settings) ? row.settings[name] : undefined;
      if (row && isSealed(value))
        await updateChannel(db, {
          ...row,
          settings: { ...row.settings, [name]: next.seal(present.open(value, purpose), purpose) },
        });
    }
    return sealed.length;
  });
}
