/**
 * The one HTTP client, as connectors see it. `createHttpClient` in `./undici-http-client.ts` makes one per external system.
 */
import type { Readable } from 'node:stream';
import type { Json, Secret } from '../values/index.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, without query; what `api_call_logs.endpoint` shows. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly json?: Json;
  /** A body that is no JSON, as a stream of known length; opened again for each attempt. Not beside `json`. */
  readonly content?: {
    readonly type: string;
    readonly bytes: number;
    readonly open: () => Promise<Readable>;
  };
  /**
   * `safe`: reading, or a write that the remote takes once however often it is sent: retried after
   * connection failures, 429 and 5xx. `never`: after a failure nobody knows whether it happened; only a 429 or a
   * refused connection, which did certainly not happen, is retried.
   */
  readonly retry: 'safe' | 'never';
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as a stream; must be read to its end or destroyed. A cut in it is a TielineError REMOTE_UNREACHABLE. */
  readonly body: Readable;
  /** Reads the whole body as text, up to `limitBytes` (default 64 MiB). */
  text(limitBytes?: number): Promise<string>;
  /** Reads the whole body as JSON; REMOTE_UNEXPECTED if it is not JSON. */
  json(): Promise<unknown>;
  /** A text of the answer without the secrets that were sent; to be called before the text is cut. */
  masked(text: string): string;
}

export interface HttpClient {
  /** Scheme, host and port that it speaks to, for messages and checks. */
  readonly origin?: string;
  /**
   * Sends one request, waiting for rate limit and breaker. Resolves with any status below 500 but 429
   * (so 401, 403, 404, 409, 412 are the caller's to read) and, for `retry: 'never'`, with any status but 429.
   * Throws TielineError REMOTE_UNREACHABLE, REMOTE_TIMEOUT, REMOTE_RATE_LIMITED, REMOTE_FAILED or REMOTE_CIRCUIT_OPEN;
   * of these `requestMayHaveArrived(error)` says whether the remote may have acted.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** One call, as `api_call_logs` keeps it: no query, no headers, no bodies, so no secrets. */
export interface HttpCall {
  readonly method: string;
  readonly endpoint: string;
  /** undefined: no answer came. */
  readonly status: number | undefined;
  readonly responseTimeMs: number;
  readonly calledAt: Date;
}
