/**
 * The one HTTP client: undici below, and above it what every external system needs. An attempt passes the breaker and
 * the gate (rate, concurrency, quiet after a 429), is reported to `onCall`, and is tried again where that is safe.
 *
 * A place in the gate is given back when the answer's headers are in, not its body: a reader may hold a body open
 * while it stores what it read, and must be able to send another request meanwhile.
 */
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { TielineError } from '../errors/index.ts';
import { abortReason, Secret, sleep as sleepFor, throwIfAborted } from '../values/index.ts';
import { createCircuitBreaker, type BreakerSettings, type CircuitBreaker } from './circuit-breaker.ts';
import type { HttpCall, HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { messageInBody } from './remote-refusal.ts';
import { createRequestGate, type RequestGate } from './request-gate.ts';
import { backoffMs, retryAfterMs } from './retry-delay.ts';
import { classifyTransportFailure, errorBeforeArrival } from './transport-failure.ts';
import { trustedAuthorities } from './trusted-authorities.ts';
import { createSecretMask, type SecretMask } from './secret-mask.ts';
import { toHttpResponse } from './undici-response.ts';

export { requestMayHaveArrived } from './transport-failure.ts';

export interface HttpClientOptions {
  /** `https://host[:port][/prefix]`; request paths are appended. */
  readonly baseUrl: string;
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  /** Connection; start of the answer; pause between two pieces of the body. Milliseconds. */
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  /** Proxy URL; a user and password in it are sent to the proxy only. */
  readonly proxy?: string;
  /** PEM text of further certificate authorities, trusted beside the usual ones. */
  readonly ca?: string;
  readonly userAgent: string;
  readonly defaultHeaders?: Readonly<Record<string, string | Secret>>;
  /** Called for every attempt, answered or not. */
  readonly onCall?: (call: HttpCall) => void;
  /** Called for every wait before it begins. */
  readonly onWait?: (reason: 'rate' | 'quiet' | 'retry', ms: number) => void;
  /** How often a request is tried in all. */
  readonly attempts: number;
  /** Called for every secret that is sent; takes them out of what the remote says. Default: one of this client's own. */
  readonly secrets?: SecretMask;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
  readonly now?: () => Date;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Default: 12 failures in a row open it for 30 seconds. */
  readonly breaker?: BreakerSettings;
  /** Default: 500 ms doubled with each failure, at most 30 s. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
  /** The longest that a Retry-After is obeyed. Default: 5 minutes. */
  readonly retryAfterCapMs?: number;
}

const retriedStatuses = new Set([500, 502, 503, 504]);

type Attempt =
  | { readonly kind: 'done'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly error: TielineError;
      readonly again: boolean;
      readonly waitMs?: number;
    };

function makeDispatcher(options: HttpClientOptions): Dispatcher {
  const tls = {
    ca: trustedAuthorities(options.ca),
    rejectUnauthorized: true,
    timeout: options.timeouts.connectMs,
  };
  const shared = {
    headersTimeout: options.timeouts.headersMs,
    bodyTimeout: options.timeouts.bodyMs,
    connectTimeout: options.timeouts.connectMs,
    allowH2: false,
  };
  if (options.proxy === undefined) return new Agent({ ...shared, connect: tls });
  return new ProxyAgent({ ...shared, uri: options.proxy, requestTls: tls, proxyTls: tls });
}

function headerTexts(
  ...sources: (Readonly<Record<string, string | Secret>> | undefined)[]
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const source of sources)
    for (const [name, value] of Object.entries(source ?? {}))
      texts[name.toLowerCase()] = value instanceof Secret ? value.reveal() : value;
  return texts;
}

/** Makes the client of one external system. `close()` ends its connections; requests in progress fail. */
export function createHttpClient(options: HttpClientOptions): HttpClient & { close(): Promise<void> } {
  const client = new UndiciHttpClient(options);
  // An object of its own, so that it can be spread and its functions handed on.
  return {
    origin: client.origin,
    send: (request) => client.send(request),
    close: () => client.close(),
  };
}

class UndiciHttpClient {
  readonly origin: string;
  readonly #options: HttpClientOptions;
  readonly #now: () => Date;
  readonly #random: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #backoff: { readonly baseMs: number; readonly capMs: number };
  readonly #secrets: SecretMask;
  readonly #prefix: string;
  readonly #proxyOrigin: string | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #breaker: CircuitBreaker;
  readonly #gate: RequestGate;

  constructor(options: HttpClientOptions) {
    const base = new URL(options.baseUrl);
    this.origin = base.origin;
    this.#options = options;
    this.#now = options.now ?? ((): Date => new Date());
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? sleepFor;
    this.#backoff = options.backoff ?? { baseMs: 500, capMs: 30_000 };
    this.#secrets = options.secrets ?? createSecretMask();
    this.#prefix = base.pathname.replace(/\/$/, '');
    this.#proxyOrigin = options.proxy === undefined ? undefined : new URL(options.proxy).origin;
    this.#dispatcher = makeDispatcher(options);
    const clockMs = (): number => this.#now().getTime();
    this.#breaker = createCircuitBreaker(options.breaker ?? { failuresToOpen: 12, openMs: 30_000 }, clockMs);
    this.#gate = createRequestGate({
      requestsPerSecond: options.requestsPerSecond,
      concurrency: options.concurrency,
      now: clockMs,
      sleep: this.#sleep,
      onWait: (reason, ms) => options.onWait?.(reason, ms),
    });
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const where = `${request.method} ${this.#prefix}${request.path}`;
    for (let failures = 1; ; failures += 1) {
      throwIfAborted(request.signal);
      const outcome = await this.#attemptInTurn(request, where);
      if (outcome.kind === 'done') return outcome.response;
      if (!outcome.again || failures >= this.#options.attempts) throw outcome.error;
      const isRateLimited = outcome.error.code === 'REMOTE_RATE_LIMITED';
      const leastMs = isRateLimited ? this.#backoff.baseMs : 0;
      const waitMs = outcome.waitMs ?? Math.max(leastMs, backoffMs(failures, this.#backoff, this.#random));
      // The remote counts all calls of this account together, so all of them hold back.
      if (isRateLimited) this.#gate.pause(waitMs);
      this.#options.onWait?.('retry', waitMs);
      await this.#sleep(waitMs, request.signal);
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy(new TielineError('REMOTE_UNREACHABLE', 'The client was closed.'));
  }

  async #attemptInTurn(request: HttpRequest, where: string): Promise<Attempt> {
    const leave = await this.#gate.enter(request.signal);
    try {
      return await this.#attempt(request, where);
    } finally {
      leave();
    }
  }

  /** Sends once. Reports the call, notifies the breaker, and judges the outcome. */
  async #attempt(request: HttpRequest, where: string): Promise<Attempt> {
    const closedFor = this.#breaker.enter();
    if (closedFor > 0)
      throw errorBeforeArrival(
        'REMOTE_CIRCUIT_OPEN',
        `${where} was not sent: too many calls failed in a row; the next try is in ${Math.ceil(closedFor / 1000)} s.`,
      );
    const report = this.#startReport(request);
    let data: Dispatcher.ResponseData;
    try {
      data = await this.#dispatch(request);
    } catch (thrown) {
      report(undefined);
      return this.#judgeFailure(request, where, thrown);
    }
    report(data.statusCode);
    const response = toHttpResponse(data, { where, signal: request.signal, masked: this.#secrets.mask });
    if (response.status >= 500) this.#breaker.failed();
    else this.#breaker.succeeded();
    return this.#judgeAnswer(request, where, response);
  }

  /** Begins the measuring of a call. The result ends it and reports it, with the status if it was answered. */
  #startReport(request: HttpRequest): (status: number | undefined) => void {
    const calledAt = this.#now();
    const startedAt = performance.now();
    return (status) =>
      this.#options.onCall?.({
        method: request.method,
        endpoint: this.#prefix + request.path,
        status,
        responseTimeMs: Math.round(performance.now() - startedAt),
        calledAt,
      });
  }

  async #dispatch(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const { defaultHeaders, userAgent } = this.#options;
    const query: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) query[name] = value;
    for (const value of Object.values({ ...defaultHeaders, ...request.headers }))
      if (value instanceof Secret) this.#secrets.learn(value);
    const { json, content } = request;
    return this.#dispatcher.request({
      origin: this.origin,
      path: this.#prefix + request.path,
      method: request.method,
      query,
      headers: headerTexts(
        { 'user-agent': userAgent, accept: 'application/json' },
        defaultHeaders,
        json === undefined ? {} : { 'content-type': 'application/json' },
        content ? { 'content-type': content.type, 'content-length': String(content.bytes) } : {},
        request.headers,
      ),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(content ? { body: await content.open() } : {}),
      signal: request.signal,
    });
  }

  #judgeFailure(request: HttpRequest, where: string, thrown: unknown): Attempt {
    if (request.signal.aborted) {
      this.#breaker.undecided();
      throw abortReason(request.signal);
    }
    this.#breaker.failed();
    const failure = classifyTransportFailure(thrown, where, this.#proxyOrigin);
    const mayRepeat = request.retry === 'safe' || failure.arrived === 'no';
    return { kind: 'failed', error: failure.error, again: failure.worthRetrying && mayRepeat };
  }

  async #judgeAnswer(request: HttpRequest, where: string, response: HttpResponse): Promise<Attempt> {
    const isRateLimited = response.status === 429;
    if (!isRateLimited && (response.status < 500 || request.retry === 'never'))
      return { kind: 'done', response };
    const asked = retryAfterMs(response.headers['retry-after'], {
      now: this.#now(),
      serverDate: response.headers['date'],
      capMs: this.#options.retryAfterCapMs ?? 300_000,
    });
    const said = await response.text(64 * 1024).then(
      (text) => messageInBody(text, this.#secrets.mask),
      () => '',
    );
    const message = `${where} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`;
    const waitMs = asked === undefined ? {} : { waitMs: asked + this.#random() * Math.min(250, asked) };
    if (!isRateLimited) {
      const error = new TielineError('REMOTE_FAILED', message);
      return { kind: 'failed', error, again: retriedStatuses.has(response.status), ...waitMs };
    }
    const error = errorBeforeArrival('REMOTE_RATE_LIMITED', message);
    return { kind: 'failed', error, again: true, ...waitMs };
  }
}
