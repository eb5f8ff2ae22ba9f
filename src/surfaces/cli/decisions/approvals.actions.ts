/** `approvals list|show|approve|reject`. */
import { decide, describeApproval, fetchApproval, findApprovals } from '../../../engine/approvals/index.ts';
import { decider } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import { approvalInFull, approvalLines } from './approvals.view.ts';

export async function listApprovals(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean; readonly limit: number },
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const listed = await listUpTo(flags.limit, (limit) => findApprovals(app, flags, limit));
    const { rows } = listed;
    if (flags.json) context.printJson('approvalList', rows);
    else if (rows.length === 0) context.print('No changes wait for approval.');
    else
      for (const row of rows)
        for (const line of approvalLines(row, await describeApproval(app, row))) context.print(line);
    tellCut(context, flags, listed);
  });
}

export async function showApproval(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const approval = await fetchApproval(app, id);
    const changes = await describeApproval(app, approval);
    if (flags.json)
      context.printJson('approvalDetail', {
        ...approval,
        content: approval.content.map((change, n) => ({ ...change, described: changes[n] })),
      });
    else for (const line of approvalInFull(approval, changes)) context.print(line);
  });
}

type DecideFlags = DecisionFlags & { readonly record?: string[] };

const deciding =
  (approved: boolean): Action<DecideFlags, readonly [string]> =>
  async (context, flags, [id]) => {
    const outcome = await context.host.withApp(flags, (app) =>
      decide(app, id, { approved, ...decider(flags), records: flags.record ?? [] }),
    );
    if (flags.json) {
      context.printJson('approvalDecided', outcome);
      return;
    }
    const end = approved
      ? 'may go out. Next: tieline sync run (or a worker sends them by itself)'
      : 'dropped; the values in Tieline stay as they are.';
    context.print(`${counted(outcome.changes, 'change')} to ${outcome.system} ${end}`);
    if (outcome.waiting > 0)
      context.print(`${counted(outcome.waiting, 'change')} of it still wait: tieline approvals show ${id}`);
  };

export const approve = deciding(true);
export const reject = deciding(false);
