/**
 * One Security Center: signed in by API keys or by a session, never by both (it refuses that); every answer is taken out of its
 * envelope, in which a failure may come with status 200 and mostly comes with 403 (decision 0020).
 */
import { z } from 'zod';
import { TielineError } from '../../platform/errors/index.ts';
import { type Json, Secret } from '../../platform/values/index.ts';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  refusalError,
  saidShort,
} from '../../platform/http/index.ts';
import type { TenableScSettings } from './settings.ts';

const envelope = z.object({
  response: z.unknown(),
  error_code: z.coerce.number().default(0),
  error_msg: z.string().default(''),
  timestamp: z.coerce.number().optional(),
});

/** What the server said instead of an answer. */
export interface ScRefusal {
  readonly code: number;
  readonly message: string;
}

export type ScAnswer =
  | { readonly ok: true; readonly response: unknown; readonly timestamp: number | undefined }
  | { readonly ok: false; readonly refusal: ScRefusal };

export type ScRequest = Pick<HttpRequest, 'method' | 'path' | 'query' | 'signal'> & { readonly json?: Json };

export interface ScSession {
  readonly origin: string | undefined;
  /** @param retry `never` for a write that makes a second thing when it is sent twice. */
  send(request: ScRequest, retry?: HttpRequest['retry']): Promise<ScAnswer>;
  /** Like `send`, of an answer that satisfies `shape`; a refusal is thrown. */
  fetch<T>(request: ScRequest, shape: z.ZodType<T>): Promise<T>;
}

/** Codes of the server: the token is not or no longer good; the keys are not; name and password are not. */
const invalidToken = 12;
const notSignedIn: ReadonlySet<number> = new Set([invalidToken, 14, 142]);

export function scRefused(request: ScRequest, { code, message }: ScRefusal): TielineError {
  const said = `${request.method} ${request.path} was refused (${code}): ${message}`;
  if (notSignedIn.has(code))
    return new TielineError('REMOTE_UNAUTHORIZED', said, {
      remedy:
        'Check the keys or the password of this system; API keys must be enabled by an administrator of Security Center.',
    });
  return new TielineError(
    /permission|not authorized|access denied/i.test(message) ? 'REMOTE_FORBIDDEN' : 'REMOTE_UNEXPECTED',
    said,
  );
}

interface Token {
  readonly token: Secret;
  readonly cookie: Secret;
}

export function createScSession(http: HttpClient, settings: TenableScSettings): ScSession {
  const { access_key: accessKey, secret_key: secretKey, username, password } = settings;
  const keys =
    accessKey && secretKey
      ? new Secret(`accesskey=${accessKey.reveal()}; secretkey=${secretKey.reveal()};`)
      : undefined;
  let token: Token | undefined;
  let signingIn: Promise<Token> | undefined;

  async function signIn(signal: AbortSignal): Promise<Token> {
    const request = { method: 'POST', path: '/rest/token', signal } as const;
    const json = { username: username ?? '', password: password?.reveal() ?? '' };
    const response = await http.send({ ...request, json, retry: 'safe' });
    const cookie = /TNS_SESSIONID=[^;,\s]+/.exec(response.headers['set-cookie'] ?? '')?.[0];
    const answer = await readEnvelope(request, response);
    if (!answer.ok) throw scRefused(request, answer.refusal);
    const given = z.object({ token: z.coerce.string() }).safeParse(answer.response);
    if (!given.success || cookie === undefined)
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        'POST /rest/token: the answer has no token or no session cookie.',
      );
    return { token: new Secret(given.data.token), cookie: new Secret(cookie) };
  }

  async function headers(signal: AbortSignal): Promise<Record<string, Secret>> {
    if (keys) return { 'x-apikey': keys };
    // Several calls that find no token share one sign-in.
    signingIn ??= token ? undefined : signIn(signal).finally(() => (signingIn = undefined));
    token = signingIn ? await signingIn : token;
    return token ? { 'X-SecurityCenter': token.token, Cookie: token.cookie } : {};
  }

  const session: ScSession = {
    origin: http.origin,
    async send(request, retry = 'safe') {
      for (let attempt = 1; ; attempt += 1) {
        const used = token;
        const response = await http.send({ ...request, headers: await headers(request.signal), retry });
        const answer = await readEnvelope(request, response);
        const isOver = !answer.ok && answer.refusal.code === invalidToken && !keys;
        if (!isOver || attempt > 1) return answer;
        if (token === used || used === undefined) token = undefined;
      }
    },
    async fetch(request, shape) {
      const answer = await session.send(request);
      if (!answer.ok) throw scRefused(request, answer.refusal);
      const parsed = shape.safeParse(answer.response);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        `${request.method} ${request.path}: the answer is not as documented: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      );
    },
  };
  return session;
}

async function readEnvelope(request: ScRequest, response: HttpResponse): Promise<ScAnswer> {
  const isJson = (response.headers['content-type'] ?? '').includes('json');
  if (!isJson || response.status >= 500) throw await refusalError(request, response);
  const parsed = envelope.safeParse(await response.json());
  if (!parsed.success)
    throw new TielineError(
      'REMOTE_UNEXPECTED',
      `${request.method} ${request.path}: the answer has no envelope.`,
    );
  const { error_code: code, error_msg: message, timestamp } = parsed.data;
  if (code === 0 && response.status < 300) return { ok: true, response: parsed.data.response, timestamp };
  return { ok: false, refusal: { code, message: saidShort(message, (text) => response.masked(text), 300) } };
}
