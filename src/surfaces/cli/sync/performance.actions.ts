/** `performance list|prometheus`. */
import {
  fetchPerformance,
  fetchPrometheusText,
  type MeasuredWork,
} from '../../../operate/performance/index.ts';
import type { TimingKind } from '../../../platform/timings/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';

interface ListFlags extends GlobalFlags {
  readonly hours: number;
  readonly kind?: TimingKind;
}

/** Milliseconds as people read them: three digits, in the unit that fits. */
export const lasted = (ms: number): string =>
  ms < 1000
    ? `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
    : ms < 120_000
      ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
      : `${(ms / 60_000).toFixed(0)} min`;

/** The component tells the kind: a connection is called or has steps, `postgres` has statements, `worker` jobs, `api` requests. */
const cells = (row: MeasuredWork): string[] => [
  row.component,
  row.operation,
  row.calls.toLocaleString('en'),
  row.failed === 0 ? '–' : row.failed.toLocaleString('en'),
  lasted(row.averageMs),
  lasted(row.p95Ms),
  lasted(row.longestMs),
];

export async function listPerformance(context: CommandContext, flags: ListFlags): Promise<void> {
  const { hours, kind } = flags;
  const found = await context.host.withApp(flags, (app) => fetchPerformance(app, { hours, kind }));
  if (flags.json) context.printJson('performance', found);
  else if (found.items.length === 0)
    context.print(
      `Nothing was measured in the last ${hours} hours. Servers and workers keep what they measured every five minutes, a sync when it ends.`,
    );
  else {
    context.print(
      fittedTable(
        ['BY', 'OPERATION', 'CALLS', 'FAILED', 'MEAN', '95 %', 'MAX'],
        found.items.map(cells),
        context.width,
      ),
    );
    if (found.isCut) context.print('There is more: name a --kind.');
  }
}

export async function printPrometheus(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const text = await context.host.withApp(flags, (app) => fetchPrometheusText(app));
  context.print(text.trimEnd());
}
