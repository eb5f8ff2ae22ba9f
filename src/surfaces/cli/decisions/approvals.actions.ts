/** `approvals list|show|approve|reject|delegate`: changes that wait to be sent, and requests that people make. */
import { everywhere, localOperator, roles } from '../../../canonical/access/index.ts';
import {
  type ApprovalRow,
  decide,
  describeApproval,
  fetchApproval,
  findApprovals,
  findRequest,
  listRequests,
  type RequestRow,
} from '../../../engine/approvals/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { decideRequest } from '../../../modules/requests/index.ts';
import { delegateDecision } from '../../../operate/workflows/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { askingOf } from '../../../review/approvals/index.ts';
import { decider } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import { approvalInFull, approvalLines } from './approvals.view.ts';
import { decidedLine, requestInFull, requestLines } from './requests/requests.view.ts';

const ofPlan = (row: ApprovalRow) => ({ ...row, request: null });
const ofRequest = (row: RequestRow) => ({ ...askingOf(row), content: [], isByBoundary: true });

/** Changes that wait, and requests; the newest last. */
async function findAll(app: App, flags: { readonly all: boolean }, limit: number) {
  const plans = await findApprovals(app, flags, limit);
  const requests = await listRequests(app.db, flags.all ? {} : { status: 'pending' }, limit);
  return [...plans, ...requests].toSorted((one, other) => one.number - other.number).slice(-limit);
}

const isRequest = (row: ApprovalRow | RequestRow): row is RequestRow => 'subject' in row;

export async function listApprovals(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean; readonly limit: number },
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const listed = await listUpTo(flags.limit, (limit) => findAll(app, flags, limit));
    const { rows } = listed;
    if (flags.json)
      context.printJson(
        'approvalList',
        rows.map((row) => (isRequest(row) ? ofRequest(row) : ofPlan(row))),
      );
    else if (rows.length === 0) context.print('No changes and no requests wait for approval.');
    else
      for (const row of rows) {
        const lines = isRequest(row)
          ? requestLines(row)
          : approvalLines(row, await describeApproval(app, row));
        for (const line of lines) context.print(line);
      }
    tellCut(context, flags, listed);
  });
}

/** The request whose id begins so; undefined where an approval of changes may. */
const requestOf = (app: App, id: string): Promise<RequestRow | undefined> =>
  app.store.transaction((tx) => findRequest(tx.db, id));

export async function showApproval(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const request = await requestOf(app, id);
    if (request) {
      if (flags.json) context.printJson('approvalDetail', ofRequest(request));
      else for (const line of requestInFull(request)) context.print(line);
      return;
    }
    const approval = await fetchApproval(app, id);
    const changes = await describeApproval(app, approval);
    if (flags.json)
      context.printJson('approvalDetail', {
        ...ofPlan(approval),
        content: approval.content.map((change, n) => ({ ...change, described: changes[n] })),
      });
    else for (const line of approvalInFull(approval, changes)) context.print(line);
  });
}

type DecideFlags = DecisionFlags & { readonly record?: string[] };

const deciding =
  (approved: boolean): Action<DecideFlags, readonly [string]> =>
  async (context, flags, [id]) => {
    const { by, reason } = decider(flags);
    const records = flags.record ?? [];
    const outcome = await context.host.withApp(flags, async (app) => {
      if ((await requestOf(app, id)) === undefined) return decide(app, id, { approved, by, reason, records });
      if (records.length > 0) throw new TielineError('USAGE', 'A request is decided as a whole.');
      return decideRequest(app, localOperator(by), everywhere, { id, approved, reason });
    });
    if ('action' in outcome) {
      if (flags.json) context.printJson('requestDecided', outcome);
      else context.print(decidedLine(outcome));
      return;
    }
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

export async function delegate(
  context: CommandContext,
  flags: DecisionFlags & { readonly to?: string },
  [id]: readonly [string],
): Promise<void> {
  const { by, reason } = decider(flags);
  const { to } = flags;
  if (to === undefined) throw new TielineError('USAGE', 'Say to whom: --to NAME.');
  const made = await context.host.withApp(flags, (app) =>
    delegateDecision(app, { actor: localOperator(by), scope: everywhere }, { id, to, reason }),
  );
  if (flags.json) context.printJson('requestDelegated', made);
  else context.print(`${made.to} may decide as ${roles[made.role].title}: ${made.action}.`);
}

export const approve = deciding(true);
export const reject = deciding(false);
