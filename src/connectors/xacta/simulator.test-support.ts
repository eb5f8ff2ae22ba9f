/** The Xacta simulator as a process, for the tests of this connector. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '../../platform/values/secret.ts';
import type { Connector } from '../kit/contract.ts';
import { createHttpClient } from '../../platform/http/undici-http-client.ts';
import { xactaConnector } from './connector.ts';

const password = 'conformance-password';
const projectDir = join(import.meta.dirname, '../../..');

export interface TestSimulator {
  readonly url: string;
  connect(settings?: Record<string, unknown>): Connector;
  /** Calls an endpoint under /__control. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Calls the API as another signed-in user would. */
  stop(): Promise<void>;
}

export async function startXactaSimulator(args: readonly string[] = []): Promise<TestSimulator> {
  const child = spawn(
    process.execPath,
    [join(projectDir, 'simulators/xacta/main.ts'), '--port', '0', '--exit-with-parent', ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, SIMULATOR_USERNAME: 'tieline', SIMULATOR_PASSWORD: password },
    },
  );
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]; // readline's event
  const { url } = JSON.parse(line) as { url: string };
  const clients: { close(): Promise<void> }[] = [];
  return {
    url,
    connect(settings = {}) {
      const http = createHttpClient({
        baseUrl: url,
        requestsPerSecond: 1000,
        concurrency: 4,
        timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
        userAgent: 'Tieline tests',
        attempts: 6,
        backoff: { baseMs: 5, capMs: 50 },
      });
      clients.push(http);
      return xactaConnector.connect({
        settings: { profile: 'default', username: 'tieline', password: new Secret(password), ...settings },
        http,
        now: () => new Date(),
        sleep: async (ms, signal) => {
          await delay(ms, undefined, { signal });
        },
      });
    },
    async control<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${url}/__control${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
      return (await response.json()) as T;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      child.kill();
      await once(child, 'exit');
    },
  };
}
