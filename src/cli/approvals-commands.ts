import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { decide, findApprovals, type ApprovalRow } from '../app/approvals/approvals.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { shortValue } from './short-value.ts';
import { counted } from './table.ts';

const instant = (at: Date | null): string => at?.toISOString().slice(0, 19).replace('T', ' ') ?? '–';

export function addApprovalsCommands(program: Command, context: CommandContext): void {
  const approvals = program
    .command('approvals')
    .description('outbound changes that wait for a person, because a policy says so');

  approvals
    .command('list')
    .description('what waits, change by change')
    .option('--all', 'also what was decided', false)
    .option('--limit <n>', 'how many approvals', wholeNumber(1, 10_000), 20)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { all: boolean; limit: number }>();
      const rows = await context.host.withApp(flags, (app) => findApprovals(app, flags, flags.limit));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('No change waits for approval.');
      else for (const row of rows) printApproval(context, row);
    });

  for (const [name, approved, title] of [
    ['approve', true, 'let the changes of an approval go out; a worker or the next sync sends them'],
    [
      'reject',
      false,
      'drop the changes of an approval; they are not planned again until their values are others',
    ],
  ] as const)
    approvals
      .command(`${name} <id>`)
      .description(title)
      .option('--reason <text>', 'for the journal')
      .option('--by <name>', 'who decides (default: the name of the account)')
      .action(async (id: string, _options, command: Command) => {
        const flags = command.optsWithGlobals<GlobalFlags & { reason?: string; by?: string }>();
        const outcome = await context.host.withApp(flags, (app) =>
          decide(app, id, { approved, by: flags.by ?? userInfo().username, reason: flags.reason }),
        );
        if (flags.json) context.printJson(outcome);
        else
          context.print(
            `${counted(outcome.changes, 'change')} to ${outcome.system} ${approved ? 'may go out. Next: tieline sync run (or a worker sends them by itself)' : 'dropped; what is here stands as it is.'}`,
          );
      });
}

function printApproval(context: CommandContext, row: ApprovalRow): void {
  const decided = row.decidedBy === null ? '' : `, by ${row.decidedBy} on ${instant(row.decidedAt)} UTC`;
  context.print(
    `${row.approvalId.slice(0, 8)}  ${row.action}  (${row.status}${decided}; asked for on ${instant(row.requestedAt)} UTC)`,
  );
  for (const change of row.content) {
    const title = `    ${change.entity} ${change.record}`;
    if (change.kind === 'create') {
      const first = change.after['weakness_description'] ?? change.after;
      context.print(`${title}: new, ${shortValue(first)}  (${change.reason})`);
    } else if (change.entity === 'asset_tag')
      context.print(`${title}: ${shortValue(change.after['category'])}  (${change.reason})`);
    else
      for (const [field, after] of Object.entries(change.after)) {
        const before =
          typeof change.before === 'object' && change.before !== null && !Array.isArray(change.before)
            ? change.before[field]
            : undefined;
        context.print(`${title} ${field}: ${shortValue(before)} → ${shortValue(after)}`);
      }
  }
  if (row.status === 'pending')
    context.print(`    Next: tieline approvals approve ${row.approvalId.slice(0, 8)}, or reject`);
}
