/**
 * The port that asks browsers for the certificate of a card. It knows one address, holds no session, and leads back to the server with a
 * one-time code. The other port asks nobody, since a browser that is asked once asks its person on every visit.
 * The TLS library is shown authorities and lists of revocations too, and its verdict is a wall of its own: what it refuses is refused, but for
 * the two things that are decided here (the grace of a list, and smart-card logon as a purpose).
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { type CardDesk, type CardOutcome, showCard } from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import { refusedPage } from './card-handlers.ts';

export interface CardListenerOptions {
  readonly app: App;
  readonly desk: CardDesk;
  /** PEM texts of this server. */
  readonly tls: { readonly certificate: string; readonly key: string };
  /** Where the console is, from the settings: a code is led nowhere else. */
  readonly consoleUrl: string;
  /** How often the files of authorities and lists are looked at. */
  readonly refreshMs?: number;
}

export interface CardListener {
  readonly server: Server;
  close(): Promise<void>;
}

const minuteMs = 60_000;

/** Lists are given to the TLS library while all are in time: it knows no grace. */
function contextOf(
  { desk, tls }: Pick<CardListenerOptions, 'desk' | 'tls'>,
  now: Date,
): SecureContextOptions {
  const { trust, caPem, crlPem } = desk.loaded();
  const inTime = [...trust.lists.values()].every(
    (list) => list.nextUpdate !== undefined && list.nextUpdate > now,
  );
  return {
    cert: tls.certificate,
    key: tls.key,
    ca: caPem,
    minVersion: 'TLSv1.2',
    ...(inTime && crlPem.length > 0 ? { crl: [...crlPem] } : {}),
  };
}

/** What the TLS library cannot judge as the settings have it. */
const decidedHere = new Set(['CRL_HAS_EXPIRED', 'INVALID_PURPOSE']);

async function readCard(socket: TLSSocket, desk: CardDesk, at: Date): Promise<CardOutcome> {
  const shown = socket.getPeerX509Certificate();
  const outcome = await desk.read(shown?.raw, at);
  const error = String(socket.authorizationError);
  if (outcome.kind === 'refused' || socket.authorized || decidedHere.has(error)) return outcome;
  return { kind: 'refused', why: 'unsupported', told: `the TLS library refused it: ${error}` };
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

function answer(
  response: ServerResponse,
  status: number,
  more: { readonly text: string; readonly location?: string },
): void {
  response.writeHead(status, {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    ...(more.location === undefined ? {} : { location: more.location }),
  });
  response.end(`${more.text}\n`);
}

async function show(
  { app, desk, consoleUrl }: CardListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://card.invalid');
  const state = url.searchParams.get('state');
  if (request.method !== 'GET' || url.pathname !== '/auth/cac' || state === null || state.length > 200) {
    answer(response, 404, { text: `This port asks for cards only. Sign in at ${consoleUrl}.` });
    return;
  }
  const requestId = randomUUID();
  const address = request.socket.remoteAddress;
  const outcome = await readCard(request.socket as TLSSocket, desk, app.now());
  const shown = await showCard(app, { state, outcome, from: { address, requestId } });
  const path =
    shown.kind === 'code'
      ? `/api/v1/session/cac/return?${new URLSearchParams({ code: shown.code }).toString()}`
      : refusedPage(shown.why, requestId);
  answer(response, 303, { text: 'Signing in…', location: new URL(path, consoleUrl).href });
}

/** Makes the server; it does not listen yet. */
export function openCardListener(options: CardListenerOptions): CardListener {
  const { app, desk, consoleUrl } = options;
  const server = createServer(
    {
      ...contextOf(options, app.now()),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      // A card that was taken out, or revoked since, is asked for again.
      sessionTimeout: 60,
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      show(options, request, response).catch((error: unknown) => {
        app.log.warn({ err: error }, `a card could not be read: ${messageOf(error)}`);
        if (!response.headersSent) answer(response, 503, { text: `Try again in a minute: ${consoleUrl}` });
      });
    },
  );
  server.maxConnections = 1000;
  let last = { loaded: desk.loaded(), isInTime: true };
  const renew = async (): Promise<void> => {
    await desk.refresh();
    const loaded = desk.loaded();
    const context = contextOf(options, app.now());
    const isInTime = context.crl !== undefined;
    if (loaded !== last.loaded || isInTime !== last.isInTime) server.setSecureContext(context);
    if (loaded !== last.loaded) for (const { says } of loaded.faults) app.log.warn({}, says);
    last = { loaded, isInTime };
  };
  const timer = setInterval(() => {
    renew().catch((error: unknown) =>
      app.log.warn(
        { err: error },
        `authorities of cards were not read again, the former stay in use: ${messageOf(error)}`,
      ),
    );
  }, options.refreshMs ?? minuteMs).unref();
  return {
    server,
    close: () =>
      new Promise((done) => {
        clearInterval(timer);
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
