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
  const simulator = new ServedSimulator(options);
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) =>
    simulator.take(message, response),
  );
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

/** A method and path, by which faults are chosen. */
interface Target {
  readonly method: string;
  readonly path: string;
}

class ServedSimulator {
  readonly #options: SimulatorOptions;
  readonly #faults: FaultEngine;
  readonly #counters = new RequestCounters();
  readonly #routes: ReturnType<typeof createRouter>;
  readonly #control: ReturnType<typeof createRouter>;
  readonly #limit: () => number | undefined;

  constructor(options: SimulatorOptions) {
    const initialFaults = options.faults ?? [];
    this.#options = options;
    this.#faults = options.engine ?? new FaultEngine();
    this.#faults.set(initialFaults);
    this.#routes = createRouter(options.routes);
    this.#control = createRouter(
      controlRoutes({
        simulator: options,
        faults: this.#faults,
        initialFaults,
        counters: this.#counters,
        clock: options.clock,
      }),
    );
    this.#limit = createRateLimit(options.requestsPerSecond ?? 0);
  }

  /** Answers a request, whatever happens. */
  take(message: IncomingMessage, response: ServerResponse): void {
    const url = requestUrl(message.url ?? '/');
    if (url === null) {
      const refused = this.#refuse(400, 'malformed', 'The request target is not a path.');
      void sendAnswer(response, refused, undefined);
      return;
    }
    const answering = url.pathname.startsWith('/__control/')
      ? this.#answerControl(message, response, url)
      : this.#answer(message, response, url);
    answering.catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (response.headersSent) cut(response);
      else
        void sendAnswer(
          response,
          errorAnswer(500, 'internal', 'The simulator itself failed; see its output.'),
          undefined,
        );
    });
  }

  readonly #refuse: Refuse = (status, code, message, headers = {}) =>
    this.#options.refuse?.(status, message, headers) ?? errorAnswer(status, code, message, headers);

  async #answerControl(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const match = this.#control(message.method ?? 'GET', url.pathname);
    const request = readRequest(message, url, await readBody(message), {
      now: this.#options.clock.now(),
      refuse: errorAnswer,
      alwaysJson: true, // a test may say `fetch(url, { body })` without a header
    });
    const answer = 'status' in request ? request : await handle(match, request, errorAnswer);
    await sendAnswer(response, answer, undefined);
  }

  async #answer(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const target = { method: message.method ?? 'GET', path: url.pathname };
    const match = this.#routes(target.method, target.path);
    const name = `${target.method} ${match.route?.path ?? '(no route)'}`;
    this.#counters.arrived(name);
    const body = await readBody(message);

    const delay = this.#faults.active('delay', target);
    if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay.ms));
    if (this.#isCut('cut-before', target, response)) return;
    const now = this.#serverTime(target);
    this.#setHeaders(response, now);

    const refused = this.#refusedByLimit(target);
    if (refused !== undefined) {
      this.#counters.answered(refused.status);
      await sendAnswer(response, refused, undefined);
      return;
    }
    const request = readRequest(message, url, body, { now, refuse: this.#refuse });
    const result = await this.#authorizedAnswer(match, request);
    const changes = target.method !== 'GET' && target.method !== 'HEAD' && match.route?.reading !== true;
    if (changes && result.status >= 200 && result.status < 300) this.#counters.wrote(name);

    if (this.#isCut('commit-cut', target, response)) return;
    const cutBody = this.#faults.active('cut-body', target);
    this.#counters.answered(cutBody === undefined ? result.status : 'cut');
    await sendAnswer(response, result, cutBody?.afterBytes);
  }

  /** Cuts the connection if that fault is on. */
  #isCut(fault: 'cut-before' | 'commit-cut', target: Target, response: ServerResponse): boolean {
    if (this.#faults.active(fault, target) === undefined) return false;
    this.#counters.answered('cut');
    cut(response);
    return true;
  }

  #serverTime(target: Target): Date {
    const skew = this.#faults.active('clock-skew', target);
    return new Date(this.#options.clock.now().getTime() + (skew?.seconds ?? 0) * 1000);
  }

  #setHeaders(response: ServerResponse, now: Date): void {
    response.setHeader('date', now.toUTCString());
    for (const [header, value] of Object.entries(this.#options.headers?.() ?? {}))
      response.setHeader(header, value);
  }

  #refusedByLimit(target: Target): SimResponse | undefined {
    const storm = this.#faults.active('rate-limit', target);
    const retryAfter = storm?.retryAfterSeconds ?? this.#limit();
    if (retryAfter !== undefined)
      return this.#refuse(429, 'rate_limited', 'Too many requests.', {
        'retry-after': String(Math.ceil(retryAfter)),
      });
    const failure = this.#faults.active('server-error', target);
    return failure === undefined
      ? undefined
      : this.#refuse(failure.status, 'server_error', 'Something went wrong here.', {});
  }

  #authorizedAnswer(
    match: RouteMatch,
    request: SimRequest | SimResponse,
  ): SimResponse | Promise<SimResponse> {
    if ('status' in request) return request;
    const refused = match.route?.open === true ? undefined : this.#options.authorize?.(request);
    return refused ?? handle(match, request, this.#refuse);
  }
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
