/**
 * The state of an installation in the text format of Prometheus (version 0.0.4): https://prometheus.io/docs/instrumenting/exposition_formats/
 * Counters are of all processes together, server, workers and commands, and only grow.
 */
import type { Kysely } from 'kysely';
import { listTotals, type TotalRow } from '../../ledger/performance/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { countWorkers } from '../../platform/queue/index.ts';
import { boundsMs } from '../../platform/timings/index.ts';
import { gauges, readGauge } from './gauges.sql.ts';

type Labels = Readonly<Record<string, string | number | null>>;

/** What is said of the process that answers; a command says nothing of itself, for it ends with the answer. */
export interface ProcessFacts {
  readonly version: string;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly startedAt: Date;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).flatMap(([key, label]) =>
    label === null ? [] : [`${key}="${escaped(String(label))}"`],
  );
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

const family = (
  name: string,
  type: 'gauge' | 'counter' | 'histogram',
  help: string,
  lines: readonly string[],
): string[] => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];

function histogramOf({ kind, component, operation, calls, totalMs, histogram }: TotalRow): string[] {
  const labels = { kind, component, operation };
  let below = 0;
  const buckets = boundsMs.map((bound, place) => {
    below += histogram[place] ?? 0;
    return line('tieline_work_seconds_bucket', { ...labels, le: bound / 1000 }, below);
  });
  return [
    ...buckets,
    line('tieline_work_seconds_bucket', { ...labels, le: '+Inf' }, calls),
    line('tieline_work_seconds_sum', labels, totalMs / 1000),
    line('tieline_work_seconds_count', labels, calls),
  ];
}

const ofWork = (totals: readonly TotalRow[]): string[] => [
  ...family(
    'tieline_work_seconds',
    'histogram',
    'What calls of external systems, steps of syncs, jobs, statements and requests took.',
    totals.flatMap(histogramOf),
  ),
  ...family(
    'tieline_work_failures_total',
    'counter',
    'Those of them that failed.',
    totals.map(({ kind, component, operation, failed }) =>
      line('tieline_work_failures_total', { kind, component, operation }, failed),
    ),
  ),
];

const ofProcess = ({ version, residentBytes, cpuSeconds, startedAt }: ProcessFacts): string[] => [
  ...family('tieline_build_info', 'gauge', 'The version that answers.', [
    line('tieline_build_info', { version }, 1),
  ]),
  ...family('process_resident_memory_bytes', 'gauge', 'Memory of the server that answers.', [
    line('process_resident_memory_bytes', {}, residentBytes),
  ]),
  ...family('process_cpu_seconds_total', 'counter', 'CPU time of the server that answers.', [
    line('process_cpu_seconds_total', {}, cpuSeconds),
  ]),
  ...family('process_start_time_seconds', 'gauge', 'When the server that answers was started.', [
    line('process_start_time_seconds', {}, startedAt.getTime() / 1000),
  ]),
];

/** @param process of a server that answers; undefined: the text is of a command. */
export async function fetchPrometheusText(
  { db }: { readonly db: Kysely<Database> },
  process?: ProcessFacts,
): Promise<string> {
  const lines = process ? ofProcess(process) : [];
  for (const gauge of gauges) {
    const rows = await readGauge(db, gauge);
    const own = rows.map(({ value, ...labels }) => line(gauge.name, labels, Number(value)));
    lines.push(...family(gauge.name, 'gauge', gauge.help, own));
  }
  const workers = await countWorkers(db);
  lines.push(
    ...family('tieline_workers', 'gauge', 'Workers that are alive.', [line('tieline_workers', {}, workers)]),
  );
  lines.push(...ofWork(await listTotals(db)));
  return `${lines.join('\n')}\n`;
}
