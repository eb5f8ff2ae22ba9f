/** Adding, listing and checking external systems, and renewing the key that protects their secrets. */
import type { Store, Tx } from '../../platform/postgres/index.ts';
import type { CheckResult } from '../../connectors/kit/index.ts';
import { closest, errorRegistry, type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, type Secret } from '../../platform/values/index.ts';
import {
  type ExternalSystemRow,
  findSystemOrRemoved,
  insertMappings,
  insertSystem,
  listMappings,
  listSystems,
  lockSystem,
  recordHealth,
  updateSystemConfig,
} from '../../ledger/external-systems/index.ts';
import { mappingRowOf } from '../../canonical/mapping/index.ts';
import {
  connectSystem,
  type ConnectionContext,
  fetchMappings,
  moduleFor,
  notStored,
  purposeOf,
} from './connect.ts';
import { isSealed, type SecretBox } from './secret-box.ts';
import { faultsOfWhole, readSettings, requiredSettings, unknownSetting } from './settings.ts';

export interface NewSystem {
  readonly type: string;
  readonly name: string;
  readonly url: string;
  /** Settings that are not secret, as given; validated by the connector. */
  readonly settings: JsonObject;
  readonly secrets: Readonly<Record<string, Secret>>;
}

const nameRule = /^[A-Za-z0-9][A-Za-z0-9._ -]{0,49}$/;

/** @returns what is wrong with an address. Plain http only to this machine: keys could be read on the way. */
export function urlFaults(text: string): FieldFault[] {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return [
      { field: 'url', message: `"${text}" is not an address; for example: https://scanner.example.org` },
    ];
  }
  const faults: FieldFault[] = [];
  if (url.username !== '' || url.password !== '' || url.search !== '')
    faults.push({
      field: 'url',
      message: 'must hold no user, password or query: secrets are given apart and kept encrypted',
    });
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
    faults.push({
      field: 'url',
      message: 'must be https (plain http only to this machine itself), or the keys could be read on the way',
    });
  return faults;
}

/** The form in which addresses are stored and compared. */
export const storedUrl = (url: string): string => url.replace(/\/+$/, '');

export function refusedSettings(message: string, fields: readonly FieldFault[]): TielineError {
  return new TielineError('SETTING_INVALID', message, {
    fields,
    remedy: 'Correct it and try again; nothing was stored.',
  });
}

async function nameTaken(db: ConnectionContext['db'], system: Omit<NewSystem, 'secrets'>): Promise<void> {
  const known = await findSystemOrRemoved(db, system.name);
  if (!known) return;
  if (known.removed_at === null)
    throw new TielineError('SYSTEM_EXISTS', `There is a connection named ${system.name} already.`);
  if (known.system_type !== system.type || known.api_base_url !== storedUrl(system.url))
    throw new TielineError(
      'SYSTEM_EXISTS',
      `${system.name} was the name of a ${known.system_type} at ${known.api_base_url} that was removed; its records bear it.`,
      {
        remedy:
          'Choose another name for another server. With the same type and address, the old connection is continued.',
      },
    );
}

/**
 * Checks all of a new system but its secrets, so that no one is asked for them in vain.
 * @returns its settings as they are stored.
 * @throws TielineError SETTING_INVALID naming each wrong field, SYSTEM_EXISTS, SYSTEM_UNKNOWN (no such type), PROFILE_INVALID.
 */
export async function checkNewSystem(
  context: Pick<ConnectionContext, 'db' | 'modules'>,
  system: Omit<NewSystem, 'secrets'>,
): Promise<JsonObject> {
  const { declaration } = moduleFor(context, system.type);
  const { values, faults } = readSettings(declaration, system.settings);
  const nameFault = {
    field: 'name',
    message:
      'letters, digits, space and ._- , at most 50, beginning with a letter or digit; for example: scanner-prod',
  };
  const wrong = [...(nameRule.test(system.name) ? [] : [nameFault]), ...urlFaults(system.url), ...faults];
  const secretNames = new Set(declaration.secrets.map((secret) => secret.name));
  const wrongNames = new Set(faults.map((fault) => fault.field));
  for (const name of requiredSettings(declaration, values))
    if (values[name] === undefined && !secretNames.has(name) && !wrongNames.has(name))
      wrong.push({ field: name, message: `is missing: --set ${name}=…` });
  if (wrong.length > 0) throw refusedSettings(`The connection ${system.name} was not added.`, wrong);
  await nameTaken(context.db, system);
  return values;
}

/** Its settings as they are stored, secrets sealed. @throws TielineError as `addSystem` does. */
async function configOfNew(context: ConnectionContext, system: NewSystem): Promise<JsonObject> {
  const { declaration } = moduleFor(context, system.type);
  const values = await checkNewSystem(context, system);
  const known = new Set(declaration.secrets.map(({ name }) => name));
  const unknown = Object.keys(system.secrets).filter((name) => !known.has(name));
  const faults =
    unknown.length > 0
      ? unknown.map((name) => unknownSetting(name, declaration))
      : faultsOfWhole(declaration, values, system.secrets);
  if (faults.length > 0) throw refusedSettings(`The connection ${system.name} was not added.`, faults);
  const sealed = Object.entries(system.secrets).map(([name, secret]): [string, Json] => [
    name,
    context.secretBox.seal(secret, purposeOf(system.name, name)),
  ]);
  return { ...values, ...Object.fromEntries(sealed) };
}

/**
 * Checks a system that is to be added, and stores nothing: neither the system nor the calls.
 * @throws TielineError as `addSystem` does.
 */
export async function* checkBeforeAdding(
  context: ConnectionContext,
  system: NewSystem,
  signal: AbortSignal,
  withinMs: number,
): AsyncIterable<CheckedLine> {
  const row: ExternalSystemRow = {
    ...nothingYet,
    system_name: system.name,
    system_type: system.type,
    api_base_url: storedUrl(system.url),
    connection_config: await configOfNew(context, system),
  };
  yield* checkRow(context, row, signal, withinMs);
}

const nothingYet = {
  id: notStored,
  sync_enabled: true,
  last_sync_time: null,
  created_at: null,
  sending_paused_at: null,
  sending_paused_by: null,
  sending_paused_reason: null,
  sync_paused_at: null,
  sync_paused_by: null,
  sync_paused_reason: null,
  removed_at: null,
  removed_by: null,
  removed_reason: null,
};

/**
 * Adds an external system with its default field mappings. Secrets are stored encrypted. One that was removed is continued,
 * with the mappings that it had.
 * @param alsoDo in the same transaction: with which policies it begins, the journal.
 * @throws TielineError as `checkNewSystem` does, and SETTING_INVALID for missing secrets.
 */
export async function addSystem(
  context: ConnectionContext & { store: Store },
  system: NewSystem,
  alsoDo: (tx: Tx, row: ExternalSystemRow) => Promise<void> = () => Promise.resolve(),
): Promise<ExternalSystemRow> {
  const { declaration } = moduleFor(context, system.type);
  const config = await configOfNew(context, system);
  return context.store.transaction(async (tx) => {
    const row = await insertSystem(tx.db, {
      name: system.name,
      type: system.type,
      url: storedUrl(system.url),
      config,
    });
    if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a connection named ${system.name} already.`);
    if ((await listMappings(tx.db, row.id)).length === 0)
      await insertMappings(
        tx.db,
        row.id,
        declaration.mappings.map((mapping) => mappingRowOf(mapping)),
      );
    await alsoDo(tx, row);
    return row;
  });
}

/** The system of this name. @throws TielineError SYSTEM_UNKNOWN that names those that there are. */
export async function fetchSystem(
  context: Pick<ConnectionContext, 'db'>,
  name: string,
): Promise<ExternalSystemRow> {
  const row = await findSystemOrRemoved(context.db, name);
  if (row?.removed_at === null) return row;
  const known = (await listSystems(context.db)).map((each) => each.system_name);
  const meant = closest(name, known);
  const gone = row?.removed_at
    ? ` It was removed on ${row.removed_at.toISOString().slice(0, 10)} by ${row.removed_by ?? 'somebody'}.`
    : '';
  throw new TielineError('SYSTEM_UNKNOWN', `There is no connection named ${name}.${gone}`, {
    remedy:
      known.length > 0
        ? `${meant === undefined ? '' : `Did you mean ${meant}? `}The connections are ${known.join(', ')}.`
        : 'Add one with `tieline connections add`.',
  });
}

/** The time limits of a check that a person waits for. */
const quick = { timeouts: { connectMs: 4000, headersMs: 6000, bodyMs: 6000 }, attempts: 2 };

/** A line of a check, with the command that does what the remedy says; the console has a button for it. */
export interface CheckedLine extends CheckResult {
  readonly command?: string;
}

/** What helps here, with the command for it; the error's own remedy may name this very check. */
function withCommand(context: ConnectionContext, name: string, result: CheckResult): CheckedLine {
  if (result.status === 'failed' && result.kind === 'authentication')
    return {
      ...result,
      remedy: `${result.remedy ?? ''} Enter its secrets again.`.trim(),
      command: `tieline connections set ${name} --secret SECRET (its secrets: tieline connections show ${name})`,
    };
  if (result.status !== 'failed' || result.kind !== 'connectivity') return result;
  const general: readonly string[] = [
    errorRegistry.REMOTE_UNREACHABLE.remedy,
    errorRegistry.REMOTE_TIMEOUT.remedy,
  ];
  const { proxy } = context.http;
  const through =
    proxy === undefined ? '' : ` Calls go through the proxy ${new URL(proxy).host} (TIELINE_PROXY).`;
  const isGeneral = result.remedy === undefined || general.includes(result.remedy);
  const remedy = isGeneral
    ? 'Check that the server runs and that the network lets this machine reach it, or give another address.'
    : result.remedy;
  return {
    ...result,
    remedy: `${remedy}${through}`,
    ...(isGeneral ? { command: `tieline connections set ${name} --url …` } : {}),
  };
}

/** What to do, with the command for it, for who reads it at a terminal or in the inbox. */
export const remedyText = ({ remedy, command }: CheckedLine): string | undefined =>
  command === undefined ? remedy : `${remedy ?? 'Run it again.'} To do it: ${command}`;

/**
 * Checks the health of a system: reach, TLS, sign-in, permissions, clock. Yields each result as it comes and keeps it.
 * @throws TielineError SYSTEM_UNKNOWN; SETTING_INVALID naming what is missing; SECRET_UNREADABLE.
 */
export async function* checkHealth(
  context: ConnectionContext,
  name: string,
  signal: AbortSignal,
): AsyncIterable<CheckedLine> {
  yield* keptChecks(context, await fetchSystem(context, name), { signal, withinMs: undefined });
}

/** As `checkHealth`, for who reads it: with what its mappings leave out. @param withinMs answers within this time, whatever the server does. */
export async function* checkSystem(
  context: ConnectionContext,
  name: string,
  signal: AbortSignal,
  withinMs: number,
): AsyncIterable<CheckedLine> {
  const row = await fetchSystem(context, name);
  yield* keptChecks(context, row, { signal, withinMs });
  yield* unmappedFields(context, row);
}

async function* keptChecks(
  context: ConnectionContext,
  row: ExternalSystemRow,
  { signal, withinMs }: { readonly signal: AbortSignal; readonly withinMs: number | undefined },
): AsyncIterable<CheckedLine> {
  for await (const result of checkRow(context, row, signal, withinMs)) {
    const remedy = remedyText(result);
    await recordHealth(context.db, row.id, { ...result, ...(remedy === undefined ? {} : { remedy }) });
    yield result;
  }
}

/**
 * Fields that the connector maps by default and this connection does not, by choice or since a later release brought them. Shown, not kept as
 * health: nothing fails.
 */
async function* unmappedFields(
  context: ConnectionContext,
  row: ExternalSystemRow,
): AsyncIterable<CheckedLine> {
  const installed = await fetchMappings(context.db, row.id);
  const known = new Set(installed.map(({ entityType }) => entityType));
  const mapped = new Set(installed.map(({ entityType, internalField }) => `${entityType} ${internalField}`));
  const missing = moduleFor(context, row.system_type)
    .declaration.mappings.filter(({ entityType }) => known.has(entityType))
    .map(({ entityType, internalField }) => `${entityType} ${internalField}`)
    .filter((field) => !mapped.has(field));
  if (missing.length === 0) return;
  yield {
    check: 'mappings',
    kind: 'permission',
    status: 'warning',
    detail: `Neither read nor sent, since the mappings are your own and leave them out: ${[...new Set(missing)].join(', ')}`,
    remedy: 'Map those that this server has.',
    command: `tieline mappings show ${row.system_name}`,
  };
}

/** The same of a row that need not be stored, and keeps nothing. */
export async function* checkRow(
  context: ConnectionContext,
  row: ExternalSystemRow,
  signal: AbortSignal,
  withinMs: number | undefined,
): AsyncIterable<CheckedLine> {
  const hurried = withinMs === undefined ? context : { ...context, http: { ...context.http, ...quick } };
  const system = await connectSystem(hurried, row);
  const deadline = withinMs === undefined ? signal : AbortSignal.timeout(withinMs);
  let reached = false;
  try {
    for await (const result of system.connector.check(AbortSignal.any([signal, deadline]))) {
      reached ||= result.status !== 'failed';
      yield withCommand(context, row.system_name, result);
    }
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    const detail = `${row.api_base_url} ${reached ? 'did not answer everything' : 'did not answer'} within ${Math.round((withinMs ?? 0) / 1000)} seconds.`;
    const late = { kind: 'connectivity', status: 'failed', detail } as const;
    yield reached
      ? {
          ...late,
          check: 'answer',
          remedy: 'The server is slow: allow it more time.',
          command: `tieline connections check ${row.system_name} --timeout 60`,
        }
      : withCommand(context, row.system_name, { ...late, check: 'reach' });
  } finally {
    await system.close();
  }
}

/**
 * Seals every stored secret again with the present key of `next`, all in one transaction.
 * @returns how many secrets there were.
 */
export async function resealSecrets(store: Store, present: SecretBox, next: SecretBox): Promise<number> {
  return store.transaction(async (tx) => {
    let resealed = 0;
    for (const { id } of await listSystems(tx.db)) {
      // As it is now, and nobody changes it meanwhile: an edit would be written over.
      const row = await lockSystem(tx.db, id);
      if (!row) continue;
      const config: JsonObject = isJsonObject(row.connection_config) ? { ...row.connection_config } : {};
      for (const [name, value] of Object.entries(config)) {
        if (!isSealed(value)) continue;
        const purpose = purposeOf(row.system_name, name);
        config[name] = next.seal(present.open(value, purpose), purpose);
        resealed += 1;
      }
      await updateSystemConfig(tx.db, row.id, config);
    }
    return resealed;
  });
}

export interface SystemFacts {
  readonly name: string;
  readonly type: string;
  readonly url: string;
  /** Whether it is read and sent to; false where it is paused, or represents imported files. */
  readonly enabled: boolean;
  /** Whether changes are sent to it: `outbox pause`. */
  readonly sendingPaused: boolean;
  readonly lastSync: Date | null;
}

/** The systems, without their settings. */
export async function listSystemFacts({ db }: Pick<ConnectionContext, 'db'>): Promise<SystemFacts[]> {
  return (await listSystems(db)).map((row) => ({
    name: row.system_name,
    type: row.system_type,
    url: row.api_base_url,
    enabled: row.sync_enabled !== false,
    sendingPaused: row.sending_paused_at !== null,
    lastSync: row.last_sync_time,
  }));
}
