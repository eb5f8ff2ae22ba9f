/** A plan for a person. */
import { isJsonObject, scalarText } from '../../../platform/values/index.ts';
import type { PlanDocument, PlanItem } from '../../../canonical/vocabulary/index.ts';
import { shellWord } from '../kit/hint.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { overdueLine } from '../sync/summary.view.ts';

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
  for (const [system, ofSystem] of Map.groupBy(changes, (item) => item.system ?? 'Tieline'))
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
      return `${item.system ?? ''} ${item.entity} ${item.record} ${item.field ?? ''}: Tieline ${shortValue(item.before)}, remote ${shortValue(item.after)}${why}`;
    case 'create':
      return `${item.record}: new${approval}${why}`;
    case 'link':
      return `${item.record}: linked to ${shortValue(item.after)}${why}`;
    case 'missing':
      return `${item.record}${why}`;
  }
}

/** `tag Xacta System on 11 machines`; undefined where it is not a tag. */
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
      (system) => `${system} is paused and not part of this: tieline connections resume ${shellWord(system)}`,
    ),
    ...overdueLine(overdue),
    `Nothing was written. ${file === undefined ? 'Next: tieline sync plan --out plan.json, or tieline sync run' : `Next: tieline sync apply ${file}`}`,
  ];
}
