/** `jobs list|show|cancel`. */
import { cancelJob, fetchJob, type Job, listJobs } from '../../../operate/jobs/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';

export async function listRequested(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => listJobs(app, {}, flags.limit));
  if (flags.json) context.printJson('jobList', rows);
  else if (rows.length === 0) context.print('No jobs.');
  else
    context.print(
      fittedTable(
        ['ID', 'REQUESTED (UTC)', 'WHAT', 'BY', 'STATE'],
        rows.map((row) => [
          row.id,
          minuteText(row.requestedAt),
          row.kind.replaceAll('_', ' '),
          row.requestedBy,
          stateText(row),
        ]),
        context.width,
      ),
    );
}

function stateText({ state, progress, problem }: Job): string {
  if (state === 'running' && progress.done !== null)
    return `running: ${progress.step ?? ''} ${progress.done}${progress.total === null ? '' : ` of ${progress.total}`} ${progress.unit ?? ''}`.trim();
  return problem === null ? state : `${state}: ${problem.message}`;
}

const jobLines = (row: Job): string[] => [
  `${row.kind.replaceAll('_', ' ')}, requested ${minuteText(row.requestedAt)} UTC by ${row.requestedBy}`,
  `  ${stateText(row)}`,
  ...(row.problem?.remedy === undefined ? [] : [`  ${row.problem.remedy}`]),
  ...(row.operationId === null ? [] : [`  See: tieline ops show ${row.operationId.slice(0, 8)}`]),
];

export async function showJob(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row = await context.host.withApp(flags, (app) => fetchJob(app, id));
  if (flags.json) context.printJson('job', row);
  else for (const line of jobLines(row)) context.print(line);
}

export async function cancelRequested(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row = await context.host.withApp(flags, (app) => cancelJob(app, { name: accountName() }, id));
  if (flags.json) context.printJson('job', row);
  else
    context.print(
      row.state === 'cancelled'
        ? 'Cancelled.'
        : row.state === 'running'
          ? 'It ends within seconds.'
          : `It is over: ${row.state}.`,
    );
}
