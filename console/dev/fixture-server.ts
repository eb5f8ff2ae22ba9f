/**
 * Something that answers like the API, for development and pictures: `node console/dev/fixture-server.ts [PORT] [FOLDER]`. With a folder it
 * also serves the built console from it, with the headers of the real server. No rule of the product is in here; tests use the real one.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { allPermissions, allRoles, roles } from '../../src/canonical/access/index.ts';
import { details } from './fixture-details.ts';
import { facets, filtered, groups, nouns, page } from './fixture-lists.ts';
import { systems } from './fixture-rows.ts';

const port = Number(process.argv[2] ?? 8440);
const folder = process.argv[3];
let role: (typeof allRoles)[number] | undefined = 'issm';

const everywhere = { kind: 'everywhere' };
const bootstrap = () => ({
  person: { name: 'j.doe', displayName: 'J. Doe', roles: [role], kind: 'person' },
  permissions: Object.fromEntries(
    allPermissions
      .filter((permission) => (roles[role ?? 'issm'].may as readonly string[]).includes(permission))
      .map((permission) => [permission, everywhere]),
  ),
  boundaries: systems,

  classification: { text: 'CUI' },
  isDemo: true,
  version: '0.1.0',
  session: { idleMinutes: 15, endsAt: new Date(Date.now() + 12 * 3_600_000).toISOString(), canStepUp: true },
});

const signedIn = {
  name: 'j.doe',
  displayName: 'J. Doe',
  lastSignIn: { at: new Date(Date.now() - 86_400_000).toISOString(), address: '10.2.0.14' },
  failuresSince: 1,
  mustChangePassword: false,
};

type Answer = { readonly status?: number; readonly body: unknown; readonly etag?: string };
const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { code, detail, title: detail },
});

function listAnswer(noun: string, rest: string | undefined, query: URLSearchParams): Answer | undefined {
  const list = nouns[noun];
  if (!list) return undefined;
  const unknown = [...query.keys()].find(
    (name) =>
      !(name in list.definition.filters) && !['sort', 'limit', 'cursor', 'by', 'columns'].includes(name),
  );
  if (unknown !== undefined) return problem(400, 'FILTER_INVALID', `${unknown} is no filter of this list.`);
  if (rest === undefined) return { body: page(noun, query) };
  if (rest === 'count') return { body: { count: filtered(noun, query).length, exact: true } };
  if (rest === 'facets') return { body: facets(noun, query) };
  if (rest === 'groups') return { body: groups(query) };
  return undefined;
}

function sessionAnswer(method: string, path: string, body: Record<string, unknown>): Answer | undefined {
  if (path === '/session/ways')
    return {
      body: {
        local: true,
        demo: allRoles.map((each) => ({ role: each, title: roles[each].title })),
        classification: { text: 'CUI' },
      },
    };
  if (path === '/banner')
    return {
      body: {
        text: 'You are accessing a U.S. Government (USG) information system that is provided for USG-authorized use only.\n\nBy using this system you consent to monitoring.',
      },
    };
  if (path === '/session/demo' && method === 'POST') {
    role = allRoles.find((each) => each === body['role']) ?? 'issm';
    return { body: signedIn };
  }
  if (path === '/session' && method === 'POST') {
    if (body['password'] === 'wrong')
      return problem(401, 'SIGN_IN_REFUSED', 'The name or the password is wrong.');
    role = 'issm';
    return { body: signedIn };
  }
  if (path === '/session' && method === 'DELETE') {
    role = undefined;
    return { status: 204, body: undefined };
  }
  return undefined;
}

function listDefinition(noun: string): Answer {
  const definition = nouns[noun]?.definition;
  if (!definition) return problem(404, 'NOT_FOUND', 'There is no such list.');
  const filters = Object.entries(definition.filters).map(([name, filter]) => ({ name, ...filter }));
  return { body: { ...definition, filters } };
}

function answer(method: string, url: URL, body: Record<string, unknown>): Answer {
  const path = decodeURIComponent(url.pathname.replace('/api/v1', ''));
  const session = sessionAnswer(method, path, body);
  if (session) return session;
  if (role === undefined) return problem(401, 'SIGNED_OUT', 'Sign in first.');
  if (path === '/me/bootstrap') return { body: bootstrap() };
  if (path === '/me/badges') return { body: { kinds: { conflict: 3, approval: 1 }, inbox: 4 } };
  if (path === '/views')
    return { body: { items: [], begins: null, beginsBy: null, roles: [], maySetRoleDefault: false } };
  const [, noun = '', rest] = path.split('/');
  if (noun === 'lists') return listDefinition(rest ?? '');
  if (path === '/session/activity') return { body: { endsAt: bootstrap().session.endsAt } };
  return (
    (method === 'GET' ? listAnswer(noun, rest, url.searchParams) : undefined) ??
    details(method, path, body) ??
    problem(404, 'NOT_FOUND', 'There is nothing here.')
  );
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const policy = (nonce: string): string =>
  `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'`;

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const isFile = extname(path) !== '' && !path.startsWith('/findings');
  const name = join(folder ?? '', isFile ? normalize(path) : 'index.html');
  const nonce = Math.random().toString(36).slice(2);
  const content = await readFile(name).catch(() => undefined);
  if (!content) return void response.writeHead(404).end();
  const type = types[extname(name)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-security-policy': policy(nonce) });
  response.end(
    extname(name) === '.html' ? content.toString().replaceAll('__TIELINE_NONCE__', nonce) : content,
  );
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // a request gives buffers
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>); // the console's own
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/api/v1/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': ready\n\n');
    return;
  }
  if (!url.pathname.startsWith('/api/')) return serveFile(url.pathname, response);
  const { status = 200, body, etag } = answer(request.method ?? 'GET', url, await bodyOf(request));
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    ...(etag ? { etag } : {}),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

createServer((request, response) => {
  handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
