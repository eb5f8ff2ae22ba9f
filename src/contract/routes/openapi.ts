/**
 * OpenAPI 3.1 of the route table: `openapi.json` in the root of the project, which a test holds against it, and /api/v1/openapi.json.
 */
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { z } from 'zod';
import { permissions } from '../../canonical/access/index.ts';
import { errorRegistry } from '../../platform/errors/index.ts';
import { problem, statusOf } from './problem.ts';
import type { Route } from './define-route.ts';

const access = ({ permission }: Route): string =>
  typeof permission === 'object'
    ? `Anybody may call it: ${permission.anybody}.`
    : permission === 'signed-in'
      ? 'Whoever is signed in may call it.'
      : `Needs \`${permission}\`: ${permissions[permission].title}.`;

/** What every route may refuse with, and what its properties add. */
function refusals(route: Route): readonly number[] {
  const statuses = new Set([400, 429, 503]);
  if (typeof route.permission !== 'object') for (const status of [401, 403]) statuses.add(status);
  if (route.params || route.scope === 'boundaries') statuses.add(404);
  if (route.versioned) for (const status of [412, 428]) statuses.add(status);
  if (route.idempotent) for (const status of [409, 422]) statuses.add(status);
  if (route.body || route.file) for (const status of [413, 415, 422]) statuses.add(status);
  return [...statuses].toSorted((a, b) => a - b);
}

/** What the command line alone says is said as REQUEST_INVALID here. */
const overHttp = Object.entries(statusOf).filter(([code]) => code !== 'USAGE');

const codesOf = (status: number): string =>
  overHttp
    .filter(([, its]) => its === status)
    .map(([code]) => code)
    .join(', ');

function example(status: number): z.output<typeof problem> {
  const code = (overHttp.find(([, its]) => its === status)?.[0] ?? 'INTERNAL') as keyof typeof statusOf; // of that table
  const { meaning, remedy, retryable } = errorRegistry[code];
  return {
    type: `/problems/${code}`,
    title: meaning,
    status,
    detail: meaning,
    code,
    remedy,
    retryable,
    requestId: '0b7b6f4e-5d0c-4a52-9d0f-2f6f3a1f9d11',
  };
}

const headerOf = (id: string, description: string) => z.string().meta({ description, param: { id } });
/** One of each, which all operations share: the document refuses two of one name. */
const idempotencyKey = headerOf('IdempotencyKey', 'A UUID; the same request again bears the same.');
const ifMatch = headerOf('IfMatch', 'The ETag of the record as you read it.');

const form = 'application/x-www-form-urlencoded';

/** What is sent: JSON, a form of another server, or a file. */
function bodyOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (route.file)
    return {
      requestBody: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    };
  if (!route.body) return {};
  const type = route.calledByServer ? form : 'application/json';
  return { requestBody: { required: true, content: { [type]: { schema: route.body } } } };
}

function operation(id: string, route: Route): ZodOpenApiOperationObject {
  const { shape, status, stream } = route.answer;
  const content = {
    ...(shape ? { 'application/json': { schema: shape } } : {}),
    ...Object.fromEntries((stream?.split(', ') ?? []).map((type) => [type, { schema: z.string() }])),
  };
  return {
    operationId: id,
    tags: [route.tag],
    summary: route.summary,
    description: access(route),
    ...(typeof route.permission === 'object' ? { security: [] } : {}),
    'x-permission': typeof route.permission === 'object' ? 'anybody' : route.permission,
    'x-audit': route.audit ?? null,
    requestParams: {
      ...(route.params ? { path: route.params } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(route.idempotent || route.versioned
        ? {
            header: z.object({
              ...(route.idempotent ? { 'Idempotency-Key': idempotencyKey } : {}),
              ...(route.versioned ? { 'If-Match': ifMatch } : {}),
            }),
          }
        : {}),
    },
    ...bodyOf(route),
    responses: {
      [`${status}`]: {
        description: status === 204 ? 'Done.' : status === 303 ? 'Leads the browser on.' : 'The answer.',
        ...(Object.keys(content).length > 0 ? { content } : {}),
      },
      ...Object.fromEntries(
        refusals(route).map((refused) => [
          `${refused}`,
          {
            description: `Refused: ${codesOf(refused)}.`,
            content: { 'application/problem+json': { schema: problem, example: example(refused) } },
          },
        ]),
      ),
    },
  }; // extensions (x-…) are not in its type
}

/** The document of these routes. @param version of Tieline. */
export function openApiOf(routes: Readonly<Record<string, Route>>, version: string): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [id, route] of Object.entries(routes)) {
    const path = `/api/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(id, route);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tieline',
      version,
      description:
        'Keeps scanners and GRC systems in agreement. Conventions: docs/api.md; error codes: docs/errors.md.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(Object.values(routes).map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token: `tieline tokens make`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-tieline',
          description: 'Of a signed-in browser.',
        },
      },
    },
  });
}
