/** The Security Center simulator as a process, for the tests of this connector. */
import { randomUUID } from 'node:crypto';
import { startSimulatorProcess } from '../../../simulators/kit/simulator-process.test-support.ts';
import { Secret } from '../../platform/values/secret.ts';
import type { Connector } from '../kit/contract.ts';
import { createHttpClient } from '../../platform/http/undici-http-client.ts';
import { tenableScConnector } from './connector.ts';

const accessKey = randomUUID();
const secretKey = randomUUID();
const password = randomUUID();

export interface SecurityCenterSimulator {
  readonly url: string;
  /** By keys; `signedIn`: by name and password instead. */
  connect(settings?: Readonly<Record<string, unknown>>, signedIn?: boolean): Connector;
  /** Calls an endpoint under /__control. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Calls the API as somebody else would, and gives what is in the envelope. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function startSecurityCenter(args: readonly string[]): Promise<SecurityCenterSimulator> {
  const simulator = await startSimulatorProcess('tenable-sc', args, {
    SIMULATOR_ACCESS_KEY: accessKey,
    SIMULATOR_SECRET_KEY: secretKey,
    SIMULATOR_USERNAME: 'tieline',
    SIMULATOR_PASSWORD: password,
  });
  const clients: { close(): Promise<void> }[] = [];
  const send = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-apikey': `accesskey=${accessKey}; secretkey=${secretKey};`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return await response.json();
  };
  return {
    url: simulator.url,
    connect(settings = {}, signedIn = false) {
      const http = createHttpClient({
        baseUrl: simulator.url,
        requestsPerSecond: 1000,
        concurrency: 2,
        timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
        userAgent: 'Tieline tests',
        attempts: 6,
        backoff: { baseMs: 5, capMs: 50 },
      });
      clients.push(http);
      const account = signedIn
        ? { username: 'tieline', password: new Secret(password) }
        : { access_key: new Secret(accessKey), secret_key: new Secret(secretKey) };
      return tenableScConnector.connect({
        settings: tenableScConnector.declaration.settings.parse({ ...account, page_size: 60, ...settings }),
        http,
        now: () => new Date(),
        sleep: async () => {},
      });
    },
    control: async <T>(method: string, path: string, body?: unknown) =>
      (await send(method, `/__control${path}`, body)) as T,
    call: async <T>(method: string, path: string, body?: unknown) =>
      ((await send(method, path, body)) as { response: T }).response,
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await simulator.stop();
    },
  };
}
