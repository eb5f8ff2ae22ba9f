/** Connections: their state, settings, secrets, trust. */
import type { connectionRoutes } from '../../../contract/index.ts';
import {
  addReadOnly,
  checkBeforeAdding,
  checkSystem,
  type ConnectorModule,
  describeConnection,
  editConnection,
  pauseConnection,
  removeConnection,
  requiredSettings,
  requireVersion,
  settingsOf,
} from '../../../engine/connections/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { listHealth } from '../../../ledger/external-systems/index.ts';
import { type ConnectionOverview, listConnectionStates } from '../../../operate/status/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined, type JsonObject, Secret } from '../../../platform/values/index.ts';
import { fetchTrust, setTrust, tryTrust } from '../../../review/connections/index.ts';
import { refuseElsewhere, refuseFiles } from './refuse-connection.ts';
import type { Call, Handlers } from '../kit/call.ts';
import { originOf } from '../kit/origin.ts';
import { type Problem, Refusal } from '../kit/problem.ts';

/** So long a check may take, within what browsers and proxies wait. */
const checkMs = 20_000;

const secretsOf = (texts: Readonly<Record<string, string>>): Record<string, Secret> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new Secret(text)]));

const decidedBy = (call: Pick<Call, 'by'>, reason: string | undefined) => ({
  by: call.by?.actor.name ?? 'nobody',
  reason: reason?.trim() === '' ? undefined : reason,
});

async function allOf<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

const entitiesOf = ({ declaration }: ConnectorModule) =>
  Object.entries(declaration.entities).map(([entity, can]) => ({
    entity,
    isRead: can?.readAll ?? false,
    isWritten: (can?.create ?? false) || (can?.update ?? false),
  }));

/** What must be there before anything is set; of a type that says it by a profile, its default one. */
function requiredAtFirst({ declaration }: ConnectorModule): readonly string[] {
  try {
    return requiredSettings(declaration, {});
  } catch {
    return []; // said when it is added, with the profile that was named
  }
}

const typeOf = (module: ConnectorModule) => {
  const required = requiredAtFirst(module);
  return {
    type: module.declaration.systemType,
    title: module.declaration.title,
    settings: settingsOf(module.declaration).map((setting) => ({
      ...setting,
      isRequired: required.includes(setting.name),
    })),
    entities: entitiesOf(module),
  };
};

async function overviewOf(app: App, name: string): Promise<ConnectionOverview> {
  const found = (await listConnectionStates(app)).find(({ connection }) => connection === name);
  if (!found) throw new TielineError('SYSTEM_UNKNOWN', `There is no connection named ${name}.`);
  return found;
}

async function detailOf(app: App, name: string) {
  const detail = await describeConnection(app, name);
  const module = app.modules.get(detail.type);
  const [overview, health, trust] = await Promise.all([
    overviewOf(app, name),
    listHealth(app.db),
    fetchTrust(app, name),
  ]);
  return {
    ...detail,
    overview,
    health: health
      .filter(({ system }) => system === name)
      .map(({ type: check, status, detail: text, checkedAt }) => ({
        check,
        status,
        detail: text,
        checkedAt,
      })),
    trust,
    entities: module ? entitiesOf(module) : [],
  };
}

/** What is done to a connection as its asker saw it. One that moved is shown as it is now. */
async function asSeen<T>(app: App, name: string, version: string, work: () => Promise<T>): Promise<T> {
  try {
    await requireVersion(app, name, version);
    return await work();
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'RECORD_MOVED') throw error;
    const present = JSON.parse(JSON.stringify(await detailOf(app, name))) as Problem['present'];
    throw new Refusal({ present }, 'RECORD_MOVED', error.message, { cause: error });
  }
}

/** Every setting of a type; none where it is not known, which is refused later. */
const settingsOfType = (app: App, type: string) => {
  const module = app.modules.get(type);
  return module ? settingsOf(module.declaration) : [];
};

type Reading = Pick<
  Handlers<typeof connectionRoutes>,
  | 'listConnections'
  | 'listConnectionTypes'
  | 'getConnection'
  | 'checkNewConnection'
  | 'checkConnection'
  | 'tryConnectionTrust'
>;

const reading: Reading = {
  listConnections: async ({ app }) => ({ body: { items: await listConnectionStates(app) } }),
  listConnectionTypes: ({ app }) =>
    Promise.resolve({
      body: {
        items: [...app.modules.values()].map(typeOf),
        proxy: app.http.proxy === undefined ? null : new URL(app.http.proxy).host,
        hasOwnAuthorities: app.http.ca !== undefined,
      },
    }),
  getConnection: async ({ app, params }) => {
    const body = await detailOf(app, params.connection);
    return { body, version: body.version };
  },
  checkNewConnection: async ({ app, body, signal }) => {
    refuseFiles(body.settings, settingsOfType(app, body.type));
    const system = { ...body, settings: body.settings as JsonObject, secrets: secretsOf(body.secrets) };
    return { body: { checks: await allOf(checkBeforeAdding(app, system, signal, checkMs)) } };
  },
  tryConnectionTrust: async ({ app, params, query }) => {
    const level = query.level ?? (await fetchTrust(app, params.connection)).level;
    return { body: await tryTrust(app, params.connection, level) };
  },
  checkConnection: async ({ app, params, signal }) => ({
    body: { checks: await allOf(checkSystem(app, params.connection, signal, checkMs)) },
  }),
};

const editing: Pick<Handlers<typeof connectionRoutes>, 'editConnection' | 'setConnectionSecrets'> = {
  editConnection: async (call) => {
    const { app, params, body, version, signal } = call;
    const { url, settings, secrets, unset, check, isSameServer, reason } = body;
    const { connection: name } = params;
    const change = {
      ...defined({ url }),
      settings: settings as JsonObject,
      unset,
      secrets: secretsOf(secrets),
    };
    const how = { decided: decidedBy(call, reason), check, isSameServer, signal, version };
    const edited = await asSeen(app, name, version, async () => {
      const present = await describeConnection(app, name);
      refuseFiles(settings, present.settings);
      refuseElsewhere(present, url, secrets);
      return editConnection(app, name, change, how);
    });
    return { body: edited };
  },
  setConnectionSecrets: async (call) => {
    const { app, params, body, version, signal } = call;
    const { connection: name } = params;
    const change = { settings: {}, unset: [], secrets: secretsOf(body.secrets) };
    const decided = decidedBy(call, body.reason);
    const how = { decided, check: body.check, isSameServer: true, signal, version };
    return { body: await asSeen(app, name, version, () => editConnection(app, name, change, how)) };
  },
};

export const connectionHandlers = (): Handlers<typeof connectionRoutes> => ({
  ...reading,
  addConnection: async (call) => {
    const { reason, ...rest } = call.body;
    refuseFiles(rest.settings, settingsOfType(call.app, rest.type));
    const system = { ...rest, settings: rest.settings as JsonObject, secrets: secretsOf(rest.secrets) };
    const row = await addReadOnly(call.app, system, decidedBy(call, reason));
    return {
      body: { name: row.system_name, type: row.system_type, url: row.api_base_url },
      location: `/api/v1/connections/${encodeURIComponent(row.system_name)}`,
    };
  },
  ...editing,
  pauseConnection: async (call) => {
    const { connection: name } = call.params;
    const decided = decidedBy(call, call.body.reason);
    return {
      body: { name, enabled: false, changed: await pauseConnection(call.app, name, 'pause', decided) },
    };
  },
  resumeConnection: async (call) => {
    const { connection: name } = call.params;
    const decided = decidedBy(call, call.body.reason);
    return {
      body: { name, enabled: true, changed: await pauseConnection(call.app, name, 'resume', decided) },
    };
  },
  trustConnection: async (call) => {
    const { app, params, body } = call;
    return {
      body: await setTrust(app, params.connection, body.level, {
        ...decidedBy(call, body.reason),
        origin: originOf(call),
      }),
    };
  },
  removeConnection: async (call) => {
    const { connection: name } = call.params;
    const removed = await asSeen(call.app, name, call.version, () =>
      removeConnection(call.app, name, {
        ...decidedBy(call, call.query.reason),
        version: call.version,
      }),
    );
    return { body: { name, ...removed } };
  },
});
