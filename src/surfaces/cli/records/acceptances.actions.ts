/** `acceptances list|add|withdraw`. */
import {
  type AcceptanceRequest,
  addAcceptance,
  checkAcceptance,
  findAcceptances,
  withdrawAcceptance,
} from '../../../modules/acceptances/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { rowId, type DecisionFlags } from '../kit/flags.ts';
import { shellWord } from '../kit/hint.ts';
import { acceptancesTable, coverage } from './acceptances.view.ts';

interface ListFlags extends GlobalFlags {
  readonly system?: string;
  readonly plugin?: string;
  readonly all: boolean;
  readonly limit: number;
}

export async function listAcceptances(context: CommandContext, flags: ListFlags): Promise<void> {
  const { all, system, plugin: pluginId } = flags;
  const query = { all, ...defined({ system, pluginId }) };
  const listed = await context.host.withApp(flags, (app) =>
    listUpTo(flags.limit, (limit) => findAcceptances(app, query, limit)),
  );
  const { rows } = listed;
  if (flags.json) context.printJson('acceptanceList', rows);
  else if (rows.length === 0)
    context.print(
      system === undefined && pluginId === undefined
        ? 'No acceptances in force. Those that were withdrawn: --all'
        : 'No acceptances match.',
    );
  else context.print(acceptancesTable(rows, context.width));
  tellCut(context, flags, listed);
}

interface AddFlags extends GlobalFlags, Omit<AcceptanceRequest, 'by'> {
  readonly by?: string;
  readonly yes?: boolean;
}

/** What the flags ask for, without those that are of every command. */
function requestOf(flags: AddFlags): AcceptanceRequest {
  const { kind, plugin, asset, repository, port, protocol, severity, until, name, comment } = flags;
  const by = flags.by ?? accountName();
  return { kind, plugin, asset, repository, port, protocol, severity, until, name, comment, by };
}

export async function add(
  context: CommandContext,
  flags: AddFlags,
  [system]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const checked = await checkAcceptance(app, system, requestOf(flags));
    const covers = coverage(checked);
    const question = `Without --asset the rule is for every asset of ${system}, those of later scans too. Now it covers ${covers}.`;
    if (flags.asset === undefined && !(await confirmed(context, { yes: flags.yes ?? false }, question)))
      return;
    const outcome = await addAcceptance(app, system, checked);
    if (flags.json) context.printJson('acceptanceAdded', { ...outcome, covers: checked.covers });
    else
      context.print(
        `Acceptance ${outcome.id} is recorded; it covers ${covers}. Next: tieline sync plan --system ${shellWord(system)}, or tieline sync run`,
      );
  });
}

export async function withdraw(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    withdrawAcceptance(app, rowId(id), decider(flags)),
  );
  if (flags.json) context.printJson('acceptanceWithdrawn', outcome);
  else
    context.print(
      `Acceptance ${id} is withdrawn. Next: tieline sync run --system ${shellWord(outcome.system)}`,
    );
}
