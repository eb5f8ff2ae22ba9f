/** One Tenable VM: the HTTP client with the account's keys, and answers that are as documented or an error. */
import { z } from 'zod';
import { TielineError } from '../../platform/errors/index.ts';
import { Secret } from '../../platform/values/index.ts';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  refusalError,
} from '../../platform/http/index.ts';
import type { TenableSettings } from './settings.ts';

/** As the vendor asks of integrations (developer.tenable.com/docs/user-agent-header). */
const userAgent = 'Integration/1.0 (Tieline; Tieline; Build/0.1.0)';

export type TenableRequest = Pick<HttpRequest, 'method' | 'path' | 'query' | 'json' | 'signal'> & {
  /** 'safe' unless said otherwise; 'never' where a second one would make a second thing. */
  readonly retry?: HttpRequest['retry'];
};

export interface TenableApi {
  readonly origin: string | undefined;
  /**
   * Sends with the keys and resolves with any answer that the HTTP client lets through. Every request of this
   * connector that does not say otherwise may be repeated: a repeated export is a 409 that names the first, a repeated tag a 400, a repeated
   * assignment nothing.
   */
  send(request: TenableRequest): Promise<HttpResponse>;
  /** Like `send`, for an answer of 2xx in JSON that satisfies `shape`; anything else is thrown. */
  fetch<T>(request: TenableRequest, shape: z.ZodType<T>): Promise<T>;
}

const remedies: Readonly<Record<number, string>> = {
  401: 'Check the access key and secret key of this system; both are shown once, when they are generated in Tenable.',
  403: 'Give the account the role Basic [16] and "Can View" on all assets; for tags, Scan Manager [40].',
};

/** The error for an answer that nobody expected; reads its body. */
export async function tenableRefusal(request: TenableRequest, response: HttpResponse): Promise<TielineError> {
  return await refusalError(request, response, remedies[response.status]);
}

/** Reads an answer's JSON and holds it to `shape`; REMOTE_UNEXPECTED says which part differs. */
export async function readAnswer<T>(
  request: TenableRequest,
  response: HttpResponse,
  shape: z.ZodType<T>,
): Promise<T> {
  const parsed = shape.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TielineError(
    'REMOTE_UNEXPECTED',
    `${request.method} ${request.path}: the answer is not as documented: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}

/** Binds the client to an account. */
export function createTenableApi(http: HttpClient, settings: TenableSettings): TenableApi {
  const keys = new Secret(
    `accessKey=${settings.access_key.reveal()};secretKey=${settings.secret_key.reveal()};`,
  );
  const api: TenableApi = {
    origin: http.origin,
    send: (request) =>
      http.send({
        ...request,
        headers: { 'X-ApiKeys': keys, 'User-Agent': userAgent },
        retry: request.retry ?? 'safe',
      }),
    async fetch(request, shape) {
      const response = await api.send(request);
      if (response.status >= 300) throw await tenableRefusal(request, response);
      return await readAnswer(request, response, shape);
    },
  };
  return api;
}
