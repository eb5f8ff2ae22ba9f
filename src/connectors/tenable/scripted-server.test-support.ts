/**
 * A server for tests of single transitions in an export's life, each of which the test sets by hand. The life as a whole is
 * tested over the simulator.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../../platform/values/json.ts';
import type { FieldMapping } from '../../canonical/mapping/mapping.ts';
import { Secret } from '../../platform/values/secret.ts';
import { createHttpClient } from '../../platform/http/undici-http-client.ts';
import { sleep } from '../../platform/values/abort.ts';
import type { Connector } from '../kit/contract.ts';
import { tenableConnector } from './connector.ts';

export interface ScriptedJob {
  status: JsonObject;
  /** What each chunk is, or the status to refuse it with. */
  chunks: Record<number, string | number | Buffer>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

type PreparedAnswer = { status: number; body: Json } | ((asked: Asked) => { status: number; body: Json });

export interface ScriptedServer {
  readonly asked: Asked[];
  readonly jobs: Map<string, ScriptedJob>;
  /** What starting an export does; it may put a job into `jobs`. */
  onStart: (kind: string, nth: number) => { status: number; body: Json };
  /** Answers to anything else, by `METHOD path`. */
  readonly answers: Map<string, PreparedAnswer>;
  /** Called before a status is reported. */
  onStatus: (uuid: string, job: ScriptedJob | undefined) => void;
  /** True: it has answered itself, and nothing is done. */
  beforeAnswer: (asked: Asked, response: ServerResponse) => boolean;
  /** True: it has answered itself, after what was asked was done. */
  insteadOfAnswer: (
    asked: Asked,
    status: number,
    body: Json | string | Buffer,
    response: ServerResponse,
  ) => boolean;
  date: Date;
  connect(settings?: Record<string, number | string>, mappings?: readonly FieldMapping[]): Connector;
  stop(): Promise<void>;
}

/** Starts the server with no job and every answer 404. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let starts = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
      const text = Buffer.concat(pieces).toString();
      const path = (request.url ?? '').split('?')[0] ?? '';
      const method = request.method ?? '';
      const asked: Asked = {
        method,
        path,
        body: text === '' ? undefined : (JSON.parse(text) as Json),
        headers: request.headers,
      };
      scripted.asked.push(asked);
      if (scripted.beforeAnswer(asked, response)) return;
      const answer = (status: number, body: Json | string | Buffer): void => {
        if (scripted.insteadOfAnswer(asked, status, body, response)) return;
        response.setHeader('date', scripted.date.toUTCString());
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      };
      const [, kind = '', , uuid = '', what = '', chunk = ''] = path.split('/');
      const job = scripted.jobs.get(uuid);
      const prepared = scripted.answers.get(`${method} ${path}`);
      if (prepared) {
        const made = typeof prepared === 'function' ? prepared(asked) : prepared;
        answer(made.status, made.body);
      } else if (method === 'POST' && path.endsWith('/export')) {
        starts += 1;
        const started = scripted.onStart(kind, starts);
        answer(started.status, started.body);
      } else if (what === 'status') {
        scripted.onStatus(uuid, job);
        if (job) answer(200, job.status);
        else answer(404, { error: 'not found' });
      } else if (what === 'chunks') {
        const content = job?.chunks[Number(chunk)] ?? 404;
        if (typeof content === 'number') answer(content, { error: 'chunk' });
        else answer(200, content);
      } else answer(404, { error: 'not found' });
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: { close(): Promise<void> }[] = [];
  const scripted: ScriptedServer = {
    asked: [],
    jobs: new Map(),
    answers: new Map<string, PreparedAnswer>([['GET /server/status', { status: 200, body: { code: 200 } }]]),
    onStart: () => ({ status: 500, body: {} }),
    onStatus: () => undefined,
    beforeAnswer: () => false,
    insteadOfAnswer: () => false,
    date: new Date(),
    connect(settings = {}, mappings = tenableConnector.declaration.mappings) {
      const http = createHttpClient({
        baseUrl: url,
        requestsPerSecond: 1000,
        concurrency: 2,
        timeouts: { connectMs: 2000, headersMs: 2000, bodyMs: 2000 },
        userAgent: 'test',
        attempts: 4,
        backoff: { baseMs: 1, capMs: 5 },
      });
      clients.push(http);
      const given = {
        access_key: new Secret('a1'),
        secret_key: new Secret('s2'),
        poll_interval_seconds: 0.01,
        ...settings,
      };
      return tenableConnector.connect({
        settings: tenableConnector.declaration.settings.parse(given),
        http,
        mappings,
        now: () => new Date(),
        sleep,
      });
    },
    async stop() {
      for (const client of clients) await client.close();
      server.closeAllConnections();
      server.close();
    },
  };
  return scripted;
}
