/** Signed-in calls: whatever the profile's `auth` says, and one new sign-in when a token is refused. */
import { z } from 'zod';
import { TielineError } from '../../platform/errors/index.ts';
import { Secret } from '../../platform/values/index.ts';
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

/** A token is renewed this long before it ends, so that it does not end under way. */
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

export function createSession(context: ConnectorContext<XactaSettings>, profile: Profile): Session {
  const { http, settings, now } = context;
  const { auth } = profile;
  let token: Token | undefined;
  let signingIn: Promise<Token> | undefined;

  async function askForToken(
    path: string,
    json: HttpRequest['json'],
    headers: HttpRequest['headers'],
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    return http.send({
      method: 'POST',
      path,
      ...(json === undefined ? {} : { json }),
      ...(headers ? { headers } : {}),
      retry: 'safe',
      signal,
    });
  }

  async function readToken(
    response: HttpResponse,
    request: { path: string; signal: AbortSignal },
  ): Promise<Token> {
    if (response.status >= 300)
      throw await sessionRefusal(
        { method: 'POST', path: request.path, retry: 'safe', signal: request.signal },
        response,
      );
    const body = await response.json();
    const field = auth.kind === 'login' ? auth.tokenField : 'access_token';
    const text = z.string().min(1).safeParse(valueAt(body, field));
    if (!text.success)
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        `POST ${request.path}: the answer has no token in ${field}.`,
      );
    const lifetime = z
      .number()
      .safeParse(valueAt(body, auth.kind === 'login' ? (auth.expiresInField ?? '') : 'expires_in'));
    const scheme =
      auth.kind === 'login' || auth.kind === 'oauth2-client-credentials' ? auth.scheme : 'Bearer';
    const header =
      auth.kind === 'login' || auth.kind === 'oauth2-client-credentials' ? auth.header : 'Authorization';
    return {
      header,
      value: new Secret(`${scheme} ${text.data}`.trim()),
      expiresAt: lifetime.success ? now().getTime() + lifetime.data * 1000 : Number.POSITIVE_INFINITY,
    };
  }

  async function obtain(signal: AbortSignal): Promise<Token> {
    switch (auth.kind) {
      case 'none':
        return { header: '', value: new Secret(''), expiresAt: Number.POSITIVE_INFINITY };
      case 'basic': {
        const pair = `${needed(settings.username, 'username')}:${needed(settings.password, 'password').reveal()}`;
        return {
          header: 'Authorization',
          value: new Secret(`Basic ${Buffer.from(pair).toString('base64')}`),
          expiresAt: Number.POSITIVE_INFINITY,
        };
      }
      case 'bearer':
        return {
          header: auth.header,
          value: new Secret(`${auth.scheme} ${needed(settings.token, 'token').reveal()}`.trim()),
          expiresAt: Number.POSITIVE_INFINITY,
        };
      case 'login': {
        if (token && auth.refreshPath !== undefined && token.expiresAt > now().getTime()) {
          const refreshed = await askForToken(
            auth.refreshPath,
            undefined,
            { [token.header]: token.value },
            signal,
          );
          if (refreshed.status < 300) return readToken(refreshed, { path: auth.refreshPath, signal });
          refreshed.body.destroy(); // too old to be renewed: sign in anew
        }
        const json = {
          [auth.usernameField]: needed(settings.username, 'username'),
          [auth.passwordField]: needed(settings.password, 'password').reveal(),
        };
        return readToken(await askForToken(auth.path, json, undefined, signal), { path: auth.path, signal });
      }
      case 'oauth2-client-credentials': {
        const json = {
          grant_type: 'client_credentials',
          client_id: needed(settings.client_id, 'client_id'),
          client_secret: needed(settings.client_secret, 'client_secret').reveal(),
          ...(auth.scope === undefined ? {} : { scope: auth.scope }),
        };
        return readToken(await askForToken(auth.path, json, undefined, signal), { path: auth.path, signal });
      }
    }
  }

  async function currentToken(signal: AbortSignal): Promise<Token> {
    if (token && token.expiresAt - renewBeforeMs > now().getTime()) return token;
    // Several calls that find the token old share one sign-in.
    signingIn ??= obtain(signal).finally(() => (signingIn = undefined));
    token = await signingIn;
    return token;
  }

  const session: Session = {
    origin: http.origin,
    async signIn(signal) {
      token = undefined;
      await currentToken(signal);
    },
    async send(request) {
      for (let attempt = 1; ; attempt += 1) {
        const used = await currentToken(request.signal);
        const headers =
          used.header === '' ? request.headers : { ...request.headers, [used.header]: used.value };
        const response = await http.send({ ...request, ...(headers ? { headers } : {}) });
        const canSignInAgain = auth.kind === 'login' || auth.kind === 'oauth2-client-credentials';
        if (response.status !== 401 || attempt > 1 || !canSignInAgain) return response;
        response.body.destroy();
        if (token === used) token = undefined;
      }
    },
    async fetch(request) {
      const response = await session.send(request);
      if (response.status >= 300) throw await sessionRefusal(request, response);
      return { body: await response.json(), response };
    },
  };
  return session;
}
