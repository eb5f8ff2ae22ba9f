/** How `sync run` and `sync apply` sum up. */
import type { SyncSummary } from '../../../runs/sync/index.ts';
import { alreadyThereLines } from './demo-summary.ts';
import { counted } from '../kit/table.ts';

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
    summary.poamsLate > 0 ||
    summary.assetsNewlyUnreported > 0 ||
    summary.findingsNewlyMissing > 0
  );
}

/** In words, with what to do next. */
export function shortSummary(summary: SyncSummary, seconds: number): string {
  const recognised = Object.keys(summary.alreadyThere?.linked ?? {}).length > 0;
  return [
    ...(recognised ? [...alreadyThereLines(summary), ''] : []),
    ...summary.systemsFailed.map(
      ({ system, code }) => `${system} failed (${code}) and is not part of this; the other systems are.`,
    ),
    `Read ${counted(summary.read, 'record')}, wrote ${counted(summary.written, 'change')} to the remote systems, in ${seconds} s.`,
    ...overdueLine(summary.poamsOverdue),
    ...waitingLines(summary),
    ...newLines(summary),
  ].join('\n');
}

/** New POA&Ms whose due date is past already. */
export const overdueLine = (n: number): string[] =>
  n === 0
    ? []
    : [
        `${counted(n, 'new POA&M')} ${n === 1 ? 'is' : 'are'} already overdue: the due date counts from the day on which the weakness was first found.`,
      ];

function waitingLines(summary: SyncSummary): string[] {
  const waits = (n: number): string => `${counted(n, 'change')} ${n === 1 ? 'waits' : 'wait'}`;
  const { waitingToBeSent, waitingForApproval, sendingPaused } = summary;
  const paused = sendingPaused.length > 0 ? ` (sending to ${sendingPaused.join(', ')} is paused)` : '';
  return [
    ...(waitingToBeSent > 0
      ? [`${waits(waitingToBeSent)} to be sent${paused}: see tieline outbox list`]
      : []),
    ...(waitingForApproval > 0
      ? [`${waits(waitingForApproval)} for approval: see tieline approvals list`]
      : []),
  ];
}

/** What this run leaves to a person. */
function newLines(summary: SyncSummary): string[] {
  const { recordsFailed, recordsHeld, matchesNew, assetsNewlyUnreported } = summary;
  const { findingsNewlyMissing, poamsLate } = summary;
  const issues = [
    ...(recordsFailed > 0 ? [`${counted(recordsFailed, 'record')} could not be imported`] : []),
    ...(recordsHeld > 0 ? [`${counted(recordsHeld, 'record')} held for a person`] : []),
  ];
  const found = newConflicts(summary);
  const kinds = Object.entries(summary.newConflicts).map(([type, n]) => `${n} ${type}`);
  return [
    ...(issues.length > 0
      ? [`${issues.join(', ')}: see tieline ops show ${summary.operationId.slice(0, 8)}`]
      : []),
    ...(found > 0
      ? [`${counted(found, 'new conflict')} (${kinds.join(', ')}): see tieline conflicts list`]
      : []),
    ...(matchesNew > 0
      ? [`${counted(matchesNew, 'new match', 'new matches')} to review: see tieline matches list`]
      : []),
    ...(poamsLate > 0
      ? [
          `${counted(poamsLate, 'POA&M')} ${poamsLate === 1 ? 'promises a later day than it is' : 'promise later days than they are'} obliged to: see tieline inbox --kind late_obligation`,
        ]
      : []),
    ...(findingsNewlyMissing > 0
      ? [
          `${counted(findingsNewlyMissing, 'finding')} that the last full read no longer shows, and nobody said to be fixed: see tieline inbox --kind missing_finding`,
        ]
      : []),
    ...(assetsNewlyUnreported > 0
      ? [
          `${counted(assetsNewlyUnreported, 'asset')} with open findings that no source reports any more: see tieline assets unreported`,
        ]
      : []),
  ];
}
