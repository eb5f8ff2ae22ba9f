import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { applyPlan, parsePlan, planSync } from '../../app/plans/plans.ts';
import { summarizeRun } from '../../app/runs/summary.ts';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import type { EntityType } from '../../model/entity-type.ts';
import { isJsonObject, scalarText } from '../../model/json.ts';
import type { PlanDocument, PlanItem } from '../../model/plan.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { wholeNumber } from '../kit/flags.ts';
import { progressView } from '../kit/progress.ts';
import { needsPerson, scopeOptions, shortSummary } from '../sync/sync-scope.ts';
import { shellWord } from '../kit/hint.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { writeOutput } from '../kit/write-output.ts';

interface PlanFlags extends GlobalFlags {
  readonly system?: string[];
  readonly entity?: EntityType[];
  readonly full?: boolean;
  readonly out?: string;
  readonly limit: number;
}

export function addPlanCommands(sync: Command, context: CommandContext): void {
  scopeOptions(
    sync.command('plan').description('show what a sync would do now, on both sides, and write nothing'),
  )
    .option('--out <file>', 'also write the plan to this file, for `tieline sync apply`')
    .option('--limit <n>', 'how many lines to show of each group', wholeNumber(1, 1_000_000), 20)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      const view = progressView(context.host.terminal);
      const plan = await context.host.withApp(flags, async (app) => {
        try {
          return await planSync(
            app,
            { systems: flags.system ?? [], entities: flags.entity ?? [], full: flags.full ?? false },
            { signal: context.host.signal, report: view.report, by: userInfo().username },
          );
        } finally {
          view.stop();
        }
      });
      if (flags.out !== undefined) await writeOutput(flags.out, `${JSON.stringify(plan, null, 1)}\n`);
      if (flags.json) context.printJson(plan);
      else context.print(planLines(plan, flags.limit, flags.out).join('\n'));
      if (plan.untaken.length > 0 || plan.items.some((item) => item.kind === 'conflict'))
        context.result.exitCode = 3;
    });

  sync
    .command('apply <file>')
    .description('do exactly what a plan shows, or nothing if anything moved since it was made')
    .action(async (file: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const started = performance.now();
      const plan = parsePlan(await readPlan(file));
      const view = progressView(context.host.terminal);
      const summary = await context.host.withApp(flags, async (app) => {
        try {
          const outcome = await applyPlan(app, plan, {
            signal: context.host.signal,
            report: view.report,
            by: userInfo().username,
          });
          return await summarizeRun(app.db, outcome.operationId);
        } finally {
          view.stop();
        }
      });
      const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
      if (flags.json) context.printJson({ ...summary, seconds });
      else context.print(shortSummary(summary, seconds));
      if (needsPerson(summary)) context.result.exitCode = 3;
    });
}

async function readPlan(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TielineError('USAGE', `${file} could not be read: ${messageOf(cause)}`, { cause });
  }
}

const directions = {
  outbound: 'to be written to the remote',
  inbound: 'to be imported',
  internal: 'to be concluded here',
} as const;

/** The plan for a person: by system, direction and entity; each group cut off at `limit` lines. */
export function planLines(plan: PlanDocument, limit: number, file: string | undefined): string[] {
  const lines: string[] = [];
  const conflicts = plan.items.filter((item) => item.kind === 'conflict');
  const changes = plan.items.filter((item) => item.kind !== 'conflict');
  for (const [system, ofSystem] of Map.groupBy(changes, (item) => item.system ?? 'here'))
    for (const direction of ['outbound', 'inbound', 'internal'] as const) {
      const ofDirection = ofSystem.filter((item) => item.direction === direction);
      if (ofDirection.length === 0) continue;
      const isPaused = direction === 'outbound' && plan.sendingPaused.includes(system);
      lines.push(
        isPaused
          ? `${system}, ${directions[direction]}, but sending is paused: nothing goes out until tieline outbox resume ${shellWord(system)}:`
          : `${system}, ${directions[direction]}:`,
      );
      for (const [entity, items] of Map.groupBy(ofDirection, (item) => item.entity))
        lines.push(...groupLines(entity, items, limit));
      lines.push('');
    }
  if (conflicts.length > 0)
    lines.push(
      'Held until a person decides (tieline conflicts list):',
      ...groupLines('', conflicts, limit),
      '',
    );
  if (plan.untaken.length > 0) {
    lines.push(`${counted(plan.untaken.length, 'record')} cannot be imported:`);
    for (const { record, reason } of plan.untaken.slice(0, limit)) lines.push(`    ${record}: ${reason}`);
    lines.push('');
  }
  return [...lines, ...totals(plan, file)];
}

function groupLines(entity: string, items: readonly PlanItem[], limit: number): string[] {
  const kinds = [...Map.groupBy(items, (item) => item.kind)].map(([kind, of]) => `${of.length} ${kind}`);
  const waiting = items.filter((item) => item.needsApproval).length;
  const approval =
    waiting === 0
      ? ''
      : waiting === items.length
        ? '; all wait for approval'
        : `; ${waiting} wait${waiting === 1 ? 's' : ''} for approval`;
  const title = entity === '' ? [] : [`  ${entity}: ${kinds.join(', ')}${approval}`];
  const shown = items.slice(0, limit).map((item) => `    ${itemLine(item)}`);
  const rest = items.length - shown.length;
  return [...title, ...shown, ...(rest > 0 ? [`    … and ${rest} more (--limit, --json)`] : [])];
}

function itemLine(item: PlanItem): string {
  const approval = item.needsApproval ? ' [waits for approval]' : '';
  const by = /^(policy:|[^:]+$)/.test(item.decidedBy) ? ` [${item.decidedBy}]` : '';
  const why = item.reason === '' ? '' : ` (${item.reason})`;
  switch (item.kind) {
    case 'update':
      return item.field === null
        ? `${item.record}: ${tagText(item) ?? shortValue(item.after)}${approval}${why}`
        : `${item.record} ${item.field}: ${shortValue(item.before)} → ${shortValue(item.after)}${approval}${by}${why}`;
    case 'conflict':
      return `${item.system ?? ''} ${item.entity} ${item.record} ${item.field ?? ''}: here ${shortValue(item.before)}, there ${shortValue(item.after)}${why}`;
    case 'create':
      return `${item.record}: new${approval}${why}`;
    case 'link':
      return `${item.record}: linked to ${shortValue(item.after)}${why}`;
    case 'missing':
      return `${item.record}${why}`;
  }
}

/** `tag Xacta System on 11 machines`; undefined where it is no tag. */
function tagText({ entity, after }: PlanItem): string | undefined {
  if (entity !== 'asset_tag' || !isJsonObject(after)) return undefined;
  const machines = after['asset_uuids'];
  return `tag ${scalarText(after['category'] ?? '')} on ${counted(Array.isArray(machines) ? machines.length : 0, 'machine')}`;
}

/** Whether a POA&M is to be made whose due date is past already. @param at when the plan was made, ISO. */
function isOverdue({ entity, kind, direction, after }: PlanItem, at: string): boolean {
  const due = isJsonObject(after) ? after['scheduled_completion'] : undefined;
  return (
    entity === 'poam' &&
    kind === 'create' &&
    direction === 'outbound' &&
    typeof due === 'string' &&
    due.slice(0, 10) < at.slice(0, 10)
  );
}

function totals(plan: PlanDocument, file: string | undefined): string[] {
  const count = (direction: PlanItem['direction']): number =>
    plan.items.filter((item) => item.direction === direction && item.kind !== 'conflict').length;
  const facts = plan.steps.filter(({ step }) => step === 'asset' || step === 'finding');
  const taken = facts.reduce((sum, { counts }) => sum + counts.created + counts.updated, 0);
  const waiting = plan.items.filter((item) => item.needsApproval).length;
  const conflicts = plan.items.filter((item) => item.kind === 'conflict').length;
  const overdue = plan.items.filter((item) => isOverdue(item, plan.madeAt)).length;
  return [
    plan.items.length === 0 && taken === 0
      ? 'Nothing to do: both sides agree.'
      : [
          `${counted(count('outbound'), 'change')} to the remote systems`,
          `${count('inbound')} to be imported`,
          `${count('internal')} concluded here`,
          ...(facts.length > 0
            ? [`${counted(taken, 'asset or finding', 'assets and findings')} new or changed`]
            : []),
          ...(conflicts > 0 ? [`${counted(conflicts, 'field')} held`] : []),
          ...(waiting > 0 ? [`${waiting} to be approved first`] : []),
        ].join(', ') + '.',
    ...plan.leftOut.map(
      (system) => `${system} is paused and no part of this: tieline connections resume ${shellWord(system)}`,
    ),
    ...(overdue > 0
      ? [
          `${counted(overdue, 'new POA&M')} ${overdue === 1 ? 'is' : 'are'} already overdue: the due date counts from the day on which the weakness was first found.`,
        ]
      : []),
    `Nothing was written. ${file === undefined ? 'Next: tieline sync plan --out plan.json, or tieline sync run' : `Next: tieline sync apply ${file}`}`,
  ];
}
