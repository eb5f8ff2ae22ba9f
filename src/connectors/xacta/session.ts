/** Signed-in calls: whatever the profile's `auth` says, and one new sign-in when a token is refused. */
import { z } from 'zod';
import { TielineError } from '../../platform/errors/index.ts';
import { type JsonObject, Secret } from '../../platform/values/index.ts';
import type { ConnectorContext } from '../kit/index.ts';
import { type HttpRequest, type HttpResponse, refusalError } from '../../platform/http/index.ts';
import { valueAt } from './field-path.ts';
import type { Profile } from './profile.ts';
import type { XactaSettings } from './settings.ts';

export interface Session {
  readonly origin: string | undefined;
  /** Sends signed in. 401 and 403 that remain are the caller's to read. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Like `send` for an answer of 2xx in JSON; anything else is thrown as the registry's error. */
  fetch(request: HttpRequest): Promise<{ readonly body: unknown; readonly response: HttpResponse }>;
  signIn(signal: AbortSignal): Promise<void>;
}

interface Token {
  readonly header: string;
  readonly value: Secret;
  readonly expiresAt: number;
}

/** A token is renewed this long before it ends, so that it does not end midway. */
const renewBeforeMs = 30_000;

const remedies: Readonly<Record<number, string>> = {
  401: 'Check the user name and password of this system.',
  403: 'Give the account the right to read systems, components, controls and POA&Ms, and to write POA&Ms.',
};

export function sessionRefusal(request: HttpRequest, response: HttpResponse): Promise<TielineError> {
  return refusalError(request, response, remedies[response.status]);
}

function needed<T>(value: T | undefined, setting: string): T {
  if (value !== undefined) return value;
  throw new TielineError('SETTING_INVALID', `The setting ${setting} is missing, which the profile needs.`, {
    fields: [{ field: setting, message: 'is missing' }],
    remedy: `Set it with \`tieline connections set NAME\`.`,
  });
}

/** Makes the session of one connected Xacta. Nothing is sent before the first call. */
export function createSession(context: ConnectorContext<XactaSettings>, profile: Profile): Session {
  return new XactaSession(context, profile.auth);
}

class XactaSession implements Session {
  readonly origin: string | undefined;
  readonly #context: ConnectorContext<XactaSettings>;
  readonly #auth: Auth;
  #token: Token | undefined;
  #signingIn: Promise<Token> | undefined;

  constructor(context: ConnectorContext<XactaSettings>, auth: Auth) {
    this.origin = context.http.origin;
    this.#context = context;
    this.#auth = auth;
  }

  async signIn(signal: AbortSignal): Promise<void> {
    this.#token = undefined;
    await this.#currentToken(signal);
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const used = await this.#currentToken(request.signal);
      const headers =
        used.header === '' ? request.headers : { ...request.headers, [used.header]: used.value };
      const response = await this.#context.http.send({ ...request, ...(headers ? { headers } : {}) });
      if (response.status !== 401 || attempt > 1 || !givesTokens(this.#auth)) return response;
      response.body.destroy();
      if (this.#token === used) this.#token = undefined;
    }
  }

  async fetch(request: HttpRequest): Promise<{ readonly body: unknown; readonly response: HttpResponse }> {
    const response = await this.send(request);
    if (response.status >= 300) throw await sessionRefusal(request, response);
    return { body: await response.json(), response };
  }

  async #currentToken(signal: AbortSignal): Promise<Token> {
    const now = this.#context.now().getTime();
    if (this.#token && this.#token.expiresAt - renewBeforeMs > now) return this.#token;
    // Several calls that find the token old share one sign-in.
    this.#signingIn ??= obtainToken(this.#context, this.#auth, this.#token, signal).finally(
      () => (this.#signingIn = undefined),
    );
    this.#token = await this.#signingIn;
    return this.#token;
  }
}

type Auth = Profile['auth'];
type TokenAuth = Extract<Auth, { readonly kind: 'login' | 'oauth2-client-credentials' }>;
type LoginAuth = Extract<Auth, { readonly kind: 'login' }>;

/** Whether a new sign-in can bring a new token. */
const givesTokens = (auth: Auth): auth is TokenAuth =>
  auth.kind === 'login' || auth.kind === 'oauth2-client-credentials';

const lasting = (header: string, value: string): Token => ({
  header,
  value: new Secret(value),
  expiresAt: Number.POSITIVE_INFINITY,
});

/** A token by whatever way the profile names. @param old the last one, which some servers renew. */
async function obtainToken(
  context: ConnectorContext<XactaSettings>,
  auth: Auth,
  old: Token | undefined,
  signal: AbortSignal,
): Promise<Token> {
  const { settings } = context;
  switch (auth.kind) {
    case 'none':
      return lasting('', '');
    case 'basic': {
      const pair = `${needed(settings.username, 'username')}:${needed(settings.password, 'password').reveal()}`;
      return lasting('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
    }
    case 'bearer':
      return lasting(auth.header, `${auth.scheme} ${needed(settings.token, 'token').reveal()}`.trim());
    case 'login': {
      const renewed = await renewToken(context, auth, old, signal);
      if (renewed) return renewed;
      return askForToken(context, auth, {
        path: auth.path,
        json: {
          [auth.usernameField]: needed(settings.username, 'username'),
          [auth.passwordField]: needed(settings.password, 'password').reveal(),
        },
        signal,
      });
    }
    case 'oauth2-client-credentials':
      return askForToken(context, auth, {
        path: auth.path,
        json: {
          grant_type: 'client_credentials',
          client_id: needed(settings.client_id, 'client_id'),
          client_secret: needed(settings.client_secret, 'client_secret').reveal(),
          ...(auth.scope === undefined ? {} : { scope: auth.scope }),
        },
        signal,
      });
  }
}

/** A new token for a living old one; undefined where the server does not renew, or not this one any more. */
async function renewToken(
  { http, now }: ConnectorContext<XactaSettings>,
  auth: LoginAuth,
  old: Token | undefined,
  signal: AbortSignal,
): Promise<Token | undefined> {
  const { refreshPath: path } = auth;
  if (!old || path === undefined || old.expiresAt <= now().getTime()) return undefined;
  const headers = { [old.header]: old.value };
  const answer = await http.send({ method: 'POST', path, headers, retry: 'safe', signal });
  if (answer.status < 300) return readToken(auth, answer, { path, signal, now });
  answer.body.destroy(); // too old to be renewed: sign in again
  return undefined;
}

async function askForToken(
  { http, now }: ConnectorContext<XactaSettings>,
  auth: TokenAuth,
  asked: { readonly path: string; readonly json: JsonObject; readonly signal: AbortSignal },
): Promise<Token> {
  const { path, json, signal } = asked;
  const answer = await http.send({ method: 'POST', path, json, retry: 'safe', signal });
  return readToken(auth, answer, { path, signal, now });
}

async function readToken(
  auth: TokenAuth,
  response: HttpResponse,
  asked: { readonly path: string; readonly signal: AbortSignal; readonly now: () => Date },
): Promise<Token> {
  const { path, signal } = asked;
  if (response.status >= 300)
    throw await sessionRefusal({ method: 'POST', path, retry: 'safe', signal }, response);
  const body = await response.json();
  const field = auth.kind === 'login' ? auth.tokenField : 'access_token';
  const text = z.string().min(1).safeParse(valueAt(body, field));
  if (!text.success)
    throw new TielineError('REMOTE_UNEXPECTED', `POST ${path}: the answer has no token in ${field}.`);
  const lifetime = z
    .number()
    .safeParse(valueAt(body, auth.kind === 'login' ? (auth.expiresInField ?? '') : 'expires_in'));
  return {
    header: auth.header,
    value: new Secret(`${auth.scheme} ${text.data}`.trim()),
    expiresAt: lifetime.success ? asked.now().getTime() + lifetime.data * 1000 : Number.POSITIVE_INFINITY,
  };
}
