/**
 * The console's way to the API: fetch with our headers, refusals as `Problem`. `X-Tieline` on every request is the CSRF guard;
 * what the page asks by itself (polling, live updates) is marked passive, so that it does not keep the session alive.
 */
import { Problem, type ProblemBody, unreachable } from './problem.ts';
import { saveBlob } from './save-blob.ts';
import { asSent, parseShown, sentText } from './shown-text.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Options {
  readonly query?: Query;
  readonly body?: unknown;
  /** The ETag that the change is made to. */
  readonly ifMatch?: string;
  /** Not the person's doing. */
  readonly passive?: boolean;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** An answer with the ETag that a change of it needs. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

const base = '/api/v1';
let activeAt = 0;
/** When the person last made a request, by our clock: the server counts idle time from there. */
export const lastRequestAt = (): number => activeAt;

export function addressOf(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, sentText(String(value))]],
  );
  // Commas, slashes and colons read better unescaped, and mean the same.
  const text = new URLSearchParams(pairs).toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

/**
 * A request long after the person last did something is one that the server's news set off. It is recognized here, and not marked by each caller:
 * one caller that forgot would keep an unused session alive for as long as there is news.
 */
const signCountsMs = 10_000;
let signAt = Date.now();
for (const sign of ['pointerdown', 'keydown', 'wheel'])
  window.addEventListener(sign, () => (signAt = Date.now()), { passive: true, capture: true });
const isPassive = (method: string, { passive }: Options): boolean =>
  passive === true || (method === 'GET' && Date.now() - signAt > signCountsMs);

function headersOf(method: string, options: Options): Headers {
  const headers = new Headers({ accept: options.accept ?? 'application/json', 'X-Tieline': '1' });
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (isPassive(method, options)) headers.set('X-Tieline-Passive', '1');
  if (options.ifMatch !== undefined) headers.set('if-match', options.ifMatch);
  if (method === 'POST') headers.set('idempotency-key', crypto.randomUUID());
  return headers;
}

const bodyOf = async (response: Response): Promise<unknown> => parseShown(await response.text());

async function refusal(response: Response): Promise<Problem> {
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = isJson ? ((await bodyOf(response).catch(() => ({}))) as ProblemBody) : {}; // RFC 9457
  const after = Number(response.headers.get('retry-after'));
  return new Problem(response.status, body, Number.isFinite(after) && after > 0 ? after : undefined);
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  if (!isPassive(method, options)) activeAt = Date.now();
  const response = await fetch(addressOf(path, options.query), {
    method,
    headers: headersOf(method, options),
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body, asSent) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

async function json<T>(method: string, path: string, options: Options): Promise<T> {
  const response = await send(method, path, options);
  return (response.status === 204 ? undefined : await bodyOf(response)) as T; // the contract's shape of this route
}

export const get = <T>(path: string, options: Options = {}): Promise<T> => json<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options: Options = {}): Promise<T> =>
  json<T>('POST', path, { ...options, body: body ?? {} });
export const remove = <T = void>(path: string, options: Options = {}): Promise<T> =>
  json<T>('DELETE', path, options);

export const put = <T>(path: string, body: unknown, options: Options = {}): Promise<T> =>
  json<T>('PUT', path, { ...options, body });
/** Removes a record as it was read. */
export const removeVersion = (path: string, ifMatch: string): Promise<void> => remove(path, { ifMatch });

export async function getVersioned<T>(path: string, options: Options = {}): Promise<Versioned<T>> {
  const response = await send('GET', path, options);
  return { value: (await bodyOf(response)) as T, etag: response.headers.get('etag') ?? '' }; // as above
}

export async function patch<T>(path: string, body: unknown, ifMatch: string): Promise<Versioned<T>> {
  const response = await send('PATCH', path, { body, ifMatch });
  return { value: (await bodyOf(response)) as T, etag: response.headers.get('etag') ?? '' }; // as above
}

/** A list as a file, as the server streams it. */
export async function download(path: string, query: Query, accept: string, fileName: string): Promise<void> {
  const response = await send('GET', path, { query, accept });
  const named = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  saveBlob(await response.blob(), named ?? fileName);
}

/**
 * Sends a file as the body, telling how far it is: fetch does not say. @param signal ends it; nothing of the file is kept then.
 * @throws Problem; DOMException (AbortError).
 */
export function sendFile<T>(
  path: string,
  {
    query,
    file,
    signal,
    onSent,
  }: {
    readonly query: Query;
    readonly file: File;
    readonly signal: AbortSignal;
    readonly onSent: (bytes: number) => void;
  },
): Promise<T> {
  activeAt = Date.now();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', addressOf(path, query));
    for (const [name, value] of headersOf('POST', {})) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.responseType = 'text';
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('error', () => reject(unreachable()));
    request.addEventListener('abort', () => reject(new DOMException('It was cancelled.', 'AbortError')));
    request.addEventListener('load', () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as T); // the contract's shape of this route
      else reject(new Problem(request.status, body as ProblemBody)); // RFC 9457
    });
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
