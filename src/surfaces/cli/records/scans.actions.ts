/** `scans list|show|follow|launch`. */
import { shownText } from '../../../platform/errors/index.ts';
import {
  fetchScanDetail,
  findScans,
  followScans,
  launchScan,
  planScan,
  type RemediationScanRow,
  type ScanWish,
} from '../../../modules/scans/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { rowId, type DecisionFlags } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import {
  detailLines,
  leftOutLines,
  nextAfterFollow,
  nextAfterLaunch,
  planLines,
  scanTable,
} from './scans.view.ts';

export async function listScans(
  context: CommandContext,
  flags: GlobalFlags & { readonly system?: string; readonly unfinished: boolean; readonly limit: number },
): Promise<void> {
  const { unfinished, system } = flags;
  const query = { unfinished, ...defined({ system }) };
  const listed = await context.host.withApp(flags, (app) =>
    listUpTo(flags.limit, (limit) => findScans(app, query, limit)),
  );
  const { rows } = listed;
  if (flags.json) context.printJson('scanList', rows);
  else context.print(rows.length === 0 ? 'No scans match.' : scanTable(rows, context.width));
  tellCut(context, flags, listed);
}

export async function showScan(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const detail = await context.host.withApp(flags, (app) => fetchScanDetail(app, rowId(id)));
  if (flags.json) context.printJson('scanDetail', detail);
  else context.print(detailLines(detail, context.width).join('\n'));
}

export async function follow(
  context: CommandContext,
  flags: GlobalFlags & { readonly wait: boolean },
  [id]: readonly [string | undefined],
): Promise<void> {
  const { signal, terminal } = context.host;
  const caller = {
    signal,
    report: () => undefined,
    saw: (scan: RemediationScanRow): void => {
      if (!flags.json) terminal.err.write(`${shownText(`scan ${scan.id}: ${scan.state}`)}\n`);
    },
  };
  const options = { id: id === undefined ? undefined : rowId(id), wait: flags.wait };
  const rows = await context.host.withApp(flags, (app) => followScans(app, options, caller));
  if (flags.json) context.printJson('scanList', rows);
  else if (rows.length === 0) context.print('No unfinished scans.');
  else context.print(`${scanTable(rows, context.width)}\n${nextAfterFollow(rows)}`);
  if (rows.some((row) => row.problem !== null)) context.result.exitCode = 3;
}

interface LaunchFlags extends DecisionFlags {
  readonly poam?: string;
  readonly finding?: string[];
  readonly asset?: string[];
  readonly plugin?: string[];
  readonly plan?: boolean;
}

export async function launch(
  context: CommandContext,
  flags: LaunchFlags,
  [system]: readonly [string],
): Promise<void> {
  const wish: ScanWish = {
    poam: flags.poam,
    findings: flags.finding ?? [],
    assets: flags.asset ?? [],
    plugins: flags.plugin ?? [],
  };
  if (flags.plan) {
    const plan = await context.host.withApp(flags, (app) => planScan(app, system, wish));
    if (flags.json) context.printJson('scanPlan', plan);
    else context.print(planLines(plan, context.width).join('\n'));
    return;
  }
  const caller = { signal: context.host.signal, report: () => undefined };
  const outcome = await context.host.withApp(flags, (app) =>
    launchScan(app, system, wish, decider(flags), caller),
  );
  const { scan, plan, resumed } = outcome;
  if (flags.json) context.printJson('scanLaunched', outcome);
  else {
    for (const line of leftOutLines(plan)) context.print(line);
    context.print(
      `Scan ${scan.id} (${counted(plan.pluginIds.length, 'plugin')} on ${counted(plan.targets.length, 'machine')}): ${resumed ? 'had been asked for already; it is ' : ''}${scan.state}.\n${nextAfterLaunch(scan)}`,
    );
  }
  if (scan.state === 'waiting') context.result.exitCode = 3;
}
