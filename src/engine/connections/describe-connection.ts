/** One connection as a person sees it: every setting with its value, every secret by whether it can be used. */
import type { ConnectorModule } from '../../connectors/kit/index.ts';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, type Secret } from '../../platform/values/index.ts';
import type { ExternalSystemRow } from '../../ledger/external-systems/index.ts';
import { countWhatHangs, type WhatHangs } from './remove-system.sql.ts';
import { purposeOf, type ConnectionContext } from './connect.ts';
import { connectionVersion } from './connection-version.ts';
import { isSealed } from './secret-box.ts';
import { faultsOfWhole, requiredSettings, settingsOf, type SettingFact } from './settings.ts';
import { fetchSystem } from './systems.ts';

export interface ShownSetting extends SettingFact {
  /** What is set; never of a secret. Absent: the default holds. */
  readonly value?: Json;
  /** Set for a secret only. */
  readonly state?: 'set' | 'unreadable' | 'missing' | 'not needed';
}

export interface ConnectionFacts {
  readonly name: string;
  readonly type: string;
  /** The product; absent where there is no server behind it. */
  readonly title?: string;
  readonly url: string;
  readonly state: 'on' | 'paused' | 'files';
  readonly paused: Paused | null;
  readonly sendingPaused: Paused | null;
  /** What a change is made to. */
  readonly version: string;
  /** Instants in ISO 8601. */
  readonly addedAt: string | null;
  readonly lastSync: string | null;
  readonly settings: readonly ShownSetting[];
  /** Settings that are stored and mean nothing. */
  readonly ignored: readonly string[];
  /** What is wrong or missing. */
  readonly faults: readonly FieldFault[];
  readonly hangs: WhatHangs;
}

export type { WhatHangs };

interface Paused {
  readonly since: string;
  readonly by: string | null;
  readonly reason: string | null;
}

const paused = (at: Date | null, by: string | null, reason: string | null): Paused | null =>
  at === null ? null : { since: at.toISOString(), by, reason: reason === '' ? null : reason };

function openable(
  context: ConnectionContext,
  row: ExternalSystemRow,
  name: string,
  sealed: Json,
): Secret | undefined {
  try {
    return context.secretBox.open(sealed, purposeOf(row.system_name, name));
  } catch (error) {
    if (error instanceof TielineError && error.code === 'SECRET_UNREADABLE') return undefined;
    throw error;
  }
}

function describeSettings(
  context: ConnectionContext,
  row: ExternalSystemRow,
  { declaration }: ConnectorModule,
): Pick<ConnectionFacts, 'settings' | 'ignored' | 'faults'> {
  const stored: JsonObject = isJsonObject(row.connection_config) ? row.connection_config : {};
  const plain = Object.fromEntries(Object.entries(stored).filter(([, value]) => !isSealed(value)));
  const secrets: Record<string, Secret> = {};
  const unreadable: FieldFault[] = [];
  for (const [name, value] of Object.entries(stored)) {
    if (!isSealed(value)) continue;
    const secret = openable(context, row, name, value);
    if (secret) secrets[name] = secret;
    else
      unreadable.push({
        field: name,
        message: `was sealed with another master key; give that key, or enter it again with --secret ${name}`,
      });
  }
  let required: readonly string[] = [];
  let faults: FieldFault[] = unreadable;
  try {
    required = requiredSettings(declaration, plain);
    if (unreadable.length === 0) faults = faultsOfWhole(declaration, plain, secrets);
  } catch (error) {
    if (!(error instanceof TielineError)) throw error;
    faults = [...unreadable, { field: 'profile', message: error.message }, ...error.fields];
  }
  const known = settingsOf(declaration);
  const settings = known.map((setting): ShownSetting => {
    const { name } = setting;
    if (!setting.secret) return { ...setting, ...(plain[name] === undefined ? {} : { value: plain[name] }) };
    const missing = required.includes(name) ? 'missing' : 'not needed';
    return {
      ...setting,
      state: secrets[name] ? 'set' : isSealed(stored[name]) ? 'unreadable' : missing,
    };
  });
  const names = new Set(known.map((setting) => setting.name));
  return { settings, ignored: Object.keys(stored).filter((name) => !names.has(name)), faults };
}

/** @throws TielineError SYSTEM_UNKNOWN. */
export async function describeConnection(context: ConnectionContext, name: string): Promise<ConnectionFacts> {
  const row = await fetchSystem(context, name);
  const module = context.modules.get(row.system_type);
  return {
    name: row.system_name,
    type: row.system_type,
    ...(module ? { title: module.declaration.title } : {}),
    url: row.api_base_url,
    state: module === undefined ? 'files' : row.sync_enabled === false ? 'paused' : 'on',
    paused: paused(row.sync_paused_at, row.sync_paused_by, row.sync_paused_reason),
    sendingPaused: paused(row.sending_paused_at, row.sending_paused_by, row.sending_paused_reason),
    version: connectionVersion(row),
    addedAt: row.created_at?.toISOString() ?? null,
    lastSync: row.last_sync_time?.toISOString() ?? null,
    ...(module ? describeSettings(context, row, module) : { settings: [], ignored: [], faults: [] }),
    hangs: await countWhatHangs(context.db, row.id),
  };
}
