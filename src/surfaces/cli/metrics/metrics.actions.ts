/** `metrics list|show|values|records|take`. */
import { everywhere } from '../../../canonical/access/index.ts';
import {
  computeHistory,
  listMetrics,
  type ListedMetric,
  metricRecords,
  metricSeries,
  recordsBody,
  seriesBody,
  seriesRows,
  takeMetrics,
} from '../../../modules/metrics/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { writeCsv } from '../lists/write-csv.ts';
import { metricTable, metricText, recordsText, seriesText, takeText } from './metrics.view.ts';

type CsvFlags = GlobalFlags & { readonly csv?: boolean };

async function* each<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const row of rows) yield await Promise.resolve(row);
}

export async function showMetrics(context: CommandContext, flags: CsvFlags): Promise<void> {
  const items = await context.host.withApp(flags, (app) => listMetrics(app, everywhere));
  if (flags.csv)
    await writeCsv(
      context,
      [
        { head: 'code', cell: (row) => row.metric.code },
        { head: 'name', cell: (row) => row.metric.name },
        { head: 'measure', cell: (row) => row.measure.key },
        { head: 'title', cell: (row) => row.measure.title },
        { head: 'unit', cell: (row) => row.measure.unit },
        { head: 'value', cell: (row) => row.measure.value },
        { head: 'target', cell: (row) => row.measure.target?.target ?? null },
        { head: 'met', cell: (row) => row.measure.isMet },
        { head: 'as of', cell: (row) => row.metric.takenOn },
        { head: 'needs', cell: (row) => row.metric.needs },
      ],
      each(items.flatMap((metric) => metric.measures.map((measure) => ({ metric, measure })))),
    );
  else if (flags.json) context.printJson('metricList', { items });
  else context.print(metricTable(items, context.width));
}

const named = (items: readonly ListedMetric[], name: string): ListedMetric => {
  const found = items.find(
    ({ code, name: own }) => code === name.toUpperCase() || own === name.toLowerCase(),
  );
  if (found) return found;
  throw new TielineError('METRIC_UNKNOWN', `There is no metric "${name}".`);
};

export async function showMetric(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  const metric = named(await context.host.withApp(flags, (app) => listMetrics(app, everywhere)), name);
  if (flags.json) context.printJson('metricRow', metric);
  else {
    context.print(metricText(metric));
    context.printWhole(`\n${metric.query}`);
  }
}

type ValuesFlags = CsvFlags & {
  readonly measure?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: 'system' | 'severity' | 'band';
  readonly system?: string;
  readonly against?: string;
};

function dayGiven(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new TielineError('USAGE', `${flag} is "${text}", which is no day. Expected: YYYY-MM-DD.`);
}

function periodGiven(text: string | undefined): { from: string; to: string } | undefined {
  if (text === undefined) return undefined;
  const [from, to, ...more] = text.split('..');
  const period = { from: dayGiven('--against', from), to: dayGiven('--against', to) };
  if (period.from === undefined || period.to === undefined || more.length > 0)
    throw new TielineError(
      'USAGE',
      `--against is "${text}". Expected: FROM..TO, such as 2026-10-01..2026-10-31.`,
    );
  return { from: period.from, to: period.to };
}

export async function showValues(
  context: CommandContext,
  flags: ValuesFlags,
  [metric]: readonly [string],
): Promise<void> {
  const { measure, by, system, from, to, against, csv } = flags;
  const query = {
    metric,
    measure,
    by,
    system,
    from: dayGiven('--from', from),
    to: dayGiven('--to', to),
    against: periodGiven(against),
  };
  const series = await context.host.withApp(flags, (app) => metricSeries(app, everywhere, query));
  if (csv)
    await writeCsv(
      context,
      [
        { head: 'day', cell: (row) => row.day },
        { head: 'of', cell: (row) => row.of },
        { head: series.measure.key, cell: (row) => row.value },
        { head: 'computed', cell: (row) => row.computed },
      ],
      each(seriesRows(series)),
    );
  else if (flags.json) context.printJson('metricSeries', seriesBody(series));
  else context.print(seriesText(series, context.width));
}

type RecordsFlags = GlobalFlags & {
  readonly measure?: string;
  readonly system?: string;
  readonly severity?: string;
  readonly band?: string;
  readonly base: boolean;
  readonly limit: number;
};

export async function showRecords(
  context: CommandContext,
  flags: RecordsFlags,
  [metric]: readonly [string],
): Promise<void> {
  const { measure, system, severity, band, base, limit } = flags;
  const found = await context.host.withApp(flags, (app) =>
    metricRecords(app, everywhere, {
      metric,
      measure,
      system,
      severity,
      band,
      part: base ? 'base' : 'counted',
      limit,
    }),
  );
  if (flags.json) context.printJson('metricRecordList', recordsBody(found, null));
  else {
    context.print(recordsText(found, context.width));
    if (found.items.length < found.count)
      context.print(`\n${found.items.length} of ${found.count} shown; --limit shows more, up to 500.`);
  }
}

export async function take(
  context: CommandContext,
  flags: GlobalFlags & { readonly history: boolean },
  [names]: readonly [readonly string[]],
): Promise<void> {
  const { signal } = context.host;
  await context.host.withApp(flags, async (app) => {
    const only =
      names.length === 0
        ? undefined
        : new Set(
            await listMetrics(app, everywhere).then((items) => names.map((name) => named(items, name).name)),
          );
    const outcome = await takeMetrics(app, { only, signal });
    const history = flags.history ? await computeHistory(app, { signal }) : [];
    if (flags.json) context.printJson('metricTake', { ...outcome, history });
    else context.print(takeText(outcome, history));
    if (outcome.metrics.some(({ problem }) => problem !== undefined)) context.result.exitCode = 3;
  });
}
