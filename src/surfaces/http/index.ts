/** The door of the server: opens it over the use cases, with every route of the contract. */
import type { FastifyInstance } from 'fastify';
import { openApiOf, routes } from '../../contract/index.ts';
import type { App } from '../../engine/run/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { openOidc } from '../../operate/accounts/index.ts';
import { createCursors } from '../../platform/lists/index.ts';
import { serveConsole } from './console.ts';
import { handlersOf } from './handlers.ts';
import { apiBase } from './kit/add-route.ts';
import { openEventFeed } from './kit/event-feed.ts';
import type { Rates } from './kit/rates.ts';
import { forgetKeptAnswers } from './kit/idempotency.sql.ts';
import { recorderOf } from './kit/recorder.ts';
import { proxyRulesOf } from './proxy/proxy-headers.ts';
import { createServer, type ServerTls } from './server.ts';
import type { CardWays } from './sign-in/card-handlers.ts';
import { identification } from './sign-in/identify.ts';

const forgetEveryMs = 3_600_000;

export interface OpenServer {
  readonly version: string;
  readonly tls: ServerTls | undefined;
  readonly trustedProxies: readonly string[] | undefined;
  readonly classification: string;
  /** Of the built console; undefined: the API alone. */
  readonly consoleDirectory: string | undefined;
  readonly isDemo: boolean;
  /** Undefined: cards do not sign in here. */
  readonly cards?: CardWays | undefined;
  /** Undefined: the usual ones. */
  readonly rates?: Rates;
}

/** Makes the server with API and console; it does not listen yet. */
export async function openServer(app: App, options: OpenServer): Promise<FastifyInstance> {
  const { version, tls, trustedProxies, classification, consoleDirectory, isDemo, rates, cards } = options;
  const cursors = createCursors(app.secretBox.derive('list cursors'));
  const closing = new AbortController();
  const feed = openEventFeed(app, closing.signal);
  const oidc = openOidc(app);
  const handlers = handlersOf({ facts: { version, classification, isDemo, cards }, cursors, feed, oidc });
  const server = await createServer({
    app,
    version,
    routes,
    // Each handler is held to its own route by the table's type; here they are called by name.
    handlers: handlers,
    gate: {
      ...identification(app),
      originOf: (request) => `${request.protocol}://${request.host}`,
    },
    recorder: recorderOf(app),
    ...(tls ? { tls } : {}),
    proxy: { ...proxyRulesOf(app), trustedProxies },
    ...(rates ? { rates } : {}),
    ...(trustedProxies ? { trustedProxies } : {}),
  });
  const forgetting = setInterval(() => {
    forgetKeptAnswers(app.store, app.now()).catch((error: unknown) =>
      app.log.warn({ err: error }, `kept answers were not forgotten: ${messageOf(error)}`),
    );
  }, forgetEveryMs).unref();
  server.addHook('preClose', () => {
    clearInterval(forgetting);
    closing.abort();
    void oidc?.close();
  });
  const document = openApiOf(routes, version);
  server.get(`${apiBase}/openapi.json`, async (request) => {
    if (!(await identification(app).identify(request, true)))
      throw new TielineError('NOT_SIGNED_IN', 'Nobody is signed in.');
    return document;
  });
  if (consoleDirectory !== undefined) await serveConsole(server, consoleDirectory);
  return server;
}
export { type CardListener, openCardListener } from './sign-in/card-listener.ts';
export { type CardWays } from './sign-in/card-handlers.ts';
export { type ServerTls } from './server.ts';
