/**
 * The server of API and console. It holds no sync lock and does no long work: that goes to the queue. `listen` and TLS are here, who the
 * caller is comes from `sign-in/`, what can be called from the contract, and what is done from the rooms below.
 */
import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Route } from '../../contract/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { addRoute, type Serving } from './kit/add-route.ts';
import type { Handler } from './kit/call.ts';
import { addHeaders } from './kit/headers.ts';
import { asTielineError, problemOf } from './kit/problem.ts';
import { forgedHeaders } from './proxy/forged-headers.ts';
import { guardProxyHeaders, type ProxyRules } from './proxy/proxy-headers.ts';
import { rateGuard, type Rates, usualRates } from './kit/rates.ts';

/** PEM texts. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
  /** Authorities of programs and proxies, which are asked for their certificates; undefined: nobody is asked. */
  readonly clientAuthorities?: string | undefined;
}

export interface ServerOptions extends Omit<Serving, 'rates'> {
  /** Undefined: the usual ones. */
  readonly rates?: Rates;
  /** PEM texts; undefined: plain HTTP, which is for loopback and for a trusted proxy in front. */
  readonly tls?: ServerTls;
  /** How certificates in headers are believed, and from whom. */
  readonly proxy: ProxyRules;
  /** Addresses (CIDR) of proxies whose X-Forwarded-For, -Proto and -Host are believed. */
  readonly trustedProxies?: readonly string[];
  readonly routes: Readonly<Record<string, Route>>;
  readonly handlers: Readonly<Record<string, Handler>>;
}

const megabyte = 1_048_576;

/** Reads only files as streams; everything else is JSON of at most a megabyte, whose keys cannot reach a prototype. */
function acceptBodies(server: FastifyInstance): void {
  // For the routes that other servers call; every other route refuses a form.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 100_000 },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
}

const bodyMs = 300_000;

/** A request whose body does not come in time is ended; a file is watched by who reads it. */
function endSlowBodies(server: FastifyInstance): void {
  const waiting = new WeakMap<FastifyRequest, ReturnType<typeof setTimeout>>();
  server.addHook('onRequest', (request, _reply, done) => {
    waiting.set(request, setTimeout(() => request.raw.destroy(), bodyMs).unref());
    done();
  });
  server.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(waiting.get(request));
    done();
  });
}

/** Counts what answers take, by route; an answer of 500 and above has failed. A stream of events is one request for as long as it is open, and not counted. */
function countRequests(server: FastifyInstance, { app }: Pick<Serving, 'app'>): void {
  const { timings } = app;
  if (!timings) return;
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'no route';
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream'))
      timings.record(
        'request',
        'api',
        `${request.method} ${route}`,
        reply.elapsedTime,
        reply.statusCode >= 500,
      );
    done();
  });
}

function answerFailure(
  { app }: Pick<Serving, 'app'>,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = asTielineError(thrown);
  const body = problemOf(error, request.id);
  if (body.status >= 500)
    app.log.warn({ err: thrown, requestId: request.id }, `a request failed: ${error.message}`);
  if (body.status === 429 || body.status === 503)
    void reply.header('retry-after', reply.getHeader('retry-after') ?? '5');
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.code(body.status).type('application/problem+json').send(JSON.stringify(body));
}

function answerFailures(server: FastifyInstance, serving: Pick<Serving, 'app'>): void {
  server.setErrorHandler((thrown, request, reply) => answerFailure(serving, thrown, request, reply));
  server.setNotFoundHandler((request, reply) => {
    const body = problemOf(
      new TielineError('ROUTE_UNKNOWN', `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`),
      request.id,
    );
    void reply.code(404).type('application/problem+json').send(JSON.stringify(body));
  });
}

/** Makes the server; it does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { tls, trustedProxies } = options;
  const usual = {
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: megabyte,
    trustProxy: trustedProxies ? [...trustedProxies] : false,
    routerOptions: { maxParamLength: 300 },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    forceCloseConnections: true,
    // A large file takes as long as its line needs; what is no file is held to less below.
    requestTimeout: 6 * 3_600_000,
    /** What Fastify refuses before there is a route: an address that cannot be decoded. */
    // One function for HTTP/1.1 and 2, whose requests and answers are of different types.
    frameworkErrors: ((error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerFailure(options, error, request, reply)) as never,
  } as const;
  const server = (
    tls
      ? Fastify({
          ...usual,
          http2: true,
          https: {
            allowHTTP1: true,
            cert: tls.certificate,
            key: tls.key,
            minVersion: 'TLSv1.2',
            // Whose certificate it is, is looked at where it matters: nobody without one is turned away.
            ...(tls.clientAuthorities === undefined
              ? {}
              : { ca: tls.clientAuthorities, requestCert: true, rejectUnauthorized: false }),
          },
        })
      : Fastify(usual)
  ) as FastifyInstance; // one type for both protocols: nothing here differs
  const forged = forgedHeaders(options.app);
  guardProxyHeaders(server, options.proxy, forged);
  server.addHook('onClose', () => forged.close());
  acceptBodies(server);
  endSlowBodies(server);
  countRequests(server, options);
  answerFailures(server, options);
  addHeaders(server, { isSecure: tls !== undefined });
  await server.register(cookie);
  const rates = await rateGuard(server, options.rates ?? usualRates);
  for (const [id, route] of Object.entries(options.routes)) {
    const handler = options.handlers[id];
    if (handler === undefined) throw new TielineError('INTERNAL', `Route ${id} has no handler.`);
    addRoute(server, route, handler, { ...options, rates });
  }
  server.get('/healthz', () => ({ status: 'ok' }));
  return server;
}
