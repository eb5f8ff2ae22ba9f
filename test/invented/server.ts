/**
 * The HTTP server of an invented product: lists of records, each with a version, in pages, with what changed since a mark. It
 * holds no knowledge of ours; what its lists and fields are called is said by who starts it (seed.ts). Faults are set under /__control.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { productOf, type Item } from './seed.ts';

interface Fault {
  readonly kind:
    | 'rate-limit'
    | 'server-error'
    | 'body-cut'
    | 'commit-then-cut'
    | 'duplicate-delivery'
    | 'drift';
  times: number;
}

const product = productOf(process.argv[2] ?? '');
const token = process.env['INVENTED_TOKEN'];
const pageSize = 4;

let lists = product.seed();
let sequence = 1;
let faults: Fault[] = [];

function take(kind: Fault['kind']): boolean {
  const fault = faults.find((each) => each.kind === kind && each.times > 0);
  if (fault) fault.times -= 1;
  return fault !== undefined;
}

const listOf = (name: string): Map<string, Item> => {
  const list = lists.get(name);
  if (!list) throw new Refusal(404, `there is no ${name}`);
  return list;
};

class Refusal extends Error {
  readonly status: number;
  readonly fields: readonly object[];
  constructor(status: number, message: string, fields: readonly object[] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

function keep(name: string, id: string, fields: object): Item {
  sequence += 1;
  const before = listOf(name).get(id);
  const item: Item = { ...before, ...fields, id, revision: (before?.revision ?? 0) + 1, changed: sequence };
  listOf(name).set(id, item);
  return item;
}

function create(name: string, body: Record<string, unknown>): Item {
  const known = [...listOf(name).values()].find((item) => item['key'] === body['key']);
  if (known) return known;
  const { [product.inline?.field ?? '']: inside, ...own } = body;
  const made = keep(name, `${name}-${String(1000 + sequence)}`, own);
  const { inline } = product;
  if (inline && Array.isArray(inside))
    for (const child of inside as object[])
      keep(inline.list, `${inline.list}-${String(1000 + sequence)}`, { ...child, [inline.parent]: made.id });
  return made;
}

function update(name: string, id: string, revision: string | undefined, body: object): Item {
  const item = listOf(name).get(id);
  if (!item) throw new Refusal(404, `${id} is not there`);
  if (revision !== undefined && revision !== String(item.revision))
    throw new Refusal(412, `${id} is at revision ${item.revision}`);
  const refused = Object.entries(body).filter(([, value]) => value === 'refuse me');
  if (refused.length > 0)
    throw new Refusal(
      422,
      'a value was refused',
      refused.map(([field]) => ({ field, message: 'not this' })),
    );
  return keep(name, id, body);
}

function page(name: string, query: URLSearchParams): object {
  const all = [...listOf(name).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const key = query.get('key');
  const since = Number(query.get('since') ?? 0);
  const wanted = all.filter(
    (item) =>
      item.id > (query.get('after') ?? '') && item.changed > since && (key === null || item['key'] === key),
  );
  const items = wanted.slice(0, pageSize);
  const drift = (item: Item): object => ({ ...item, [product.drifting]: { text: 7 }, brand_new: true });
  const shown = faults.some((each) => each.kind === 'drift') ? items.map(drift) : items;
  return {
    items: faults.some((each) => each.kind === 'duplicate-delivery')
      ? [...shown, ...shown.slice(0, 1)]
      : shown,
    next: wanted.length > pageSize ? items.at(-1)?.id : undefined,
    sequence,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function control(method: string, path: string, body: Record<string, unknown>): object {
  if (path === '/reset') {
    lists = product.seed();
    sequence = 1;
    faults = [];
  } else if (path === '/faults') faults = method === 'PUT' ? [body as unknown as Fault] : [];
  else if (path === '/state')
    return Object.fromEntries([...lists].map(([name, list]) => [name, [...list.values()]]));
  else if (path === '/edit') {
    const { list, id, fields, remove } = body as {
      list: string;
      id: string;
      fields?: object;
      remove?: boolean;
    };
    if (remove) listOf(list).delete(id);
    else return keep(list, id, fields ?? {});
  } else throw new Refusal(404, path);
  return {};
}

function carryOut(request: IncomingMessage, url: URL, body: Record<string, unknown>): object {
  const [list = '', id] = url.pathname.slice('/v1/'.length).split('/');
  if (request.method === 'POST') return create(list, body);
  if (request.method === 'PATCH') return update(list, id ?? '', request.headers['if-match'], body);
  if (id === undefined) return page(list, url.searchParams);
  const found = listOf(list).get(id);
  if (!found) throw new Refusal(404, `${id} is not there`);
  return found;
}

function say(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://here');
  const body = await bodyOf(request);
  if (url.pathname.startsWith('/__control'))
    return say(response, 200, control(request.method ?? '', url.pathname.slice('/__control'.length), body));
  if (request.headers.authorization !== `Bearer ${token}`)
    return say(response, 401, { message: 'who are you?' });
  if (take('rate-limit')) return say(response, 429, {}, { 'retry-after': '0' });
  const reads = request.method === 'GET';
  if (reads && take('server-error')) return say(response, 503, {});
  const result = carryOut(request, url, body);
  if (!reads && take('commit-then-cut')) return void request.socket.destroy();
  if (reads && take('body-cut')) {
    const text = JSON.stringify(result);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
    response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
    return;
  }
  say(response, request.method === 'POST' ? 201 : 200, result);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    if (error instanceof Refusal)
      say(response, error.status, { message: error.message, fields: error.fields });
    else say(response, 500, { message: String(error) });
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
// It ends with who started it.
process.stdin.resume().once('end', () => process.exit());
