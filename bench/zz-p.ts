import { readFileSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { filterPairs, parseFilter, parseSort } from '../src/platform/lists/index.ts';
import { findingList } from '../src/canonical/lists/index.ts';
import * as L from '../src/record/finding-lists/index.ts';
import type { Scope } from '../src/canonical/access/index.ts';
const url = readFileSync('/tmp/apiworld/full.log', 'utf8').trim().split('\n')[0] ?? '';
const o = await openDatabase(url, { maxConnections: 1 });
const { rows } = await o.pool.query<{ pid: number }>('select pg_backend_pid() as pid');
const cpu = () => { const f = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(' '); return (Number(f[13]) + Number(f[14])) * 10; };
const many = (n: number) => Array.from({ length: n }, (_, i) => 'SYS-' + String(i + 1).padStart(3, '0'));
const scopes: Record<string, Scope> = { all: { kind: 'everywhere' }, one: { kind: 'boundaries', systemIds: ['SYS-005'], unassigned: false }, ten: { kind: 'boundaries', systemIds: many(10), unassigned: false }, fifty: { kind: 'boundaries', systemIds: many(50), unassigned: false }, un: { kind: 'boundaries', systemIds: many(100), unassigned: true } };
const f = (l: string) => parseFilter(findingList.filters, filterPairs(l), new Date('2026-11-25T12:00:00Z'));
const [mode = '', sc = 'all', line = '', by = 'severity', n = '5'] = process.argv.slice(2);
// every statement that is run, explained
const explaining = process.env.EXPLAIN;
const orig = o.pool.query.bind(o.pool);
for (const s of sc.split(',')) {
  const scope = scopes[s]!;
  const run = () => mode === 'page' ? L.listFindings(o.db, scope, { filter: f(line), sort: parseSort(by === 'severity' ? '-severity' : by, findingList.sorts), limit: 100 }) : mode === 'count' ? L.countFindings(o.db, scope, f(line)) : mode === 'facet' ? L.facetFindings(o.db, scope, f(line), by as never) : L.groupFindings(o.db, scope, { filter: f(line), by: by as never, limit: 50 });
  if (explaining) {
    const c = await o.pool.connect();
    await c.query(`load 'auto_explain'`).catch(e => console.log(String(e)));
    await c.query(`set auto_explain.log_min_duration=0; set auto_explain.log_analyze=on; set auto_explain.log_timing=off; set client_min_messages=log`).catch(e => console.log(String(e)));
    c.on('notice', (m) => console.log(m.message?.split('\n').map((l) => l.slice(0, 230)).slice(0, 90).join('\n')));
    c.release();
    await run(); continue;
  }
  await run();
  const times = []; const t = cpu();
  for (let i = 0; i < Number(n); i++) { const b = performance.now(); await run(); times.push(performance.now() - b); }
  times.sort((a, b) => a - b);
  console.log(mode, s.padEnd(6), by.padEnd(9), line.padEnd(60), 'CPU', ((cpu() - t) / Number(n)).toFixed(0).padStart(5), 'min', times[0]?.toFixed(0).padStart(5), 'p50', times[Math.floor(times.length / 2)]?.toFixed(0).padStart(5));
}
await o.close();
