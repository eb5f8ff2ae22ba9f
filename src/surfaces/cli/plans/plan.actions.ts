/** `sync plan|apply`. */
import { entitiesNamed } from '../kit/entity-word.ts';
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import {
  applyPlan,
  fetchPlanDocument,
  keepNewPlan,
  parsePlan,
  planSync,
} from '../../../review/plans/index.ts';
import { summarizeRun } from '../../../runs/sync/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { readNamedFile } from '../kit/flags.ts';
import { progressView } from '../kit/progress.ts';
import { writeOutput } from '../kit/write-output.ts';
import { needsPerson, shortSummary } from '../sync/summary.view.ts';
import { planLines } from './plan.view.ts';

interface PlanFlags extends GlobalFlags {
  readonly system?: string[];
  readonly entity?: string[];
  readonly full?: boolean;
  readonly keep: boolean;
  readonly out?: string;
  readonly limit: number;
}

export async function plan(context: CommandContext, flags: PlanFlags): Promise<void> {
  const view = progressView(context.host.terminal);
  const planned = await context.host.withApp(flags, async (app) => {
    try {
      const options = {
        systems: flags.system ?? [],
        entities: entitiesNamed(flags.entity),
        full: flags.full ?? false,
      };
      const by = localOperator(accountName());
      const caller = { signal: context.host.signal, report: view.report, by: by.name };
      if (!flags.keep) return await planSync(app, options, caller);
      const planId = await keepNewPlan(app, by, options, caller);
      context.host.terminal.err.write(`tieline: kept as plan ${planId.slice(0, 8)}\n`);
      return await fetchPlanDocument(app, everywhere, planId);
    } finally {
      view.stop();
    }
  });
  if (flags.out !== undefined) await writeOutput(flags.out, `${JSON.stringify(planned, null, 1)}\n`);
  if (flags.json) context.printJson('planDocument', planned);
  else context.print(planLines(planned, flags.limit, flags.out).join('\n'));
  if (planned.untaken.length > 0 || planned.items.some((item) => item.kind === 'conflict'))
    context.result.exitCode = 3;
}

export async function apply(
  context: CommandContext,
  flags: GlobalFlags,
  [file]: readonly [string],
): Promise<void> {
  const started = performance.now();
  const { signal, terminal } = context.host;
  const read = parsePlan(await readNamedFile(file));
  const view = progressView(terminal);
  const summary = await context.host.withApp(flags, async (app) => {
    try {
      const outcome = await applyPlan(app, read, { signal, report: view.report, by: accountName() });
      return await summarizeRun(app.db, outcome.operationId);
    } finally {
      view.stop();
    }
  });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  if (flags.json) context.printJson('syncSummary', { ...summary, seconds });
  else context.print(shortSummary(summary, seconds));
  if (needsPerson(summary)) context.result.exitCode = 3;
}
