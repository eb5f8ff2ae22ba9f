import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  decide,
  describeApproval,
  fetchApproval,
  findApprovals,
  type ApprovalRow,
} from '../../app/approvals/approvals.ts';
import type { DescribedChange } from '../../app/outbound/describe-change.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { changeLines, changeTitle, wrapped } from './described-change.ts';
import { wholeNumber } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';

const instant = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '–';
const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
/** Changes that `approvals list` names of each approval; `show` names all. */
const namedAtMost = 10;

export function addApprovalsCommands(program: Command, context: CommandContext): void {
  const approvals = program
    .command('approvals')
    .description('outbound changes that wait for a person, because a policy says so');

  approvals
    .command('list')
    .description('what waits, one line a change')
    .option('--all', 'also what was decided', false)
    .option('--limit <n>', 'how many approvals', wholeNumber(1, 10_000), 20)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { all: boolean; limit: number }>();
      await context.host.withApp(flags, async (app) => {
        const listed = await listUpTo(flags.limit, (limit) => findApprovals(app, flags, limit));
        const { rows } = listed;
        if (flags.json) context.printJson(rows);
        else if (rows.length === 0) context.print('No change waits for approval.');
        else for (const row of rows) printApproval(context, row, await describeApproval(app, row));
        tellCut(context, flags, listed);
      });
    });

  approvals
    .command('show <id>')
    .description('what would be sent, field by field, in full')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      await context.host.withApp(flags, async (app) => {
        const approval = await fetchApproval(app, id);
        const changes = await describeApproval(app, approval);
        if (flags.json)
          context.printJson({
            ...approval,
            content: approval.content.map((change, n) => ({ ...change, described: changes[n] })),
          });
        else printInFull(context, approval, changes);
      });
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
      .option('--record <id>', 'only the changes of this record; may be given more than once', several)
      .option('--reason <text>', 'for the journal')
      .option('--by <name>', 'who decides (default: the name of the account)')
      .action(async (id: string, _options, command: Command) => {
        const flags = command.optsWithGlobals<
          GlobalFlags & { record?: string[]; reason?: string; by?: string }
        >();
        const outcome = await context.host.withApp(flags, (app) =>
          decide(app, id, {
            approved,
            by: flags.by ?? userInfo().username,
            reason: flags.reason,
            records: flags.record ?? [],
          }),
        );
        if (flags.json) {
          context.printJson(outcome);
          return;
        }
        context.print(
          `${counted(outcome.changes, 'change')} to ${outcome.system} ${approved ? 'may go out. Next: tieline sync run (or a worker sends them by itself)' : 'dropped; what is here stands as it is.'}`,
        );
        if (outcome.waiting > 0)
          context.print(
            `${counted(outcome.waiting, 'change')} of it still wait: tieline approvals show ${id}`,
          );
      });
}

function heading(row: ApprovalRow): string {
  const decided = row.decidedBy === null ? '' : ` by ${row.decidedBy} on ${instant(row.decidedAt)} UTC`;
  const state =
    row.status === 'pending' ? `asked for on ${instant(row.requestedAt)} UTC` : `${row.status}${decided}`;
  return `${row.approvalId.slice(0, 8)}  ${row.action}  (${state})`;
}

function printApproval(context: CommandContext, row: ApprovalRow, changes: readonly DescribedChange[]): void {
  context.print(heading(row));
  for (const [n, change] of row.content.slice(0, namedAtMost).entries()) {
    const described = changes[n];
    if (!described) continue;
    const [first, ...rest] = wrapped(changeTitle(change.entity, change.kind, described), 74);
    context.print(`    ${first ?? ''}`);
    for (const line of rest) context.print(`      ${line}`);
    if (change.kind === 'update')
      for (const line of changeLines(described, '      ', 100)) context.print(line);
  }
  const more = row.content.length - namedAtMost;
  if (more > 0) context.print(`    … and ${more} more`);
  if (row.status === 'pending') {
    const id = row.approvalId.slice(0, 8);
    context.print(
      `    In full: tieline approvals show ${id}. Then: approve ${id} or reject ${id}; --record for some of it`,
    );
  }
}

function printInFull(context: CommandContext, row: ApprovalRow, changes: readonly DescribedChange[]): void {
  context.print(heading(row));
  for (const [n, change] of row.content.entries()) {
    const described = changes[n];
    if (!described) continue;
    context.print('');
    for (const line of wrapped(changeTitle(change.entity, change.kind, described), 78)) context.print(line);
    for (const line of changeLines(described, '  ', 2_000)) context.print(line);
    for (const [at, line] of wrapped(change.reason, 52).entries())
      context.print(`  ${(at === 0 ? 'why' : '').padEnd(24)}${line}`);
    if (row.content.length > 1) context.print(`  ${'record'.padEnd(24)}${change.record}`);
  }
  if (row.status !== 'pending') return;
  const id = row.approvalId.slice(0, 8);
  context.print('');
  context.print(`Next: tieline approvals approve ${id}, or reject ${id}`);
  if (row.content.length > 1) context.print(`For some of it: add --record ${row.content[0]?.record ?? 'ID'}`);
}
