/** `dashboards list|show|export`. */
import { writeFile } from 'node:fs/promises';
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import {
  type DashboardData,
  dashboardRows,
  fetchDashboard,
  listDashboards,
  printDashboard,
} from '../../../modules/metrics/index.ts';
import { discloseExport } from '../../../modules/privacy/index.ts';
import { messageOf, shownText, TielineError } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { leavingOf, type LeavingFlags } from '../kit/flags.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { writeCsv } from '../lists/write-csv.ts';
import { targetText, valueText } from './metrics.view.ts';

type PeriodFlags = GlobalFlags & { readonly days: number; readonly system?: string };

export async function showDashboards(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const items = await context.host.withApp(flags, (app) => listDashboards(app, localOperator(accountName())));
  if (flags.json) context.printJson('dashboardList', { items });
  else
    context.print(
      fittedTable(
        ['DASHBOARD', 'NAME', 'TILES', 'OF', 'FOR', 'MADE'],
        items.map((each) => [
          each.id,
          shownText(each.name),
          String(each.tiles.length),
          shownText(each.owner ?? 'Tieline'),
          each.isPublic ? 'everybody' : each.roles.join(', ') || 'its owner',
          each.createdAt?.toISOString().slice(0, 10) ?? '',
        ]),
        context.width,
      ),
    );
}

const fetchFor = (app: App, flags: PeriodFlags, id: string): Promise<DashboardData> =>
  fetchDashboard(
    app,
    { actor: localOperator(accountName()), scope: everywhere },
    { id, days: flags.days, system: flags.system },
  );

export async function showDashboard(
  context: CommandContext,
  flags: PeriodFlags,
  [id]: readonly [string],
): Promise<void> {
  const dashboard = await context.host.withApp(flags, (app) => fetchFor(app, flags, id));
  if (flags.json) {
    context.printJson('dashboardData', dashboard);
    return;
  }
  const rows = dashboard.tiles.flatMap(({ metric, measure, tile, bars }): string[][] =>
    tile.by === null
      ? [
          [
            metric.code ?? metric.name,
            shownText(measure.title),
            valueText(measure.value, measure.unit),
            targetText(measure),
            measure.isMet === null ? '' : measure.isMet ? 'met' : 'MISSED',
            metric.needs === null ? (metric.takenOn ?? '') : `needs ${metric.needs}`,
          ],
        ]
      : bars.map(({ of, value }) => [
          metric.code ?? metric.name,
          `${shownText(measure.title)}: ${shownText(of)}`,
          valueText(value, measure.unit),
          '',
          '',
          metric.takenOn ?? '',
        ]),
  );
  context.print(
    `${shownText(dashboard.name)}${dashboard.system === null ? '' : `, ${dashboard.system}`}\n\n${fittedTable(['METRIC', 'WHAT', 'VALUE', 'TARGET', '', 'AS OF'], rows, context.width)}`,
  );
}

type ExportFlags = PeriodFlags & LeavingFlags & { readonly pdf?: string };

/** Metrics that people define may be broken down by anything, a person too: what leaves the agency is accounted for once it is made. */
async function made<T>(
  app: App,
  flags: ExportFlags,
  { id, make }: { readonly id: string; readonly make: (dashboard: DashboardData) => Promise<T> | T },
): Promise<T> {
  const outcome = await make(await fetchFor(app, flags, id));
  const leaving = leavingOf(flags);
  if (leaving)
    await discloseExport(app, localOperator(accountName()), {
      what: `dashboard ${id}`,
      scope: everywhere,
      leaving,
    });
  return outcome;
}

/** @throws TielineError USAGE where the file cannot be written. */
async function writePaper(
  context: CommandContext,
  flags: ExportFlags,
  id: string,
  path: string,
): Promise<void> {
  const { bytes } = await context.host.withApp(flags, async (app) =>
    made(app, flags, { id, make: (dashboard) => printDashboard(app, dashboard, context.host.signal) }),
  );
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new TielineError('USAGE', `${path} could not be written: ${messageOf(cause)}`, { cause });
  }
  context.print(`Written: ${path} (${bytes.length} bytes)`);
}

export async function exportDashboard(
  context: CommandContext,
  flags: ExportFlags,
  [id]: readonly [string],
): Promise<void> {
  if (flags.pdf !== undefined) {
    await writePaper(context, flags, id, flags.pdf);
    return;
  }
  const rows = await context.host.withApp(flags, (app) => made(app, flags, { id, make: dashboardRows }));
  const each = async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  };
  await writeCsv(
    context,
    (
      ['metric', 'title', 'measure', 'unit', 'of', 'day', 'value', 'comparison', 'target', 'remark'] as const
    ).map((head) => ({
      head,
      cell: (row: (typeof rows)[number]) => row[head],
    })),
    each(),
  );
}
