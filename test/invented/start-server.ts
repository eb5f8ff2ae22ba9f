/** An invented product's server as a process of its own. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Item } from './seed.ts';

export interface InventedServer {
  readonly url: string;
  readonly token: string;
  /** Calls an endpoint under /__control. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  items(list: string): Promise<Item[]>;
  edit(list: string, id: string, fields: object): Promise<void>;
  remove(list: string, id: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startInventedServer(product: 'lessor' | 'governor'): Promise<InventedServer> {
  const token = randomBytes(12).toString('hex');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server.ts'), product], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, INVENTED_TOKEN: token },
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]; // readline's event
  const { url } = JSON.parse(line) as { url: string };
  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
  return {
    url,
    token,
    control,
    items: async (list) => (await control<Record<string, Item[]>>('GET', '/state'))[list] ?? [],
    async edit(list, id, fields) {
      await control('POST', '/edit', { list, id, fields });
    },
    async remove(list, id) {
      await control('POST', '/edit', { list, id, remove: true });
    },
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
