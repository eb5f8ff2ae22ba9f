/**
 * The HTTP server that both simulators stand on: routes, sign-in, rate limit, faults, control endpoints, counters.
 *
 * It stays on node:http, and the simulators import nothing of src/: a fault needs the raw socket, and shared code would
 * share mistakes. A request meets, in this order: delay, cut-before, rate limit, server-error, sign-in, its route,
 * commit-cut, cut-body.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cut, errorAnswer, sendAnswer, type Refuse } from './answer.ts';
import type { Clock } from './clock.ts';
import { controlRoutes, type ControlledSimulator } from './control.ts';
import { RequestCounters } from './counters.ts';
import { FaultEngine, type Fault } from './faults.ts';
import { announce, endWithParent } from './process.ts';
import { createRateLimit } from './rate-limit.ts';
import { readBody, readRequest } from './read-request.ts';
import { createRouter, type Route, type RouteMatch, type SimRequest, type SimResponse } from './route.ts';

// An import reads every name that the module exports, and with them Node's own undici and HTTP/2: a third of a start.
const { createServer } = process.getBuiltinModule('node:http');

export type { Clock } from './clock.ts';
export type { Route, SimRequest, SimResponse } from './route.ts';

export interface SimulatorOptions extends ControlledSimulator {
  /** 0: any free port. */
  readonly port: number;
  /** Ends the process when its standard input closes. */
  readonly exitWithParent: boolean;
  readonly routes: readonly Route[];
  readonly clock: Clock;
  /** The engine that the simulator asks for delegated faults; what it holds at the start is what a reset restores. */
  readonly engine?: FaultEngine;
  readonly faults?: readonly Fault[];
  /** Called for all requests but /__control and open routes; an answer refuses the request. */
  authorize?(request: SimRequest): SimResponse | undefined;
  /** How this server words the refusals that the kit makes (400, 404, 405, 413, 429, 5xx); default: the shape of `errorAnswer`. */
  refuse?(status: number, message: string, headers: Readonly<Record<string, string>>): SimResponse;
  /** Headers of every answer. */
  headers?(): Readonly<Record<string, string>>;
  /** As a real server limits: 429 with Retry-After above this; absent or 0: no limit. */
  readonly requestsPerSecond?: number;
  /** Prints the ready line and ends at once on SIGTERM and SIGINT; false inside a test's own process. Default true. */
  readonly ownProcess?: boolean;
}

/**
 * Starts the simulator on 127.0.0.1 and, as a process of its own, prints `{"ready":true,"url":…}` on standard output.
 * @throws if the port is taken
 */
export async function serveSimulator(
  options: SimulatorOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const faults = options.engine ?? new FaultEngine();
  const initialFaults = options.faults ?? [];
  faults.set(initialFaults);
  const counters = new RequestCounters();
  const routes = createRouter(options.routes);
  const control = createRouter(
    controlRoutes({ simulator: options, faults, initialFaults, counters, clock: options.clock }),
  );
  const limit = createRateLimit(options.requestsPerSecond ?? 0);
  const refuse: Refuse = (status, code, message, headers = {}) =>
    options.refuse?.(status, message, headers) ?? errorAnswer(status, code, message, headers);

  async function answerControl(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = message.method ?? 'GET';
    const match = control(method, url.pathname);
    const request = readRequest(message, url, await readBody(message), {
      now: options.clock.now(),
      refuse: errorAnswer,
      alwaysJson: true, // a test may say `fetch(url, { body })` without a header
    });
    const answer = 'status' in request ? request : await handle(match, request, errorAnswer);
    await sendAnswer(response, answer, undefined);
  }

  async function answer(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const target = { method: message.method ?? 'GET', path: url.pathname };
    const match = routes(target.method, target.path);
    const name = `${target.method} ${match.route?.path ?? '(no route)'}`;
    counters.arrived(name);
    const body = await readBody(message);

    const delay = faults.active('delay', target);
    if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay.ms));
    if (faults.active('cut-before', target) !== undefined) {
      counters.answered('cut');
      cut(response);
      return;
    }
    const skew = faults.active('clock-skew', target);
    const now = new Date(options.clock.now().getTime() + (skew?.seconds ?? 0) * 1000);
    response.setHeader('date', now.toUTCString());
    for (const [header, value] of Object.entries(options.headers?.() ?? {}))
      response.setHeader(header, value);

    const refused = refusedByLimit(target);
    if (refused !== undefined) {
      counters.answered(refused.status);
      await sendAnswer(response, refused, undefined);
      return;
    }
    const request = readRequest(message, url, body, { now, refuse });
    const result = await authorizedAnswer(match, request);
    const changes = target.method !== 'GET' && target.method !== 'HEAD' && match.route?.reading !== true;
    if (changes && result.status >= 200 && result.status < 300) counters.wrote(name);

    if (faults.active('commit-cut', target) !== undefined) {
      counters.answered('cut');
      cut(response);
      return;
    }
    const cutBody = faults.active('cut-body', target);
    counters.answered(cutBody === undefined ? result.status : 'cut');
    await sendAnswer(response, result, cutBody?.afterBytes);
  }

  function refusedByLimit(target: { method: string; path: string }): SimResponse | undefined {
    const storm = faults.active('rate-limit', target);
    const retryAfter = storm?.retryAfterSeconds ?? limit();
    if (retryAfter !== undefined)
      return refuse(429, 'rate_limited', 'Too many requests.', {
        'retry-after': String(Math.ceil(retryAfter)),
      });
    const failure = faults.active('server-error', target);
    return failure === undefined
      ? undefined
      : refuse(failure.status, 'server_error', 'Something went wrong here.', {});
  }

  function authorizedAnswer(
    match: RouteMatch,
    request: SimRequest | SimResponse,
  ): SimResponse | Promise<SimResponse> {
    if ('status' in request) return request;
    const refused = match.route?.open === true ? undefined : options.authorize?.(request);
    return refused ?? handle(match, request, refuse);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    const url = requestUrl(message.url ?? '/');
    if (url === null) {
      void sendAnswer(response, refuse(400, 'malformed', 'The request target is not a path.'), undefined);
      return;
    }
    const isControl = url.pathname.startsWith('/__control/');
    (isControl ? answerControl : answer)(message, response, url).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (response.headersSent) cut(response);
      else
        void sendAnswer(
          response,
          errorAnswer(500, 'internal', 'The simulator itself failed; see its output.'),
          undefined,
        );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `http://127.0.0.1:${port}`;
  if (options.ownProcess !== false) announce(url);
  if (options.exitWithParent) endWithParent();
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A target that starts with "//" is a path here, not a host; null where it is neither a path nor an address. */
function requestUrl(target: string): URL | null {
  return URL.parse(target.startsWith('/') ? `http://simulator${target}` : target);
}

function handle(match: RouteMatch, request: SimRequest, refuse: Refuse): SimResponse | Promise<SimResponse> {
  if (match.route !== undefined) return match.route.handle({ ...request, params: match.params });
  if (match.allowed.length === 0) return refuse(404, 'not_found', `There is nothing at ${request.path}.`);
  return refuse(405, 'method_not_allowed', `${request.method} is not possible here.`, {
    allow: match.allowed.join(', '),
  });
}
