/** Changes on their way out, in words. */
import type { OutboxEntry } from '../../../review/outbox/index.ts';
import type { DescribedChange } from '../../../engine/outbox/index.ts';
import { isJsonObject, scalarText } from '../../../platform/values/index.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';
import { changeLines, changeTitle, wrapped } from './described-change.ts';

const stateWords: Readonly<Record<OutboxEntry['state'], string>> = {
  waiting: 'waits for approval',
  pending: 'to be sent',
  sent: 'sent, answer not seen',
  confirmed: 'confirmed',
  failed: 'refused',
  dropped: 'dropped',
  superseded: 'replaced or withdrawn',
};

/** One change in two lines or more, within 80 columns: what it is, then why it is as it is. */
export function outboxLines(rows: readonly OutboxEntry[], changes: readonly DescribedChange[]): string[] {
  const width = Math.max(...rows.map((row) => String(row.id).length));
  return rows.flatMap((row, n) => {
    const described = changes[n] ?? { title: row.entityId, boundary: null, lines: [] };
    const id = String(row.id).padStart(width);
    const indent = ' '.repeat(width + 2);
    const [first, ...rest] = wrapped(changeTitle(row.entity, row.kind, described), 76 - width);
    const fields = row.kind === 'create' ? '' : `${described.lines.map((line) => line.field).join(', ')}; `;
    const state = `${row.system}: ${fields}${stateWords[row.state]}${row.mustReplan ? ', planned again first' : ''}`;
    return [
      `${id}  ${first ?? ''}`,
      ...rest.map((line) => `${indent}${line}`),
      ...wrapped(`${state}. ${withoutTitle(whyOf(row), described.title)}`, 76 - width).map(
        (line) => `${indent}${line}`,
      ),
    ];
  });
}

export function entryLines(entry: OutboxEntry & DescribedChange): string[] {
  const line = (label: string, text: string): string[] =>
    wrapped(text, 52).map((part, n) => `  ${(n === 0 ? label : '').padEnd(24)}${part}`.trimEnd());
  return [
    ...wrapped(changeTitle(entry.entity, entry.kind, entry), 78),
    ...line('to', entry.system),
    ...line(
      'state',
      `${stateWords[entry.state]}${entry.mustReplan ? '; the next sync plans it again first' : ''}`,
    ),
    ...(entry.approvedAt === null
      ? []
      : line('approved by', `${entry.approvedBy ?? '–'} on ${minuteText(entry.approvedAt)} UTC`)),
    ...line('why', entry.reason),
    ...(failureLines(entry).length === 0 ? [] : line('answer', failureLines(entry).join('\n'))),
    ...line('queued', `${minuteText(entry.createdAt)} UTC; sent ${counted(entry.attempts, 'time')}`),
    ...line(
      'operation',
      `${entry.operationId.slice(0, 8)} (tieline ops show ${entry.operationId.slice(0, 8)})`,
    ),
    '',
    ...changeLines(entry, '  ', 2_000),
  ];
}

/** What the remote said, rule by rule. */
function failureLines(row: OutboxEntry): string[] {
  if (!isJsonObject(row.failure)) return [];
  const { message, fields } = row.failure;
  const each = (Array.isArray(fields) ? fields : []).filter((field) => isJsonObject(field));
  return [
    scalarText(message),
    ...each.map((field) => `${scalarText(field['field'])}: ${scalarText(field['message'])}`),
  ].filter((line) => line !== '');
}

/** The title is on the line above already. */
function withoutTitle(why: string, title: string): string {
  const name = title.slice(title.indexOf(': ') + 2);
  return name === title ? why : why.replace(` (${name})`, '');
}

function whyOf(row: OutboxEntry): string {
  const failure = failureLines(row);
  return failure.length === 0 ? row.reason : failure.join('; ');
}
