/**
 * Registers one route of the contract: admits the caller, parses what came, runs the handler, and answers. The order is that of what may be
 * told: whether one may call it comes before whether the request is right, and a record outside of the caller's boundaries is not found.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import type { Answer, Call, Handler, SignedIn, StreamAnswer } from './call.ts';
import { admit, type Admitted, type GateOptions } from './gate.ts';
import { certificateFromProxy } from '../proxy/proxy-headers.ts';
import { isFromHere } from './same-origin.ts';
import { onceForKey, type Reply } from './idempotency.ts';
import type { RateGuard } from './rates.ts';
import { readPart } from './read-request.ts';
import { clearCookie, cookieOf, pendingCookie, secondStepCookie, setCookie } from './cookie.ts';

/** What the security log is told of calls. */
export interface Recorder {
  /** Before a call that it tells of is carried out: what cannot be recorded does not happen. */
  begun(route: Route, call: Call): Promise<void>;
  /** That a call whose beginning was recorded did not come to its end. */
  failed(route: Route, call: Call, error: unknown): Promise<void>;
  /** A record that was read. */
  read(route: Route, call: Call): Promise<void>;
  /** An export, before its first row is sent: what cannot be recorded does not leave. */
  exported(route: Route, call: Call, file: { readonly name: string; readonly type: string }): Promise<void>;
  /** How many rows of a list left with an export, also where it was broken off: what is told of who carries much away. */
  sent(route: Route, call: Call, rows: number): Promise<void>;
  /** A call that was refused for want of a right, or because it was forged; the answer is the same if it cannot be recorded. */
  refused(route: Route, error: unknown, request: Refused): Promise<void>;
}

export interface Refused {
  /** Undefined: nobody, or it was not found out. */
  readonly by: SignedIn | undefined;
  readonly address: string;
  readonly requestId: string;
}

export interface Serving {
  readonly app: App;
  readonly gate: GateOptions;
  readonly recorder: Recorder;
  readonly rates: RateGuard;
  /** Of the product; only who is identified is told. */
  readonly version: string;
}

export const apiBase = '/api/v1';

const isStream = (answer: Answer<unknown> | StreamAnswer): answer is StreamAnswer => 'stream' in answer;

/** The version that If-Match names. @throws TielineError PRECONDITION_MISSING. */
function versionOf(route: Route, request: FastifyRequest): string | undefined {
  if (!route.versioned) return undefined;
  const match = /^"([^"]*)"$/.exec(request.headers['if-match'] ?? '');
  if (!match)
    throw new TielineError('PRECONDITION_MISSING', 'If-Match is missing, or is not one ETag in quotes.');
  return match[1] ?? '';
}

const jsonOf = (body: unknown): unknown =>
  body instanceof URLSearchParams ? Object.fromEntries(body) : body;

function callOf(
  route: Route,
  { request, cookies }: { readonly request: FastifyRequest; readonly cookies: Call['cookies'] },
  { by, scope, app }: Admitted & { readonly app: App },
): Call {
  const gone = new AbortController();
  request.raw.once('close', () => request.raw.errored && gone.abort());
  request.socket.once('close', () => gone.abort());
  return {
    app,
    by,
    scope,
    params: readPart('params', route.params, request.params),
    query: readPart('query', route.query, request.query),
    body: request.body instanceof Readable ? undefined : readPart('body', route.body, jsonOf(request.body)),
    version: versionOf(route, request),
    requestId: request.id,
    address: request.ip,
    agent: request.headers['user-agent'],
    now: app.now(),
    signal: gone.signal,
    headers: request.headers,
    ...(request.body instanceof Readable ? { stream: request.body } : {}),
    cookies,
    fromProxy: certificateFromProxy(request),
    isFromHere: isFromHere(request.headers),
  } as Call; // the shapes of this route made it
}

function replyOf(route: Route, answer: Answer<unknown>): Reply {
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.version !== undefined) headers['etag'] = `"${answer.version}"`;
  if (answer.location !== undefined) headers['location'] = answer.location;
  // Dates become JSON here, once, so that a kept answer is the one that was sent.
  const body = answer.body === undefined ? null : (JSON.parse(JSON.stringify(answer.body)) as Json);
  return { status: route.answer.status, body, headers };
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, body, headers }: Reply,
): Promise<void> {
  void reply.headers(headers);
  if (
    headers['etag'] !== undefined &&
    request.method === 'GET' &&
    request.headers['if-none-match'] === headers['etag']
  )
    await reply.code(304).send();
  else if (status === 204 || status === 303) await reply.code(status).send();
  else await reply.code(status).type('application/json').send(JSON.stringify(body));
}

async function sendStream(
  reply: FastifyReply,
  { stream, type, fileName, headers = {} }: StreamAnswer,
): Promise<void> {
  void reply.type(type).headers(headers);
  if (fileName !== undefined) void reply.header('content-disposition', `attachment; filename="${fileName}"`);
  await reply.send(stream);
}

/** Carries an admitted call out and answers. */
async function answerCall(
  {
    route,
    handler,
    app,
    recorder,
  }: { readonly route: Route; readonly handler: Handler } & Pick<Serving, 'app' | 'recorder'>,
  call: Call,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  if (route.idempotent && call.by) {
    const { principalId } = call.by.actor;
    const isSecret = route.answersSecret === true;
    const kept = await onceForKey(app, { request, principalId, isSecret }, async () => {
      const answer = await handler(call);
      if (isStream(answer))
        throw new TielineError('INTERNAL', 'A route that is done once cannot answer with a stream.');
      return replyOf(route, answer);
    });
    if (kept.replayed) void reply.header('idempotency-replayed', 'true');
    return send(request, reply, kept);
  }
  const answer = await handler(call);
  if (isStream(answer)) {
    const { fileName: name, type } = answer;
    if (name !== undefined) await recorder.exported(route, call, { name, type });
    const { sentRows } = answer;
    if (sentRows) answer.stream.once('close', () => void recorder.sent(route, call, sentRows()));
    return sendStream(reply, answer);
  }
  return send(request, reply, replyOf(route, answer));
}

/** Whether a token or a session was given that is none. */
const isRefusedCredential = (error: unknown, request: FastifyRequest): boolean =>
  error instanceof TielineError &&
  error.code === 'NOT_SIGNED_IN' &&
  (request.headers.authorization !== undefined || cookieOf(request) !== undefined);

/** @param handler of this very route: the table of handlers holds the types together. */
export function addRoute(server: FastifyInstance, route: Route, handler: Handler, serving: Serving): void {
  const { app, gate, recorder, rates, version } = serving;
  server.route({
    method: route.method,
    url: `${apiBase}${route.path}`,
    handler: async (request, reply) => {
      let by: SignedIn | undefined;
      try {
        await rates.checkAddress(request, reply);
        const onIdentified = async (found: SignedIn | undefined): Promise<void> => {
          by = found;
          if (found) void reply.header('tieline-version', version);
          await rates.count(request, reply, found?.actor.principalId ?? request.ip);
        };
        const admitted = await admit(route, request, { gate, now: app.now(), onIdentified });
        const cookies = {
          value: cookieOf(request),
          set: (value: string) => setCookie(request, reply, value),
          clear: () => clearCookie(request, reply),
          pending: pendingCookie(request, reply),
          secondStep: secondStepCookie(request, reply),
        };
        if (request.body instanceof Readable && route.file !== true)
          throw new TielineError('MEDIA_TYPE_UNKNOWN', 'This address takes JSON, and no file.');
        if (request.body instanceof URLSearchParams !== (route.calledByServer === true))
          throw new TielineError(
            'MEDIA_TYPE_UNKNOWN',
            route.calledByServer
              ? 'This address takes a form (application/x-www-form-urlencoded).'
              : 'This address takes JSON, and no form.',
          );
        const call = callOf(route, { request, cookies }, { ...admitted, app });
        if (route.audit)
          await ('event' in route.audit ? recorder.begun(route, call) : recorder.read(route, call));
        try {
          await answerCall({ route, handler, app, recorder }, call, { request, reply });
        } catch (error) {
          await recorder.failed(route, call, error);
          throw error;
        }
        return reply;
      } catch (error) {
        // Nobody reads what is still to come of a file that was refused.
        if (request.body instanceof Readable) {
          void reply.header('connection', 'close');
          reply.raw.once('finish', () => request.raw.destroy());
        }
        if (isRefusedCredential(error, request)) await rates.countRefused(request);
        await recorder.refused(route, error, { by, address: request.ip, requestId: request.id });
        throw error;
      }
    },
  });
}
