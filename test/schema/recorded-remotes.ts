/**
 * The remotes of a database of an earlier release: simulators whose every change is recorded when the database is made,
 * and done again, in order, when it is tested. The simulators give the same ids for the same requests, so what the
 * database says of them is true again.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type RemoteName = 'tenable' | 'xacta';

/** A request that changed something at a remote. */
export interface RecordedWrite {
  readonly remote: RemoteName;
  /** ISO instant. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly ifMatch?: string;
  readonly body: string;
}

/** The keys of the simulators: their own defaults, which guard nothing. */
export const remoteKeys = {
  access: 'simulator-access',
  secret: 'simulator-secret',
  username: 'tieline',
  password: 'simulator-password',
} as const;

/** Requests that change no record although they are no GET. */
const onlyReads = /^\/api\/auth\/|\/export(\/|$)|\/search$/;

export interface RecordingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands between the product and a simulator, and records what changed something there. Changes go through one at a time,
 * each at an instant of its own at which the simulator's clock stands still, so that they can be repeated exactly.
 */
export async function startRecordingProxy(
  remote: RemoteName,
  target: string,
  record: (write: RecordedWrite) => void,
): Promise<RecordingProxy> {
  let turn: Promise<unknown> = Promise.resolve();
  const server: Server = createServer((request, response) => {
    forward(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await text(request);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const send = (): Promise<Response> =>
      fetch(`${target}${path}`, {
        method,
        headers: headers as Record<string, string>,
        ...(body === '' ? {} : { body }),
      });
    const changes = method !== 'GET' && !onlyReads.test(path);
    const ifMatch = request.headers['if-match'];
    const answer = await (changes
      ? inTurn(send, { method, path, ...(ifMatch === undefined ? {} : { ifMatch }), body })
      : send());
    const {
      'content-length': _sent,
      'content-encoding': _encoding,
      ...given
    } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, given);
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
  function inTurn(
    send: () => Promise<Response>,
    write: Omit<RecordedWrite, 'remote' | 'at'>,
  ): Promise<Response> {
    const done = turn.then(async () => {
      const at = new Date().toISOString();
      await stopClock(target, at);
      const answer = await send();
      await runClock(target);
      if (answer.ok) record({ remote, at, ...write });
      return answer;
    });
    turn = done.catch(() => undefined);
    return done;
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Does at fresh simulators what was done then, each at the instant it was done. @throws if one refuses. */
export async function replayWrites(
  urls: Readonly<Record<RemoteName, string>>,
  writes: readonly RecordedWrite[],
): Promise<void> {
  const signIns: Record<RemoteName, Record<string, string>> = {
    tenable: { 'x-apikeys': `accessKey=${remoteKeys.access};secretKey=${remoteKeys.secret}` },
    xacta: {},
  };
  for (const { remote, at, method, path, ifMatch, body } of writes) {
    await stopClock(urls[remote], at);
    if (remote === 'xacta') signIns.xacta['authorization'] ??= await signIn(urls.xacta);
    const answer = await fetch(`${urls[remote]}${path}`, {
      method,
      headers: {
        ...signIns[remote],
        'content-type': 'application/json',
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === '' ? {} : { body }),
    });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${remote} ${method} ${path}: ${answer.status} ${said}`);
  }
}

/** Lets a simulator's clock stand still at an instant. */
export function stopClock(url: string, at: string): Promise<void> {
  return setClock(url, { stoppedAt: at });
}

/** Lets it run with the machine's clock, or from another instant on. */
export function runClock(url: string, from: Date = new Date()): Promise<void> {
  return setClock(url, { offsetSeconds: Math.round((from.getTime() - Date.now()) / 1000) });
}

async function setClock(url: string, setting: object): Promise<void> {
  const answer = await fetch(`${url}/__control/clock`, { method: 'POST', body: JSON.stringify(setting) });
  if (!answer.ok) throw new Error(await answer.text());
}

async function signIn(url: string): Promise<string> {
  const { username, password } = remoteKeys;
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const { token } = (await answer.json()) as { token: string };
  return `Bearer ${token}`;
}
