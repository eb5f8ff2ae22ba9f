/** Approvals in words: a few lines each in the list, every field in full for one. */
import type { ApprovalRow } from '../../../engine/approvals/index.ts';
import type { DescribedChange } from '../../../engine/outbox/index.ts';
import { minuteText } from '../kit/instants.ts';
import { changeLines, changeTitle, wrapped } from './described-change.ts';

/** Changes that `approvals list` names of each approval; `show` names all. */
const namedAtMost = 10;

function heading(row: ApprovalRow): string {
  const decided = row.decidedBy === null ? '' : ` by ${row.decidedBy} on ${minuteText(row.decidedAt)} UTC`;
  const state =
    row.status === 'pending' ? `requested ${minuteText(row.requestedAt)} UTC` : `${row.status}${decided}`;
  return `${row.approvalId.slice(0, 8)}  ${row.action}  (${state})`;
}

export function approvalLines(row: ApprovalRow, changes: readonly DescribedChange[]): string[] {
  const named = row.content.slice(0, namedAtMost).flatMap((change, n) => {
    const described = changes[n];
    if (!described) return [];
    const [first, ...rest] = wrapped(changeTitle(change.entity, change.kind, described), 74);
    return [
      `    ${first ?? ''}`,
      ...rest.map((line) => `      ${line}`),
      ...(change.kind === 'update' ? changeLines(described, '      ', 100) : []),
    ];
  });
  const more = row.content.length - namedAtMost;
  const id = row.approvalId.slice(0, 8);
  return [
    heading(row),
    ...named,
    ...(more > 0 ? [`    … and ${more} more`] : []),
    ...(row.status === 'pending'
      ? [
          `    In full: tieline approvals show ${id}. Then: approve ${id} or reject ${id}; --record for some of it`,
        ]
      : []),
  ];
}

export function approvalInFull(row: ApprovalRow, changes: readonly DescribedChange[]): string[] {
  const several = row.content.length > 1;
  const inFull = row.content.flatMap((change, n) => {
    const described = changes[n];
    if (!described) return [];
    return [
      '',
      ...wrapped(changeTitle(change.entity, change.kind, described), 78),
      ...changeLines(described, '  ', 2_000),
      ...wrapped(change.reason, 52).map((line, at) => `  ${(at === 0 ? 'why' : '').padEnd(24)}${line}`),
      ...(several ? [`  ${'record'.padEnd(24)}${change.record}`] : []),
    ];
  });
  const id = row.approvalId.slice(0, 8);
  return [
    heading(row),
    ...inFull,
    ...(row.status === 'pending' ? ['', `Next: tieline approvals approve ${id}, or reject ${id}`] : []),
    ...(row.status === 'pending' && several
      ? [`For some of it: add --record ${row.content[0]?.record ?? 'ID'}`]
      : []),
  ];
}
