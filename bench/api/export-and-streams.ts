/** The export of all findings, and streams of events that nobody writes to. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { cpuSecondsOf } from '../cpu.ts';
import { ask } from './ask.ts';
import type { Person } from './people.ts';
import type { ServerProcess } from './server.ts';

const newLine = 10;
const linesIn = (bytes: Uint8Array): number => {
  let count = 0;
  for (let at = bytes.indexOf(newLine); at !== -1; at = bytes.indexOf(newLine, at + 1)) count += 1;
  return count;
};

async function timed(bytes: AsyncIterable<Uint8Array>): Promise<{ lines: number; seconds: number }> {
  const started = performance.now();
  let lines = 0;
  for await (const piece of bytes) lines += linesIn(piece);
  return { lines, seconds: (performance.now() - started) / 1000 };
}

/** @returns rows a second beside those of COPY of the findings' table as CSV, over the same connection to nothing. */
export async function measureExport(server: ServerProcess, person: Person, client: pg.ClientBase) {
  const copied = await timed(
    client.query(
      copyTo('copy ingestion_vulnerabilities to stdout (format csv)'),
    ) as AsyncIterable<Uint8Array>,
  );
  server.forgetPeak();
  const as: Person = { ...person, headers: { ...person.headers, accept: 'text/csv' } };
  const { body } = await ask(server.address, as, '/findings');
  if (body === null) throw new Error('the export has no body');
  const exported = await timed(body);
  // The marking and the headings are two lines.
  const rows = exported.lines - 2;
  if (rows !== copied.lines) throw new Error(`the export has ${rows} rows, the table ${copied.lines}`);
  const perSecond = rows / exported.seconds;
  const copiedPerSecond = rows / copied.seconds;
  return {
    rows,
    rowsPerSecond: Math.round(perSecond),
    copyRowsPerSecond: Math.round(copiedPerSecond),
    toCopy: Number((perSecond / copiedPerSecond).toFixed(3)),
    peakMegabytes: server.peakMegabytes(),
  };
}

const streams = 10;
const watchedMs = 15_000;

async function cpuShareOf(pid: number): Promise<number> {
  const before = cpuSecondsOf(pid);
  const started = performance.now();
  await delay(watchedMs);
  return (cpuSecondsOf(pid) - before) / ((performance.now() - started) / 1000);
}

/** What ten streams cost a server that does nothing else, beside the same server without them. */
export async function measureStreams(
  server: ServerProcess,
  people: readonly Person[],
  client: pg.ClientBase,
) {
  await delay(2000); // what was read before is put away
  const idle = await cpuShareOf(server.pid);
  const before = server.residentMegabytes();
  const closing = new AbortController();
  const bodies = await Promise.all(
    people.slice(0, streams).map(async ({ headers }) => {
      const answer = await fetch(`${server.address}/api/v1/events`, { headers, signal: closing.signal });
      if (!answer.ok || answer.body === null) throw new Error(`events: ${answer.status}`);
      return answer.body;
    }),
  );
  const reading = bodies.map(async (body) => {
    for await (const _ of body) if (closing.signal.aborted) break;
  });
  await delay(1000);
  const share = await cpuShareOf(server.pid);
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
  );
  const megabytes = server.residentMegabytes() - before;
  closing.abort();
  await Promise.allSettled(reading);
  return {
    streams,
    cpuPercent: Number((share * 100).toFixed(2)),
    cpuPercentWithout: Number((idle * 100).toFixed(2)),
    megabytes,
    listenConnections: rows[0]?.count ?? 0,
  };
}
