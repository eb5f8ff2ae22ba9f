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
import { createCircuitBreaker, type BreakerSettings } from './circuit-breaker.ts';
import type { HttpCall, HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { messageInBody } from './remote-refusal.ts';
import { createRequestGate } from './request-gate.ts';
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
  /** Connection; begin of the answer; pause between two pieces of the body. Milliseconds. */
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  /** Proxy URL; a user and password in it are sent to the proxy only. */
  readonly proxy?: string;
  /** PEM text of further certificate authorities, trusted beside the usual ones. */
  readonly ca?: string;
  readonly userAgent: string;
  readonly defaultHeaders?: Readonly<Record<string, string | Secret>>;
  /** Told of every attempt, answered or not. */
  readonly onCall?: (call: HttpCall) => void;
  /** Told of every wait before it begins. */
  readonly onWait?: (reason: 'rate' | 'quiet' | 'retry', ms: number) => void;
  /** How often a request is tried in all. */
  readonly attempts: number;
  /** Told of every secret that is sent; takes them out of what the remote says. Default: one of this client's own. */
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

/** Makes the client of one external system. `close()` ends its connections; requests under way fail. */
export function createHttpClient(options: HttpClientOptions): HttpClient & { close(): Promise<void> } {
  const now = options.now ?? ((): Date => new Date());
  const random = options.random ?? Math.random;
  const sleep = options.sleep ?? sleepFor;
  const backoff = options.backoff ?? { baseMs: 500, capMs: 30_000 };
  const retryAfterCapMs = options.retryAfterCapMs ?? 300_000;
  const secrets = options.secrets ?? createSecretMask();
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const dispatcher = makeDispatcher(options);
  const proxyOrigin = options.proxy === undefined ? undefined : new URL(options.proxy).origin;
  const clockMs = (): number => now().getTime();
  const breaker = createCircuitBreaker(options.breaker ?? { failuresToOpen: 12, openMs: 30_000 }, clockMs);
  const gate = createRequestGate({
    requestsPerSecond: options.requestsPerSecond,
    concurrency: options.concurrency,
    now: clockMs,
    sleep,
    onWait: (reason, ms) => options.onWait?.(reason, ms),
  });

  function dispatch(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const query: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) query[name] = value;
    for (const value of Object.values({ ...options.defaultHeaders, ...request.headers }))
      if (value instanceof Secret) secrets.learn(value);
    const hasBody = request.json !== undefined;
    return dispatcher.request({
      origin: base.origin,
      path: prefix + request.path,
      method: request.method,
      query,
      headers: headerTexts(
        { 'user-agent': options.userAgent, accept: 'application/json' },
        options.defaultHeaders,
        hasBody ? { 'content-type': 'application/json' } : {},
        request.headers,
      ),
      ...(hasBody ? { body: JSON.stringify(request.json) } : {}),
      signal: request.signal,
    });
  }

  /** Sends once. Reports the call, tells breaker and gate, and judges the outcome. */
  async function attempt(request: HttpRequest, where: string): Promise<Attempt> {
    const closedFor = breaker.enter();
    if (closedFor > 0)
      throw errorBeforeArrival(
        'REMOTE_CIRCUIT_OPEN',
        `${where} was not sent: too many calls failed in a row; the next try is in ${Math.ceil(closedFor / 1000)} s.`,
      );
    const calledAt = now();
    const startedAt = performance.now();
    const report = (status: number | undefined): void =>
      options.onCall?.({
        method: request.method,
        endpoint: prefix + request.path,
        status,
        responseTimeMs: Math.round(performance.now() - startedAt),
        calledAt,
      });
    let data: Dispatcher.ResponseData;
    try {
      data = await dispatch(request);
    } catch (thrown) {
      report(undefined);
      if (request.signal.aborted) {
        breaker.undecided();
        throw abortReason(request.signal);
      }
      breaker.failed();
      const failure = classifyTransportFailure(thrown, where, proxyOrigin);
      const mayRepeat = request.retry === 'safe' || failure.arrived === 'no';
      return { kind: 'failed', error: failure.error, again: failure.worthRetrying && mayRepeat };
    }
    report(data.statusCode);
    const response = toHttpResponse(data, { where, signal: request.signal, masked: secrets.mask });
    if (response.status >= 500) breaker.failed();
    else breaker.succeeded();
    return judge(request, where, response);
  }

  async function judge(request: HttpRequest, where: string, response: HttpResponse): Promise<Attempt> {
    const isRateLimited = response.status === 429;
    if (!isRateLimited && (response.status < 500 || request.retry === 'never'))
      return { kind: 'done', response };
    const asked = retryAfterMs(response.headers['retry-after'], {
      now: now(),
      serverDate: response.headers['date'],
      capMs: retryAfterCapMs,
    });
    const said = await response.text(64 * 1024).then(
      (text) => messageInBody(text, secrets.mask),
      () => '',
    );
    const message = `${where} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`;
    const waitMs = asked === undefined ? {} : { waitMs: asked + random() * Math.min(250, asked) };
    if (!isRateLimited) {
      const error = new TielineError('REMOTE_FAILED', message);
      return { kind: 'failed', error, again: retriedStatuses.has(response.status), ...waitMs };
    }
    return {
      kind: 'failed',
      error: errorBeforeArrival('REMOTE_RATE_LIMITED', message),
      again: true,
      ...waitMs,
    };
  }

  async function attemptInTurn(request: HttpRequest, where: string): Promise<Attempt> {
    const leave = await gate.enter(request.signal);
    try {
      return await attempt(request, where);
    } finally {
      leave();
    }
  }

  return {
    origin: base.origin,
    async send(request) {
      const where = `${request.method} ${prefix}${request.path}`;
      for (let failures = 1; ; failures += 1) {
        throwIfAborted(request.signal);
        const outcome = await attemptInTurn(request, where);
        if (outcome.kind === 'done') return outcome.response;
        if (!outcome.again || failures >= options.attempts) throw outcome.error;
        const isRateLimited = outcome.error.code === 'REMOTE_RATE_LIMITED';
        const leastMs = isRateLimited ? backoff.baseMs : 0;
        const waitMs = outcome.waitMs ?? Math.max(leastMs, backoffMs(failures, backoff, random));
        // The remote counts all calls of this account together, so all of them hold back.
        if (isRateLimited) gate.pause(waitMs);
        options.onWait?.('retry', waitMs);
        await sleep(waitMs, request.signal);
      }
    },
    async close() {
      await dispatcher.destroy(new TielineError('REMOTE_UNREACHABLE', 'The client was closed.'));
    },
  };
}
