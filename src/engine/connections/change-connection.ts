/**
 * Changing a connection: its address, settings and secrets. A change is checked as a whole, tried at the server, and only
 * then saved, with one journal row a field; of a secret the journal says that it changed, and nothing else.
 */
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, type Secret } from '../../platform/values/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { CheckResult, ConnectorDeclaration } from '../../connectors/kit/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import {
  type ExternalSystemRow,
  setSyncPaused,
  updateSystemConfig,
} from '../../ledger/external-systems/index.ts';
import { countWhatHangs } from './remove-system.sql.ts';
import type { Store, Tx } from '../../platform/postgres/index.ts';
import { sameValue } from '../merge/index.ts';
import { holdAsRead } from './connection-version.ts';
import { moduleFor, purposeOf, type ConnectionContext } from './connect.ts';
import { isSealed } from './secret-box.ts';
import { faultsOfWhole, readSettings, settingsOf, unknownSetting } from './settings.ts';
import { checkRow, fetchSystem, refusedSettings, storedUrl, urlFaults } from './systems.ts';

export interface ConnectionChange {
  readonly url?: string;
  /** Settings that are not secrets, as given. */
  readonly settings: JsonObject;
  /** Settings and secrets that go back to their default, or away. */
  readonly unset: readonly string[];
  readonly secrets: Readonly<Record<string, Secret>>;
}

export interface ChangedField {
  readonly field: string;
  /** `(secret)` represents a secret that is set. */
  readonly before: Json;
  readonly after: Json;
}

export interface PlannedChange {
  readonly row: ExternalSystemRow;
  /** The row as it would be, its secrets sealed. */
  readonly next: ExternalSystemRow;
  readonly changes: readonly ChangedField[];
  /** Linked records, where the address names another server; else 0. */
  readonly linkedElsewhere: number;
}

const shown = (value: Json | undefined): Json => (isSealed(value) ? '(secret)' : (value ?? null));
const configOf = (row: ExternalSystemRow): JsonObject =>
  isJsonObject(row.connection_config) ? row.connection_config : {};

function checkNames(
  declaration: ConnectorDeclaration,
  stored: JsonObject,
  change: ConnectionChange,
): FieldFault[] {
  const known = new Set([...settingsOf(declaration).map((setting) => setting.name), ...Object.keys(stored)]);
  const secretNames = new Set(declaration.secrets.map((secret) => secret.name));
  return [
    ...change.unset.filter((name) => !known.has(name)).map((name) => unknownSetting(name, declaration)),
    ...change.unset
      .filter((name) => name in change.settings || name in change.secrets)
      .map((field) => ({ field, message: 'is both set and unset' })),
    ...Object.keys(change.secrets)
      .filter((name) => !secretNames.has(name))
      .map((name) => unknownSetting(name, declaration)),
  ];
}

/** The secrets that stay, opened, and what is wrong with those that cannot be. */
function openKept(
  context: ConnectionContext,
  row: ExternalSystemRow,
  names: readonly string[],
): { readonly opened: Record<string, Secret>; readonly faults: readonly FieldFault[] } {
  const opened: Record<string, Secret> = {};
  const faults: FieldFault[] = [];
  for (const name of names) {
    const sealed = configOf(row)[name];
    if (sealed === undefined) continue;
    try {
      opened[name] = context.secretBox.open(sealed, purposeOf(row.system_name, name));
    } catch (error) {
      if (!(error instanceof TielineError) || error.code !== 'SECRET_UNREADABLE') throw error;
      faults.push({
        field: name,
        message: `cannot be read with the present master key: enter it too, with --secret ${name}`,
      });
    }
  }
  return { opened, faults };
}

/**
 * What a change of a connection would do; nothing is written.
 * @param given.whole false: secrets are still to come, so only what is named is checked.
 * @throws TielineError SYSTEM_UNKNOWN; SETTING_INVALID naming every field that is wrong, missing or unknown.
 */
export async function planConnectionChange(
  context: ConnectionContext,
  name: string,
  change: ConnectionChange,
  given: { readonly whole: boolean } = { whole: true },
): Promise<PlannedChange> {
  const row = await fetchSystem(context, name);
  const { declaration } = moduleFor(context, row.system_type);
  const stored = configOf(row);
  const { values, faults } = readSettings(declaration, change.settings);
  const wrong = [
    ...faults,
    ...checkNames(declaration, stored, change),
    ...(change.url === undefined ? [] : urlFaults(change.url)),
  ];
  const secretNames = declaration.secrets.map((secret) => secret.name);
  const away = new Set(change.unset);
  const plain = Object.fromEntries(
    Object.entries({ ...stored, ...values }).filter(([key]) => !away.has(key) && !secretNames.includes(key)),
  );
  const kept = openKept(
    context,
    row,
    given.whole ? secretNames.filter((key) => !away.has(key) && !(key in change.secrets)) : [],
  );
  if (wrong.length === 0 && given.whole)
    wrong.push(
      ...(kept.faults.length > 0
        ? kept.faults
        : faultsOfWhole(declaration, plain, { ...kept.opened, ...change.secrets })),
    );
  if (wrong.length > 0) throw refusedSettings(`The connection ${name} was not changed.`, wrong);

  const sealed = Object.fromEntries(
    secretNames
      .filter((key) => !away.has(key) && (key in change.secrets || stored[key] !== undefined))
      .map((key): [string, Json] => {
        const secret = change.secrets[key];
        return [key, secret ? context.secretBox.seal(secret, purposeOf(name, key)) : (stored[key] ?? null)];
      }),
  );
  const url = change.url === undefined ? row.api_base_url : storedUrl(change.url);
  const next = { ...row, api_base_url: url, connection_config: { ...plain, ...sealed } };
  return {
    row,
    next,
    changes: changedFields(row, next),
    linkedElsewhere: isElsewhere(row.api_base_url, url) ? await linkedRecords(context, row.id) : 0,
  };
}

function changedFields(row: ExternalSystemRow, next: ExternalSystemRow): ChangedField[] {
  const before = configOf(row);
  const after = configOf(next);
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !sameValue(before[field] ?? null, after[field] ?? null))
    .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }));
  return row.api_base_url === next.api_base_url
    ? fields
    : [{ field: 'url', before: row.api_base_url, after: next.api_base_url }, ...fields];
}

/** Whether the addresses may be of two servers: another host or port, or another path behind it. */
const isElsewhere = (before: string, after: string): boolean =>
  before.replace(/^\w+:/, '') !== after.replace(/^\w+:/, '');

async function linkedRecords(context: ConnectionContext, systemId: number): Promise<number> {
  return Object.values((await countWhatHangs(context.db, systemId)).links).reduce((sum, n) => sum + n, 0);
}

/**
 * Tries a connection as it would be: whether the server answers and lets it sign in. Permissions are not asked.
 * @returns the first thing that failed; undefined where both are well.
 */
async function tryConnection(
  context: ConnectionContext,
  row: ExternalSystemRow,
  signal: AbortSignal,
  withinMs: number,
): Promise<CheckResult | undefined> {
  for await (const result of checkRow(context, row, signal, withinMs)) {
    if (result.kind === 'permission') return undefined;
    if (result.status === 'failed') return result;
  }
  return undefined;
}

/** @throws TielineError of what failed, where the server does not answer or does not let it sign in. */
export async function requireWorking(
  context: ConnectionContext,
  planned: PlannedChange,
  signal: AbortSignal,
): Promise<void> {
  const failed = await tryConnection(context, planned.next, signal, tryForMs);
  if (!failed) return;
  throw new TielineError(
    failed.kind === 'authentication' ? 'REMOTE_UNAUTHORIZED' : 'REMOTE_UNREACHABLE',
    `The connection ${planned.row.system_name} was not changed, because it would not work: ${failed.check}: ${failed.detail}`,
    {
      remedy: `${failed.remedy ?? 'Correct it.'} To save it all the same, do not try it first (--no-check).`,
    },
  );
}

const tryForMs = 8000;

export interface Decided {
  readonly by: string;
  readonly reason: string | undefined;
}

/** Writes a person's decision about a connection to the journal, as an operation of its own. @returns the operation. */
export async function recordConnectionDecision(
  tx: Tx,
  row: ExternalSystemRow,
  step: string,
  changes: readonly ChangedField[],
  decided: Decided,
): Promise<string> {
  return withDecision(tx.db, { system: row.system_name, step }, async (operationId) => {
    await recordChanges(
      tx.db,
      { systemId: row.id, operationId },
      changes.map((each) => ({
        ...each,
        entity: 'connection',
        entityId: String(row.id),
        direction: 'internal' as const,
        decidedBy: byPerson(decided.by),
        ...(decided.reason === undefined ? {} : { reason: decided.reason }),
      })),
    );
    return operationId;
  });
}

/** Saves what was planned. @returns the operation under which the journal has it. @throws TielineError RECORD_MOVED where somebody else changed it meanwhile. */
export async function saveConnectionChange(
  store: Store,
  planned: PlannedChange,
  decided: Decided,
): Promise<string> {
  return store.transaction(async (tx) => {
    const { row, next } = planned;
    await holdAsRead(tx, row);
    await updateSystemConfig(tx.db, row.id, configOf(next), next.api_base_url);
    return recordConnectionDecision(tx, row, 'change connection', planned.changes, decided);
  });
}

/**
 * Stops reading from a connection and sending to it, or lets both continue.
 * @returns false if nothing changed. @throws TielineError SYSTEM_UNKNOWN; USAGE where there is no server behind it.
 */
export async function pauseConnection(
  context: ConnectionContext & { store: Store },
  name: string,
  what: 'pause' | 'resume',
  decided: Decided,
): Promise<boolean> {
  const row = await fetchSystem(context, name);
  moduleFor(context, row.system_type);
  const isOn = row.sync_enabled !== false;
  if (isOn === (what === 'resume')) return false;
  await context.store.transaction(async (tx) => {
    await holdAsRead(tx, row);
    const paused = { by: decided.by, reason: decided.reason ?? '' };
    await setSyncPaused(tx.db, row.id, what === 'pause' ? paused : undefined);
    const change = { field: 'sync', before: isOn ? 'on' : 'paused', after: isOn ? 'paused' : 'on' };
    await recordConnectionDecision(tx, row, `${what} connection`, [change], decided);
  });
  return true;
}
