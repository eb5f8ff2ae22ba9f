/** `plans list|show|apply`. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import { dangerTitles } from '../../../canonical/vocabulary/index.ts';
import {
  applyKeptPlan,
  fetchPlan,
  type KeptGroup,
  type KeptPlan,
  listPlanGroups,
  listPlans,
} from '../../../review/plans/index.ts';
import { summarizeRun } from '../../../runs/sync/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { progressView } from '../kit/progress.ts';
import { shortValue } from '../kit/short-value.ts';
import { needsPerson, shortSummary } from '../sync/summary.view.ts';

type LimitFlags = GlobalFlags & { readonly limit: number };

export async function listKept(context: CommandContext, flags: LimitFlags): Promise<void> {
  const kept = await context.host.withApp(flags, (app) => listPlans(app, everywhere, flags));
  if (flags.json) context.printJson('keptPlanList', kept);
  else if (kept.length === 0) context.print('No plans are kept. Make one with: tieline sync plan --keep');
  else
    context.print(
      fittedTable(
        ['ID', 'MADE (UTC)', 'BY', 'CHANGES', 'STATE'],
        kept.map((plan) => [
          plan.planId.slice(0, 8),
          minuteText(plan.madeAt),
          plan.madeBy,
          String(plan.items),
          plan.appliedAt === null
            ? `kept until ${minuteText(plan.expiresAt)}`
            : `applied by ${plan.appliedBy ?? '–'}`,
        ]),
        context.width,
      ),
    );
}

export async function showKept(
  context: CommandContext,
  flags: LimitFlags,
  [id]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const plan = await fetchPlan(app, everywhere, id);
    const actor = localOperator(accountName());
    const { items: groups, next } = await listPlanGroups(app, everywhere, { id, actor }, flags);
    if (flags.json) context.printJson('keptPlanDetail', { ...plan, groups });
    else context.print(planText(plan, groups, next !== undefined, context.width));
  });
}

function planText(
  plan: KeptPlan,
  groups: readonly KeptGroup[],
  isCut: boolean,
  width: number | undefined,
): string {
  const short = plan.planId.slice(0, 8);
  return [
    `Plan ${short}, made ${minuteText(plan.madeAt)} UTC by ${plan.madeBy}: ${plan.items} changes`,
    ...Object.entries(dangerTitles).flatMap(([danger, title]) => {
      const n = plan.dangers[danger as keyof typeof dangerTitles]; // its own keys
      return n === 0 ? [] : [`  ${String(n).padStart(6)}  ${title}`];
    }),
    '',
    fittedTable(
      ['CHANGES', 'WHAT', 'WHERE', 'FIELD', 'BEFORE → AFTER'],
      groups.map(({ count, sample }) => [
        String(count),
        `${sample.kind} ${sample.entity}`,
        sample.direction === 'outbound' ? `→ ${sample.system ?? ''}` : 'here',
        sample.field ?? '',
        sample.kind === 'update' ? `${shortValue(sample.before)} → ${shortValue(sample.after)}` : '',
      ]),
      width,
    ),
    ...(isCut ? [`… more groups: --limit N shows them.`] : []),
    ...(plan.appliedAt === null ? ['', `Next: tieline plans apply ${short}`] : []),
  ].join('\n');
}

export async function applyKept(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const started = performance.now();
  const { signal, terminal } = context.host;
  const view = progressView(terminal);
  const summary = await context.host.withApp(flags, async (app) => {
    try {
      const actor = localOperator(accountName());
      const by = { actor, scope: everywhere, caller: { signal, report: view.report, by: actor.name } };
      const { operationId } = await applyKeptPlan(app, by, { id });
      return await summarizeRun(app.db, operationId);
    } finally {
      view.stop();
    }
  });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  if (flags.json) context.printJson('syncSummary', { ...summary, seconds });
  else context.print(shortSummary(summary, seconds));
  if (needsPerson(summary)) context.result.exitCode = 3;
}
