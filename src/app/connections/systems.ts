/** Adding, listing and checking external systems, and renewing the key that protects their secrets. */
import type pg from 'pg';
import type { CheckResult } from '../../connectors/kit/contract.ts';
import { TielineError, type FieldFault } from '../../errors/tieline-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Secret } from '../../model/secret.ts';
import {
  findSystem,
  insertSystem,
  listSystems,
  updateSystemConfig,
  type ExternalSystemRow,
} from '../../store/external-systems.ts';
import { insertMappings } from '../../store/field-mappings.ts';
import { recordHealth } from '../../store/integration-health.ts';
import { inTransaction } from '../../store/transaction.ts';
import { mappingRowOf } from '../../sync/mapping-row.ts';
import { connectSystem, moduleFor, purposeOf, type ConnectionContext } from './connect.ts';
import { isSealed, type SecretBox } from './secret-box.ts';

export interface NewSystem {
  readonly type: string;
  readonly name: string;
  readonly url: string;
  /** Settings that are not secret, as given; validated by the connector. */
  readonly settings: JsonObject;
  readonly secrets: Readonly<Record<string, Secret>>;
}

function validate(context: ConnectionContext, system: NewSystem): void {
  const faults: FieldFault[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,49}$/.test(system.name))
    faults.push({
      field: 'name',
      message:
        'letters, digits, space and ._- , at most 50, beginning with a letter or digit; for example: tenable-prod',
    });
  let url: URL | undefined;
  try {
    url = new URL(system.url);
  } catch {
    faults.push({
      field: 'url',
      message: `"${system.url}" is no URL; for example: https://cloud.tenable.com`,
    });
  }
  if (url && (url.username !== '' || url.password !== '' || url.search !== ''))
    faults.push({
      field: 'url',
      message: 'must hold no user, password or query: secrets are given apart and kept encrypted',
    });
  const loopback = url && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url && url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
    faults.push({
      field: 'url',
      message: 'must be https (plain http only to this machine itself), or the keys could be read on the way',
    });
  const { settings } = moduleFor(context, system.type).declaration;
  const parsed = settings.safeParse({ ...system.settings, ...system.secrets });
  if (!parsed.success)
    faults.push(
      ...parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
    );
  if (faults.length > 0)
    throw new TielineError('SETTING_INVALID', `The system ${system.name} was not added.`, {
      fields: faults,
      remedy: 'Correct it and run the command again; nothing was stored.',
    });
}

/**
 * Adds an external system with its default field mappings. Secrets are stored encrypted.
 * @throws TielineError SETTING_INVALID naming each wrong field, SYSTEM_EXISTS, SYSTEM_UNKNOWN (no such type).
 */
export async function addSystem(
  context: ConnectionContext & { pool: pg.Pool },
  system: NewSystem,
): Promise<ExternalSystemRow> {
  const { declaration } = moduleFor(context, system.type);
  validate(context, system);
  const sealed = Object.entries(system.secrets).map(([name, secret]): [string, Json] => [
    name,
    context.secretBox.seal(secret, purposeOf(system.name, name)),
  ]);
  return inTransaction(context.pool, async (tx) => {
    const row = await insertSystem(tx.db, {
      name: system.name,
      type: system.type,
      url: system.url.replace(/\/+$/, ''),
      config: { ...system.settings, ...Object.fromEntries(sealed) },
    });
    if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a system named ${system.name} already.`);
    await insertMappings(
      tx.db,
      row.id,
      declaration.mappings.map((mapping) => mappingRowOf(mapping)),
    );
    return row;
  });
}

export async function fetchSystem(
  context: Pick<ConnectionContext, 'db'>,
  name: string,
): Promise<ExternalSystemRow> {
  const row = await findSystem(context.db, name);
  if (row) return row;
  const known = (await listSystems(context.db)).map((each) => each.system_name);
  throw new TielineError('SYSTEM_UNKNOWN', `There is no system named ${name}.`, {
    remedy: known.length > 0 ? `The systems are ${known.join(', ')}.` : 'Add one with `tieline systems add`.',
  });
}

/** Checks a system: reach, TLS, sign-in, permissions, clock. Yields each result as it comes and keeps it. */
export async function* checkSystem(
  context: ConnectionContext,
  name: string,
  signal: AbortSignal,
): AsyncIterable<CheckResult> {
  const system = await connectSystem(context, await fetchSystem(context, name));
  try {
    for await (const result of system.connector.check(signal)) {
      await recordHealth(context.db, system.id, result);
      yield result;
    }
  } finally {
    await system.close();
  }
}

/**
 * Seals every stored secret anew with the present key of `next`, all in one transaction.
 * @returns how many secrets there were.
 */
export async function resealSecrets(pool: pg.Pool, present: SecretBox, next: SecretBox): Promise<number> {
  return inTransaction(pool, async (tx) => {
    let resealed = 0;
    for (const row of await listSystems(tx.db)) {
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

/** @throws TielineError SECRET_UNREADABLE for the first stored secret that the keys do not open. */
export async function checkSecrets(db: ConnectionContext['db'], present: SecretBox): Promise<void> {
  for (const row of await listSystems(db))
    for (const [name, value] of Object.entries(
      isJsonObject(row.connection_config) ? row.connection_config : {},
    ))
      if (isSealed(value)) present.open(value, purposeOf(row.system_name, name));
}

export interface SystemFacts {
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly enabled: boolean;
  /** `YYYY-MM-DD hh:mm:ss` in UTC. */
  readonly lastSync: string | null;
}

/** The systems, without their settings. */
export async function listSystemFacts({ db }: Pick<ConnectionContext, 'db'>): Promise<SystemFacts[]> {
  return (await listSystems(db)).map((row) => ({
    name: row.system_name,
    type: row.system_type,
    url: row.api_base_url,
    enabled: row.sync_enabled !== false,
    lastSync: row.last_sync_time?.toISOString().slice(0, 19).replace('T', ' ') ?? null,
  }));
}
