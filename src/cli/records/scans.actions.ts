import { userInfo } from 'node:os';
import { shownText } from '../../errors/shown-text.ts';
import type { Command } from 'commander';
import { planScan, type ScanPlan, type ScanWish } from '../../app/remediation-scans/plan-scan.ts';
import {
  fetchScanDetail,
  findScans,
  followScans,
  launchScan,
  type RemediationScanRow,
  type ScanDetail,
} from '../../app/remediation-scans/remediation-scans.ts';
import type { ScanVerdict } from '../../model/remediation-scan.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import { wholeNumber } from '../kit/flags.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

interface LaunchFlags extends GlobalFlags {
  readonly poam?: string;
  readonly finding?: string[];
  readonly asset?: string[];
  readonly plugin?: string[];
  readonly plan?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

const instant = (at: Date | null): string => at?.toISOString().slice(0, 19).replace('T', ' ') ?? '–';
const scanId = wholeNumber(1, 2 ** 31 - 1);
/** Rows of findings that a person is shown; --json has them all. */
const shownAtMost = 50;

const verdicts: Record<ScanVerdict, string> = {
  pending: 'not known yet',
  fixed: 'fixed by it',
  fixed_otherwise: 'fixed, not by it',
  open: 'still open',
  not_covered: 'not covered',
};

export function addScansCommands(program: Command, context: CommandContext): void {
  const scans = program
    .command('scans')
    .description('have a scanner look again at what was patched; only a scan makes a finding fixed');
  addLaunch(scans, context);

  scans
    .command('list')
    .description('the scans that were asked for, the newest first')
    .option('--system <name>', 'of this external system only')
    .option('--unfinished', 'only those of which something may still come', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 50)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { system?: string; unfinished: boolean; limit: number }
      >();
      const query = {
        unfinished: flags.unfinished,
        ...(flags.system === undefined ? {} : { system: flags.system }),
      };
      const listed = await context.host.withApp(flags, (app) =>
        listUpTo(flags.limit, (limit) => findScans(app, query, limit)),
      );
      const { rows } = listed;
      if (flags.json) context.printJson(rows);
      else
        context.print(
          rows.length === 0 ? 'No scan fits that.' : scanTable(rows, widthOf(context.host.terminal)),
        );
      tellCut(context, flags, listed);
    });

  scans
    .command('show <id>')
    .description('how far a scan is, and what came of it for each finding')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const detail = await context.host.withApp(flags, (app) => fetchScanDetail(app, scanId(id)));
      if (flags.json) context.printJson(detail);
      else printDetail(context, detail);
    });

  scans
    .command('follow [id]')
    .description('ask how unfinished scans stand, and continue those that were interrupted')
    .option('--wait', 'until they are over', false)
    .action(async (id: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { wait: boolean }>();
      const caller = {
        signal: context.host.signal,
        report: () => undefined,
        saw: (scan: RemediationScanRow): void => {
          if (!flags.json)
            context.host.terminal.err.write(shownText(`scan ${scan.id}: ${scan.state}`) + '\n');
        },
      };
      const options = { id: id === undefined ? undefined : scanId(id), wait: flags.wait };
      const rows = await context.host.withApp(flags, (app) => followScans(app, options, caller));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('No scan is under way.');
      else context.print(`${scanTable(rows, widthOf(context.host.terminal))}\n${nextAfterFollow(rows)}`);
      if (rows.some((row) => row.problem !== null)) context.result.exitCode = 3;
    });
}

function addLaunch(scans: Command, context: CommandContext): void {
  scans
    .command('launch <system>')
    .description('ask for a scan of just those plugins on just those machines, and launch it')
    .option('--poam <id>', 'what is open of this POA&M')
    .option('--finding <id...>', 'these findings: our numbers, or the server’s uuids')
    .option('--asset <uuid...>', 'these assets of ours, with --plugin')
    .option('--plugin <id...>', 'these plugins, with --asset')
    .option('--plan', 'only show what would be launched')
    .option('--reason <text>', 'why; for the journal and the description at the server')
    .option('--by <name>', 'who asks (default: the name of the account)')
    .action(async (system: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<LaunchFlags>();
      const wish: ScanWish = {
        poam: flags.poam,
        findings: flags.finding ?? [],
        assets: flags.asset ?? [],
        plugins: flags.plugin ?? [],
      };
      if (flags.plan) {
        const plan = await context.host.withApp(flags, (app) => planScan(app, system, wish));
        if (flags.json) context.printJson(plan);
        else printPlan(context, plan);
        return;
      }
      const asked = { by: flags.by ?? userInfo().username, reason: flags.reason };
      const caller = { signal: context.host.signal, report: () => undefined };
      const outcome = await context.host.withApp(flags, (app) =>
        launchScan(app, system, wish, asked, caller),
      );
      if (flags.json) context.printJson(outcome);
      else {
        const { scan, plan, resumed } = outcome;
        printLeftOut(context, plan);
        context.print(
          `Scan ${scan.id} (${counted(plan.pluginIds.length, 'plugin')} on ${counted(plan.targets.length, 'machine')}): ${resumed ? 'had been asked for already; it is ' : ''}${scan.state}.\n${nextAfterLaunch(scan)}`,
        );
      }
      if (outcome.scan.state === 'waiting') context.result.exitCode = 3;
    });
}

function nextAfterLaunch(scan: RemediationScanRow): string {
  if (scan.state === 'waiting') return 'A policy wants approval. Next: tieline approvals list';
  if (scan.state === 'requested')
    return `Sending to ${scan.system} is paused. Next: tieline outbox resume ${scan.system}, then tieline scans follow ${scan.id}`;
  return `Next: tieline scans follow ${scan.id} --wait`;
}

function nextAfterFollow(rows: readonly RemediationScanRow[]): string {
  const over = rows.find((row) => row.state === 'completed');
  return over
    ? `Next: tieline sync run --system ${over.system} brings what was found; tieline scans show ${over.id} shows it`
    : 'The next sync asks again by itself.';
}

function scanTable(rows: readonly RemediationScanRow[], width: number | undefined): string {
  return fittedTable(
    ['ID', 'SYSTEM', 'STATE', 'FINDINGS', 'PLUGINS', 'MACHINES', 'ASKED FOR (UTC)', 'BY', ''],
    rows.map((row) => [
      String(row.id),
      row.system,
      row.state,
      String(row.findings),
      String(row.pluginIds.length),
      String(row.targets.length),
      instant(row.requestedAt),
      row.requestedBy,
      row.problem === null ? '' : row.problem.message,
    ]),
    width,
  );
}

const shortList = (values: readonly string[]): string =>
  values.length > 10 ? `${values.slice(0, 10).join(', ')} and ${values.length - 10} more` : values.join(', ');

function printPlan(context: CommandContext, plan: ScanPlan): void {
  context.print(
    [
      `Would have ${plan.system} look again; nothing was sent.`,
      `  machines  ${shortList(plan.targets)}`,
      `  plugins   ${shortList(plan.pluginIds)}`,
      ...(plan.needsApproval ? ['  a policy wants approval first'] : []),
      ...(plan.same
        ? [`  scan ${plan.same.id} (${plan.same.state}) is just this: it would be continued`]
        : []),
      '',
      fittedTable(
        ['FINDING', 'MACHINE', 'PLUGIN', 'PORT', 'SEVERITY', 'NAME'],
        plan.findings
          .slice(0, shownAtMost)
          .map((each) => [
            String(each.findingId),
            each.hostname ?? each.asset,
            each.pluginId,
            String(each.port ?? ''),
            each.severity ?? '',
            shortValue(each.name ?? ''),
          ]),
        widthOf(context.host.terminal),
      ),
    ].join('\n'),
  );
  if (plan.findings.length > shownAtMost)
    context.print(`… and ${plan.findings.length - shownAtMost} more; --json has them all`);
  printLeftOut(context, plan);
}

function printLeftOut(context: CommandContext, plan: ScanPlan): void {
  for (const [reason, left] of Map.groupBy(plan.leftOut, (each) => each.reason))
    context.print(`${counted(left.length, 'finding')} left out: ${reason}`);
}

function printDetail(context: CommandContext, detail: ScanDetail): void {
  const { scan, findings, moves } = detail;
  context.print(
    [
      `Scan ${scan.id} by ${scan.system}: ${scan.state}${scan.externalId === null ? '' : ` (there: ${scan.externalId})`}`,
      `  machines  ${shortList(scan.targets)}`,
      `  plugins   ${shortList(scan.pluginIds)}`,
      `  ran       ${instant(scan.startedAt)} to ${instant(scan.endedAt)} UTC`,
      ...(scan.problem === null
        ? []
        : [`  problem   ${scan.problem.message}`, `  do        ${scan.problem.remedy}`]),
      ...moves.map(
        (move) =>
          `  ${instant(move.at)}  ${move.state}, ${move.by}${move.reason === null ? '' : `: ${move.reason}`}`,
      ),
      '',
      fittedTable(
        ['FINDING', 'MACHINE', 'PLUGIN', 'PORT', 'NOW', 'WHAT CAME OF IT'],
        findings
          .slice(0, shownAtMost)
          .map((each) => [
            String(each.findingId),
            each.hostname ?? each.asset,
            each.pluginId,
            String(each.port ?? ''),
            each.lifecycleState ?? '',
            verdicts[each.verdict],
          ]),
        widthOf(context.host.terminal),
      ),
    ].join('\n'),
  );
  if (findings.length > shownAtMost)
    context.print(`… and ${findings.length - shownAtMost} more; --json has them all`);
  const sums = [...Map.groupBy(findings, (each) => each.verdict)].map(
    ([verdict, of]) => `${of.length} ${verdicts[verdict]}`,
  );
  context.print(sums.join(', '));
  if (findings.some((each) => each.verdict === 'pending'))
    context.print(
      scan.state === 'completed'
        ? `Next: tieline sync run --system ${scan.system}`
        : `Next: tieline scans follow ${scan.id} --wait`,
    );
  if (findings.some((each) => each.verdict === 'not_covered'))
    context.print(
      'Not covered: the machine was not reached or not signed in to, the port was closed, or its findings come from an agent, which these scans cannot ask.',
    );
}
