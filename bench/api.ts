/**
 * `npm run bench:api`: the API as twenty signed-in people use it, over HTTP, in the world of api-world.ts: lists, counts, facets, records, the
 * export of all findings, idle streams of events. How to read it: bench/README.md. Times are never a pass or a fail; a refused request is.
 */
import { writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Asked, askEvenly, timesOf } from './api/ask.ts';
import { aims, type Case, type Kind } from './api/cases.ts';
import { fullSize, sizeOf } from './api/draw.ts';
import { measureExport, measureStreams } from './api/export-and-streams.ts';
import { signInPeople, signOutPeople } from './api/people.ts';
import { questionsFor, warmUp } from './api/questions.ts';
import { startServer } from './api/server.ts';
import { openApiWorld } from './api-world.ts';

const perSecond = 10;
const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: String(fullSize.findings) },
    directory: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const findings = Number(values.findings);
const directory = values.directory ?? join(tmpdir(), `tieline-bench-world-${findings}`);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const names: Record<Kind, string> = { list: 'lists', count: 'counts', facet: 'facets', detail: 'records' };

function grouped(asked: readonly Asked[], keyOf: (what: Case) => string): ReadonlyMap<string, Asked[]> {
  const groups = new Map<string, Asked[]>();
  for (const each of asked) {
    const key = keyOf(each.what);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

const row = (key: string, kind: Kind, asked: readonly Asked[]) => {
  const times = timesOf(asked);
  return { what: key, ...times, aim: aims[kind], met: times.p95 < aims[kind] };
};
type Row = ReturnType<typeof row>;

/** All of a kind, then each noun, then the single requests that miss what is promised. */
function summarized(asked: readonly Asked[]): { kinds: Row[]; nouns: Row[]; missed: Row[] } {
  const rows = (keyOf: (what: Case) => string): Row[] =>
    [...grouped(asked, keyOf)].flatMap(([key, group]) => {
      const [first] = group;
      return first ? [row(key, first.what.kind, group)] : [];
    });
  return {
    kinds: rows(({ kind }) => names[kind]),
    nouns: rows(({ noun, kind }) => `${noun} ${names[kind]}`).toSorted((a, b) => (a.what < b.what ? -1 : 1)),
    missed: rows(({ path }) => path)
      .filter(({ met }) => !met)
      .toSorted((a, b) => b.p95 - a.p95),
  };
}

const shown = (rows: readonly Row[]): string[] =>
  rows.map(({ what, requests, p50, p95, aim, met }) =>
    [
      what.padEnd(64),
      String(requests).padStart(6),
      p50.toFixed(1).padStart(8),
      p95.toFixed(1).padStart(8),
      String(aim).padStart(5),
      met ? ' met' : ' MISSED',
    ].join(''),
  );

const other = (what: string, measured: number, unit: string, aim: string, met: boolean): string =>
  `${what.padEnd(64)}${measured.toLocaleString('en').padStart(14)} ${unit.padEnd(8)} ${aim} ${met ? 'met' : 'MISSED'}`;

async function measure() {
  say(`The world of ${findings.toLocaleString('en')} findings is in ${directory} …`);
  await using world = await openApiWorld(directory, sizeOf(findings));
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await using _ = { [Symbol.asyncDispose]: () => client.end() };
  await using server = await startServer(world.url);
  const people = await signInPeople(world.database, server.address);
  const questions = await questionsFor(server.address, people, Number(values.rounds));
  await warmUp(server.address, questions);
  say(`${questions.length} requests of ${people.length} people at ${perSecond} a second …`);
  server.forgetPeak();
  const asked = await askEvenly(server.address, questions, perSecond);
  const readingPeakMegabytes = server.peakMegabytes();
  say('Streams, then the export …');
  const events = await measureStreams(server, people, client);
  const [reader] = people;
  if (!reader) throw new Error('nobody signed in');
  const exported = await measureExport(server, reader, client);
  await signOutPeople(server.address, people);
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  return {
    findings,
    people: people.length,
    requestsPerSecond: perSecond,
    ...summarized(asked),
    readingPeakMegabytes,
    export: exported,
    events,
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      postgres: rows[0]?.version ?? 'unknown',
    },
  };
}

const result = await measure();
const { kinds, nouns, missed, events } = result;
const table = [
  `${'milliseconds'.padEnd(64)}     n     p50     p95  aim`,
  ...shown(kinds),
  '',
  ...shown(nouns),
  '',
  missed.length === 0
    ? 'No single request misses its aim at p95.'
    : 'Single requests that miss their aim at p95:',
  ...shown(missed),
  '',
  other(
    'export of all findings as CSV',
    result.export.rowsPerSecond,
    'rows/s',
    '20,000',
    result.export.rowsPerSecond >= 20_000,
  ),
  `${'  as a share of COPY of the table in the same run'.padEnd(64)}${String(result.export.toCopy).padStart(14)}`,
  other(
    '  peak memory of the server',
    result.export.peakMegabytes,
    'MB',
    '< 200',
    result.export.peakMegabytes < 200,
  ),
  `${'  peak memory of the server while it was read'.padEnd(64)}${String(result.readingPeakMegabytes).padStart(14)} MB`,
  other(`${events.streams} idle streams: CPU`, events.cpuPercent, '% core', '< 1', events.cpuPercent < 1),
  other('  memory that they added', events.megabytes, 'MB', '< 20', events.megabytes < 20),
  other('  connections that LISTEN', events.listenConnections, '', '1', events.listenConnections === 1),
];
console.log(values.json ? JSON.stringify(result) : table.join('\n'));
writeFileSync(
  join(import.meta.dirname, 'results', `api-${findings}.json`),
  `${JSON.stringify(result, null, 2)}\n`,
);
