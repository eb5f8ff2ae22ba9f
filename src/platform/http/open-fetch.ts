/** `fetch` with our authorities, proxy and time limits, for a library that brings its own protocol. */
import { Agent, type Dispatcher, fetch as undiciFetch, ProxyAgent } from 'undici';
import { trustedAuthorities } from './trusted-authorities.ts';

export interface OpenFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/** No answer of such a protocol is longer. */
const largestAnswer = 5_000_000;

export function openFetch(options: {
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  readonly proxy: string | undefined;
  /** PEM text of further authorities. */
  readonly ca: string | undefined;
}): OpenFetch {
  const { connectMs, headersMs, bodyMs } = options.timeouts;
  const tls = { ca: trustedAuthorities(options.ca), rejectUnauthorized: true, timeout: connectMs };
  const shared = {
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    maxResponseSize: largestAnswer,
    allowH2: false,
  };
  const dispatcher: Dispatcher =
    options.proxy === undefined
      ? new Agent({ ...shared, connect: tls })
      : new ProxyAgent({ ...shared, uri: options.proxy, requestTls: tls, proxyTls: tls });
  return {
    // undici's own types of requests and answers are those of Node's fetch by other names.
    fetch: ((input: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) =>
      undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch,
    close: () => dispatcher.destroy(),
  };
}
