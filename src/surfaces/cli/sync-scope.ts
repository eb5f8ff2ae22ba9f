/** What `sync run`, `sync plan` and `sync apply` share: their scope, and how they sum up. */
import type { Command } from 'commander';
import type { SyncSummary } from '../../runs/sync/index.ts';
import { knownWord } from '../../platform/errors/index.ts';
import type { EntityType } from '../../canonical/vocabulary/index.ts';
import { listEntities } from '../../record/entities/index.ts';
import { entityWord } from './entity-word.ts';
import { alreadyThereLines } from './demo-summary.ts';
import { counted } from './table.ts';

/** An entity as a flag names it, also in the plural. @throws TielineError USAGE. */
export function entityNamed(text: string, before: EntityType[] | undefined): EntityType[] {
  const names = listEntities().map(({ name }) => name);
  const plural = names.find((each) =>
    [`${each}s`, entityWord(each, 2).toLowerCase()].includes(text.trim().toLowerCase()),
  );
  return [...(before ?? []), plural ?? knownWord('entity', text, names, 'entities')];
}

/** --system, --entity and --full. */
export function scopeOptions(command: Command): Command {
  return command
    .option(
      '--system <name>',
      'only this system; may be given more than once',
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option(
      '--entity <entity>',
      'only this entity (asset, finding, compliance, system, component, control, poam, milestone, acceptance, asset_tag, asset_context); may be given more than once',
      entityNamed,
    )
    .option('--full', 'read everything, not only what changed');
}

const newConflicts = (summary: SyncSummary): number =>
  Object.values(summary.newConflicts).reduce((sum, n) => sum + n, 0);

/** Whether the exit code must say that this run left something to a person: held or failed records, conflicts, matches, approvals, assets that are gone. */
export function needsPerson(summary: SyncSummary): boolean {
  return (
    summary.recordsFailed > 0 ||
    summary.recordsHeld > 0 ||
    newConflicts(summary) > 0 ||
    summary.matchesNew > 0 ||
    summary.approvalsAsked > 0 ||
    summary.assetsNewlyUnreported > 0
  );
}

/** In words, with what to do next. */
export function shortSummary(summary: SyncSummary, seconds: number): string {
  const recognised = Object.keys(summary.alreadyThere?.linked ?? {}).length > 0;
  const issues = [
    summary.recordsFailed > 0 ? `${counted(summary.recordsFailed, 'record')} could not be imported` : '',
    summary.recordsHeld > 0 ? `${counted(summary.recordsHeld, 'record')} held for a person` : '',
  ].filter(Boolean);
  const found = newConflicts(summary);
  const paused =
    summary.sendingPaused.length > 0 ? ` (sending to ${summary.sendingPaused.join(', ')} is paused)` : '';
  const kinds = Object.entries(summary.newConflicts).map(([type, n]) => `${n} ${type}`);
  return [
    ...(recognised ? [...alreadyThereLines(summary), ''] : []),
    ...summary.systemsFailed.map(
      ({ system, code }) => `${system} failed (${code}) and is not part of this; the other systems are.`,
    ),
    `Read ${counted(summary.read, 'record')}, wrote ${counted(summary.written, 'change')} to the remote systems, in ${seconds} s.`,
    ...(summary.poamsOverdue > 0
      ? [
          `${counted(summary.poamsOverdue, 'new POA&M')} ${summary.poamsOverdue === 1 ? 'is' : 'are'} already overdue: the due date counts from the day on which the weakness was first found.`,
        ]
      : []),
    ...(summary.waitingToBeSent > 0
      ? [
          `${counted(summary.waitingToBeSent, 'change')} ${summary.waitingToBeSent === 1 ? 'waits' : 'wait'} to be sent${paused}: see tieline outbox list`,
        ]
      : []),
    ...(summary.waitingForApproval > 0
      ? [
          `${counted(summary.waitingForApproval, 'change')} ${summary.waitingForApproval === 1 ? 'waits' : 'wait'} for approval: see tieline approvals list`,
        ]
      : []),
    ...(issues.length > 0
      ? [`${issues.join(', ')}: see tieline ops show ${summary.operationId.slice(0, 8)}`]
      : []),
    ...(found > 0
      ? [`${counted(found, 'new conflict')} (${kinds.join(', ')}): see tieline conflicts list`]
      : []),
    ...(summary.matchesNew > 0
      ? [`${counted(summary.matchesNew, 'new match', 'new matches')} to review: see tieline matches list`]
      : []),
    ...(summary.assetsNewlyUnreported > 0
      ? [
          `${counted(summary.assetsNewlyUnreported, 'asset')} with open findings that no source reports any more: see tieline assets unreported`,
        ]
      : []),
  ].join('\n');
}
