/**
 * Preloaded (`node --import`) into a `tieline` process by tests only: counts the points at which a commit or a remote request
 * begins and ends, and kills the process at one of them. The product knows nothing of it.
 *
 * TIELINE_TEST_POINT: the number of the point to be killed at. TIELINE_TEST_POINT_NAME: how its name begins. TIELINE_TEST_COUNT: a file for the number of points passed.
 * A request whose body is a stream has two points more, for the name alone: `amid`, when half of it was given to the socket, and `sent`, some time
 * after all of it was.
 */
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import pg from 'pg';
import { Agent } from 'undici';

const killAt = Number(process.env['TIELINE_TEST_POINT'] ?? 0);
const killAtName = process.env['TIELINE_TEST_POINT_NAME'];
const countFile = process.env['TIELINE_TEST_COUNT'];
let points = 0;
const names: string[] = [];

function pass(name: string): void {
  points += 1;
  names.push(name);
  if (points === killAt || (killAtName !== undefined && name.startsWith(killAtName)))
    process.kill(process.pid, 'SIGKILL');
}

if (countFile !== undefined)
  process.on('exit', () => writeFileSync(countFile, JSON.stringify({ points, names })));

/** What takes effect by itself: the end of a transaction, and writes outside of one. */
const inTransaction = new WeakSet<object>();
type Query = (this: object, ...args: unknown[]) => unknown;
// Taken off the prototype to be called on each client in turn.
const query: Query = Reflect.get(pg.Client.prototype, 'query') as Query;
const textOf = (first: unknown): string => {
  const text = typeof first === 'object' && first !== null && 'text' in first ? first.text : first;
  return typeof text === 'string' ? text.trim().toLowerCase() : '';
};
function counted(this: object, ...args: unknown[]): unknown {
  const text = textOf(args[0]);
  const begins = text === 'begin';
  if (begins) inTransaction.add(this);
  const ends = text === 'commit';
  const takesEffect =
    ends || (!begins && !inTransaction.has(this) && /^(with|insert|update|delete)\b/.test(text));
  if (ends || text === 'rollback') inTransaction.delete(this);
  if (!takesEffect) return query.apply(this, args);
  const what = text.slice(0, 40).replaceAll(/\s+/g, ' ');
  pass(`before ${what}`);
  const result = query.apply(this, args);
  if (result instanceof Promise)
    void result.then(
      () => pass(`after ${what}`),
      () => undefined,
    );
  return result;
}
pg.Client.prototype.query = counted as unknown as typeof pg.Client.prototype.query; // the same call, with a count before it

/** Time enough for the last piece to arrive. */
const arrivingMs = 300;

/** The body as it is, with the points of its way. */
async function* watched(body: Readable, what: string, bytes: number): AsyncGenerator<Buffer> {
  const killAt = (name: string): void => {
    if (killAtName !== undefined && name.startsWith(killAtName)) process.kill(process.pid, 'SIGKILL');
  };
  let given = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    given += piece.length;
    yield piece;
    if (given >= bytes / 2) killAt(`amid ${what}`);
  }
  setTimeout(killAt, arrivingMs, `sent ${what}`);
}

const dispatch = Reflect.get<Agent, 'dispatch'>(Agent.prototype, 'dispatch');
Agent.prototype.dispatch = function (options, handler) {
  const what = `${options.method} ${options.path.split('?')[0] ?? ''}`;
  pass(`before ${what}`);
  // The remote has done it, and the answer has not been looked at.
  const watching = new Proxy(handler, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (name !== 'onResponseStart' && name !== 'onHeaders') return value;
      return typeof value !== 'function'
        ? value
        : (...args: unknown[]): unknown => {
            pass(`after ${what}`);
            return value.apply(target, args) as unknown;
          };
    },
  });
  const { body, headers } = options;
  if (!(body instanceof Readable)) return dispatch.call(this, options, watching);
  const length = Number(Object.entries(headers ?? {}).find(([name]) => name === 'content-length')?.[1]);
  return dispatch.call(
    this,
    { ...options, body: Readable.from(watched(body, what, length), { objectMode: false }) },
    watching,
  );
};
