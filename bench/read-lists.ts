/**
 * `node bin/run.js bench/read-lists.ts DIRECTORY`: every list, filter, count and facet of findings and assets over 20 scopes, in the world of
 * api-world.ts. Prints p50 and p95 in milliseconds, as waited for and as CPU of the server's process, which neighbours disturb less.
 * `--only WORD` measures what has the word in its name.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Scope } from '../src/canonical/access/index.ts';
import { assetList, findingList } from '../src/canonical/lists/index.ts';
import { openDatabase, type OpenDatabase } from '../src/platform/postgres/database.ts';
import { filterPairs, parseFilter, parseSort } from '../src/platform/lists/index.ts';
import * as assets from '../src/record/asset-lists/index.ts';
import * as findings from '../src/record/finding-lists/index.ts';
import { assetFilters, findingFilters, scopes } from './api/filters.ts';
import { openApiWorld, worldNow } from './api-world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, scopes: { type: 'string', default: '20' } },
});

const share = (sorted: readonly number[], of: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? 0;
const shown = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b);
  return [0.5, 0.95].map((of) => share(sorted, of).toFixed(0).padStart(6)).join('');
};

async function main(directory: string): Promise<void> {
  await using world = await openApiWorld(directory);
  // One connection, whose process can be asked for its CPU.
  const database = await openDatabase(world.url, { maxConnections: 1 });
  const { rows } = await database.pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const cpuMs = (): number => {
    const fields = readFileSync(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8').split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  };
  const measure = async (name: string, work: (scope: Scope) => Promise<unknown>): Promise<void> => {
    if (!name.includes(values.only)) return;
    const waited: number[] = [];
    const before = cpuMs();
    for (const scope of scopes.slice(0, Number(values.scopes))) {
      const started = performance.now();
      await work(scope);
      waited.push(performance.now() - started);
    }
    console.log(
      `${name.padEnd(75)} ${shown(waited)} ms   max ${Math.max(...waited)
        .toFixed(0)
        .padStart(6)}   CPU mean ${((cpuMs() - before) / waited.length).toFixed(0).padStart(5)}`,
    );
  };
  console.log(`${'with 20 scopes'.padEnd(75)}    p50   p95`);
  await ofFindings(database, measure);
  await ofAssets(database, measure);
  await database.close();
}
type Measure = (name: string, work: (scope: Scope) => Promise<unknown>) => Promise<void>;

async function ofFindings({ db }: OpenDatabase, measure: Measure): Promise<void> {
  const filterOf = (line: string): findings.FindingFilter =>
    parseFilter(findingList.filters, filterPairs(line), worldNow);
  const sort = (text: string): findings.FindingSort => parseSort(text, findingList.sorts);
  for (const each of findingList.sorts.flatMap((by) => [by, `-${by}`]))
    for (const line of ['', 'state=open,reopened'])
      await measure(`findings page ${each} ${line}`, (scope) =>
        findings.listFindings(db, scope, {
          filter: filterOf(line),
          sort: sort(each),
          limit: 100,
          now: worldNow,
        }),
      );
  for (const line of findingFilters) {
    const filter = filterOf(line);
    await measure(`findings page ${line}`, (scope) =>
      findings.listFindings(db, scope, { filter, sort: sort('-severity'), limit: 100, now: worldNow }),
    );
    await measure(`findings count ${line}`, (scope) =>
      findings.countFindings(db, scope, filter, { now: worldNow }),
    );
  }
  for (const line of ['', 'state=open,reopened', 'state=open,reopened severity=critical,high', 'q=openssl'])
    for (const by of findingList.facets)
      await measure(`findings facet ${by} ${line}`, (scope) =>
        findings.facetFindings(db, scope, { filter: filterOf(line), by, now: worldNow }),
      );
}

async function ofAssets({ db }: OpenDatabase, measure: Measure): Promise<void> {
  for (const line of assetFilters) {
    const filter = parseFilter(assetList.filters, filterPairs(line), worldNow);
    await measure(`assets page ${line}`, (scope) =>
      assets.listAssets(db, scope, { filter, sort: parseSort('-critical', assetList.sorts), limit: 100 }),
    );
    await measure(`assets count ${line}`, (scope) => assets.countAssets(db, scope, filter));
  }
  for (const each of assetList.sorts.flatMap((by) => [by, `-${by}`]))
    await measure(`assets page ${each}`, (scope) =>
      assets.listAssets(db, scope, { filter: {}, sort: parseSort(each, assetList.sorts), limit: 100 }),
    );
  for (const by of assetList.facets)
    await measure(`assets facet ${by}`, (scope) => assets.facetAssets(db, scope, {}, by));
}

const [directory] = positionals;
if (directory === undefined) throw new Error('usage: node bin/run.js bench/read-lists.ts DIRECTORY');
await main(directory);
