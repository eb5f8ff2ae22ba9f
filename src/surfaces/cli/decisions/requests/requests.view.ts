/** Requests in words: what is asked, why, and who decides. */
import { roles } from '../../../../canonical/access/index.ts';
import { type OpenLevel, type RequestRow, rolesText, turnOf } from '../../../../engine/approvals/index.ts';
import type { RequestDecided } from '../../../../modules/requests/index.ts';
import { minuteText } from '../../kit/instants.ts';
import { wrapped } from '../described-change.ts';

function heading(row: RequestRow): string {
  const by = row.decidedBy === null ? '' : ` by ${row.decidedBy}`;
  const state =
    row.status === 'pending'
      ? `requested by ${row.requestedBy} ${minuteText(row.requestedAt)} UTC`
      : `${row.status}${by} on ${minuteText(row.decidedAt)} UTC`;
  return `${row.approvalId.slice(0, 8)}  ${row.action}  (${state})`;
}

const fields = (row: RequestRow): string[] =>
  row.lines.flatMap(({ field, before, after }) =>
    wrapped(before === undefined ? after : `${before} -> ${after}`, 52).map(
      (line, at) => `  ${(at === 0 ? field : '').padEnd(24)}${line}`,
    ),
  );

const labelled = (label: string, text: string): string[] =>
  wrapped(text, 52).map((line, at) => `  ${(at === 0 ? label : '').padEnd(24)}${line}`);

const turnText = (open: OpenLevel): string =>
  open.number === 1 ? rolesText(open) : `${rolesText(open)} (level ${open.number})`;

function decision(row: RequestRow): string[] {
  const answers = row.answers.flatMap(({ role, by, approved, at, reason, inPlaceOf }) =>
    labelled(
      roles[role].title,
      `${approved ? 'agreed' : 'rejected'}: ${by}${inPlaceOf === null ? '' : ` in place of ${inPlaceOf}`}, ${minuteText(at)} UTC${reason === null ? '' : `: ${reason}`}`,
    ),
  );
  const open = turnOf(row);
  const until = row.expiresAt === null ? [] : labelled('falls back on', `${minuteText(row.expiresAt)} UTC`);
  const lent = row.delegations.filter(
    ({ level, role }) => level === open?.number && open.left.includes(role),
  );
  const delegated = lent.flatMap(({ by, to }) => labelled('delegated', `${to} may decide in place of ${by}`));
  return open ? [...answers, ...labelled('decides', turnText(open)), ...delegated, ...until] : answers;
}

export function requestLines(row: RequestRow): string[] {
  const id = row.approvalId.slice(0, 8);
  return [
    heading(row),
    ...fields(row).map((line) => `  ${line}`),
    ...[...labelled('why', row.rationale), ...decision(row)].map((line) => `  ${line}`),
    ...(row.status === 'pending' ? [`    Then: tieline approvals approve ${id} or reject ${id}`] : []),
  ];
}

export function requestInFull(row: RequestRow): string[] {
  const id = row.approvalId.slice(0, 8);
  return [
    heading(row),
    '',
    ...labelled('about', `${row.subject.kind.replaceAll('_', ' ')} ${row.subject.id}`),
    ...(row.boundary === null ? [] : labelled('system', row.boundaryName ?? row.boundary)),
    ...(row.severity === null ? [] : labelled('severity', row.severity)),
    ...fields(row),
    ...labelled('why', row.rationale),
    ...decision(row),
    ...(row.reason === null || row.status === 'approved' ? [] : labelled('reason', row.reason)),
    ...(row.status === 'pending'
      ? ['', `Next: tieline approvals approve ${id}, or reject ${id} --reason TEXT`]
      : []),
  ];
}

/** After an answer. */
export function decidedLine({ action, status, next, approvalId }: RequestDecided): string {
  if (status === 'approved') return `Approved: ${action}.`;
  if (status === 'rejected') return `Rejected: ${action}. It stays as it was.`;
  return `Agreed to: ${action}. Now ${next === null ? 'others' : rolesText(next)} decides: tieline approvals approve ${approvalId.slice(0, 8)}`;
}
