/** A client of a running Tenable simulator with the right keys, as thin as can be. */
import { setTimeout as delay } from 'node:timers/promises';
import { startSimulatorProcess, type SimulatorProcess } from '../kit/simulator-process.test-support.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; its shape is what the test expects. */
  readonly body: Record<string, unknown>;
}

/** A record of a chunk. */
export type Item = Record<string, unknown> & {
  readonly asset: Record<string, unknown>;
  readonly plugin: Record<string, unknown>;
};

export interface TenableClient {
  readonly url: string;
  readonly child: SimulatorProcess['child'];
  send(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer>;
  control(method: string, path: string, json?: unknown): Promise<Answer>;
  /** Starts an export and waits until its last chunk is ready. */
  finish(kind: 'assets' | 'vulns', body: unknown): Promise<{ uuid: string; status: Record<string, unknown> }>;
  /** All items of an export, in the order of its chunks. */
  readAll(kind: 'assets' | 'vulns', body: unknown): Promise<Item[]>;
  stop(): Promise<void>;
}

const keys = { 'x-apikeys': 'accessKey=a1;secretKey=s2' };
export const everyFinding = {
  num_assets: 50,
  filters: { since: 1, state: ['OPEN', 'REOPENED', 'FIXED'] },
};
export const everyAsset = { chunk_size: 100 };

/** Starts a simulator with a fixed seed; its exports are ready within a tenth of a second. */
export async function startTenable(...args: string[]): Promise<TenableClient> {
  const process = await startSimulatorProcess(
    'tenable',
    ['--seed', '7', '--queued-ms', '10', '--processing-ms', '60', ...args],
    { SIMULATOR_ACCESS_KEY: 'a1', SIMULATOR_SECRET_KEY: 's2' },
  );
  const send = async (
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = keys,
  ): Promise<Answer> => {
    const response = await fetch(`${process.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const isJson = text.startsWith('{') || text.startsWith('[');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  };
  const finish: TenableClient['finish'] = async (kind, body) => {
    const started = await send('POST', `/${kind}/export`, body);
    if (started.status !== 200) throw new Error(`the export was refused: ${started.text}`);
    const uuid = String(started.body['export_uuid']);
    for (let polls = 0; polls < 500; polls += 1) {
      const { body: status } = await send('GET', `/${kind}/export/${uuid}/status`);
      if (!['QUEUED', 'PROCESSING'].includes(String(status['status']))) return { uuid, status };
      await delay(10);
    }
    throw new Error('the export did not end');
  };
  return {
    url: process.url,
    child: process.child,
    send,
    control: (method, path, json) => send(method, `/__control${path}`, json),
    finish,
    async readAll(kind, body) {
      const { uuid, status } = await finish(kind, body);
      const items: Item[] = [];
      for (const id of status['chunks_available'] as number[]) {
        const chunk = await send('GET', `/${kind}/export/${uuid}/chunks/${id}`);
        items.push(...(chunk.body as unknown as Item[]));
      }
      return items;
    },
    stop: () => process.stop(),
  };
}

/** What makes a finding one: asset, plugin, port and protocol. */
export function identityOf(item: Item): string {
  const { port, protocol } = item['port'] as { port: number; protocol: string };
  return [item.asset['uuid'], item.plugin['id'], port, protocol].join();
}
