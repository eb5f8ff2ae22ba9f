import type { Kysely } from 'kysely';
import { type ConnectorModule, maskedConnector } from '../../connectors/kit/index.ts';
import {
  createSecretMask,
  type HttpCall,
  type HttpClient,
  loadHttpClient,
  type SecretMask,
  secretsIn,
} from '../../platform/http/index.ts';
import { closest, TielineError } from '../../platform/errors/index.ts';
import { pathShape, type Timings } from '../../platform/timings/index.ts';
import { isJsonObject, type JsonObject, Secret } from '../../platform/values/index.ts';
import { callLogOf } from '../../ledger/operations/index.ts';
import { type FieldMapping, parseMappingRow } from '../../canonical/mapping/index.ts';
import { type ExternalSystemRow, listMappings } from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchPolicies } from '../policies/index.ts';
import type { ConnectedSystem, KnownSystem } from './connected-system.ts';
import type { SecretBox } from './secret-box.ts';
import { faultsOfWhole } from './settings.ts';

/** How calls go out, for every system alike. */
export interface HttpSettings {
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  readonly attempts: number;
  readonly proxy: string | undefined;
  /** PEM text. */
  readonly ca: string | undefined;
  readonly userAgent: string;
}

export interface ConnectionContext {
  readonly db: Kysely<Database>;
  readonly modules: ReadonlyMap<string, ConnectorModule>;
  readonly secretBox: SecretBox;
  readonly http: HttpSettings;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: { warn(event: object, message: string): void };
  /** Where calls and steps are counted. Absent: nowhere. */
  readonly timings?: Timings;
}

/** What `tieline import` files its records under. */
const filesType = 'scan_files';

/** @throws TielineError SYSTEM_UNKNOWN that names the types that there are. */
export function moduleFor(context: Pick<ConnectionContext, 'modules'>, systemType: string): ConnectorModule {
  const found = context.modules.get(systemType);
  if (found) return found;
  const types = [...context.modules.keys()];
  const meant = closest(systemType, types);
  throw new TielineError(
    'SYSTEM_UNKNOWN',
    systemType === filesType
      ? 'This connection stands for imported scan files: there is no server that could be asked.'
      : `There is no connector for the type "${systemType}".`,
    {
      remedy:
        systemType === filesType
          ? 'Its records come with `tieline import`.'
          : `${meant === undefined ? '' : `Did you mean ${meant}? `}The types are ${types.join(', ')}.`,
    },
  );
}

/** The id of a system that is only tried: its calls are not logged, since the log names systems that there are. */
export const notStored = 0;

/** The purpose under which a setting of a system is sealed. */
export const purposeOf = (systemName: string, setting: string): string => `${systemName}/${setting}`;

/** Its secrets, opened. @throws TielineError SECRET_UNREADABLE. */
function openSecrets(
  module: ConnectorModule,
  row: ExternalSystemRow,
  box: SecretBox,
): Record<string, Secret> {
  const stored: JsonObject = isJsonObject(row.connection_config) ? row.connection_config : {};
  const opened: Record<string, Secret> = {};
  for (const { name } of module.declaration.secrets)
    if (stored[name] !== undefined) opened[name] = box.open(stored[name], purposeOf(row.system_name, name));
  return opened;
}

function openSettings(module: ConnectorModule, row: ExternalSystemRow, box: SecretBox): unknown {
  const stored: JsonObject = isJsonObject(row.connection_config) ? row.connection_config : {};
  const secrets = openSecrets(module, row, box);
  const { declaration } = module;
  const plain = Object.fromEntries(
    Object.entries(stored).filter(([name]) => !declaration.secrets.some((secret) => secret.name === name)),
  );
  const faults = faultsOfWhole(declaration, plain, secrets);
  if (faults.length > 0) {
    const wrong = faults[0]?.field ?? '';
    const isSecret = declaration.secrets.some((secret) => secret.name === wrong);
    throw new TielineError('SETTING_INVALID', `The settings of ${row.system_name} cannot be used.`, {
      fields: faults,
      remedy: `Put it right with: tieline connections set ${row.system_name} ${isSecret ? `--secret ${wrong}` : `--set ${wrong}=…`}`,
    });
  }
  return declaration.settings.parse({ ...plain, ...secrets });
}

/** Limits that an installation may lower, kept beside the connector's own settings. */
function limitsOf(
  module: ConnectorModule,
  row: ExternalSystemRow,
): { requestsPerSecond: number; concurrency: number } {
  const stored = isJsonObject(row.connection_config) ? row.connection_config : {};
  const given = (key: string, fallback: number): number =>
    typeof stored[key] === 'number' && stored[key] > 0 ? stored[key] : fallback;
  return {
    requestsPerSecond: given('requests_per_second', module.declaration.limits.requestsPerSecond),
    concurrency: given('concurrency', module.declaration.limits.concurrency),
  };
}

/** The installed field mappings of a system. @throws TielineError MAPPING_INVALID if one cannot be used. */
export async function fetchMappings(db: Kysely<Database>, systemId: number): Promise<FieldMapping[]> {
  return (await listMappings(db, systemId)).map((each) => parseMappingRow(each));
}

/** A system as it is stored, with the mappings and policies in force; nothing is opened. @throws TielineError SYSTEM_UNKNOWN, MAPPING_INVALID. */
export async function knownSystem(
  context: Pick<ConnectionContext, 'db' | 'modules'>,
  row: ExternalSystemRow,
): Promise<KnownSystem> {
  const module = moduleFor(context, row.system_type);
  return {
    id: row.id,
    name: row.system_name,
    module,
    stored: isJsonObject(row.connection_config) ? row.connection_config : {},
    mappings: withNewEntities(await fetchMappings(context.db, row.id), module),
    policies: await fetchPolicies(context.db, row.id),
  };
}

/** Opens a system for use: settings decrypted, one HTTP client whose every call goes into api_call_logs. */
export async function connectSystem(
  context: ConnectionContext,
  row: ExternalSystemRow,
): Promise<ConnectedSystem> {
  const module = moduleFor(context, row.system_type);
  const settings = openSettings(module, row, context.secretBox);
  const known = await knownSystem(context, row);
  const secrets = createSecretMask(secretsIn(settings));
  const calls = callLog(context, row.id);
  const http = await openHttp(context, row, {
    secrets,
    ...limitsOf(module, row),
    onCall: (call) => {
      if (row.id === notStored) return;
      calls.keep(call);
      countCall(context.timings, row.system_name, call);
    },
  });
  return {
    ...known,
    connector: maskedConnector(
      module.connect({ settings, http, mappings: known.mappings, now: context.now, sleep: context.sleep }),
      secrets,
    ),
    setOperation: (operation) => calls.setOperation(operation),
    flushCalls: () => calls.flush(),
    async close() {
      await calls.flush();
      await http.close();
    },
  };
}

/** By method and path without what names a record; an answer that the remote owes us an apology for has failed. */
function countCall(timings: Timings | undefined, system: string, call: HttpCall): void {
  const failed = call.status === undefined || call.status === 429 || call.status >= 500;
  timings?.record(
    'api_call',
    system,
    `${call.method} ${pathShape(call.endpoint)}`,
    call.responseTimeMs,
    failed,
  );
}

/** A system that was added before the connector knew an entity has no mappings for it: the connector's own then. */
function withNewEntities(installed: readonly FieldMapping[], module: ConnectorModule): FieldMapping[] {
  const known = new Set(installed.map((mapping) => mapping.entityType));
  return [...installed, ...module.declaration.mappings.filter((each) => !known.has(each.entityType))];
}

async function openHttp(
  { http, now, sleep }: ConnectionContext,
  row: ExternalSystemRow,
  own: {
    readonly secrets: SecretMask;
    readonly requestsPerSecond: number;
    readonly concurrency: number;
    readonly onCall: (call: HttpCall) => void;
  },
): Promise<HttpClient & { close(): Promise<void> }> {
  // Loaded where a system is opened: half of the commands open none, and it is a fifth of what a start costs.
  const { createHttpClient } = await loadHttpClient();
  const { proxy, ca } = http;
  if (proxy !== undefined) own.secrets.learn(new Secret(decodeURIComponent(new URL(proxy).password)));
  return createHttpClient({
    ...own,
    baseUrl: row.api_base_url,
    timeouts: http.timeouts,
    attempts: http.attempts,
    userAgent: http.userAgent,
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    now,
    sleep,
  });
}

/** How many calls that only read are written together at most, and how long the first of them waits for more. */
const callsTogether = 100;
const callWaitMs = 250;

/**
 * Writes calls into api_call_logs beside the work that makes them, under the operation that is set. What may have changed something there
 * is written at once; of calls that only read, several at a time: a statement a call took a tenth of what a full read takes.
 */
function callLog(
  context: ConnectionContext,
  externalSystemId: number,
): { keep(call: HttpCall): void; setOperation(operation: string | undefined): void; flush(): Promise<void> } {
  let operationId: string | undefined;
  const log = callLogOf(context.db);
  const waiting: Parameters<typeof log>[0][] = [];
  const writing = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const call of waiting.splice(0)) {
      const kept = log(call)
        // A call that cannot be logged must not undo what it did; the log says that it is incomplete.
        .catch((error: unknown) =>
          context.log.warn({ err: error }, 'a call could not be written to api_call_logs'),
        )
        .finally(() => writing.delete(kept));
      writing.add(kept);
    }
  }

  return {
    keep(call) {
      waiting.push({ ...call, externalSystemId, operationId });
      if (call.method !== 'GET' || waiting.length >= callsTogether) write();
      else timer ??= setTimeout(write, callWaitMs);
    },
    setOperation(operation) {
      operationId = operation;
    },
    async flush() {
      write();
      while (writing.size > 0) await Promise.all(writing);
    },
  };
}
