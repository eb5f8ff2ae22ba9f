/** Reports in words. */
import {
  noteSentences,
  type ReportNote,
  type ReportRow,
  type TemplateView,
  type Verified,
} from '../../../modules/reports/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';

export const reportsTable = (rows: readonly ReportRow[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'REPORT', 'BOUNDARY', 'STATE', 'DATA AS OF', 'BYTES', 'SHA-256', 'BY'],
    rows.map((row) => [
      row.id,
      row.title,
      row.boundary ?? 'all',
      row.status,
      row.dataAsOf ? minuteText(row.dataAsOf) : '',
      row.bytes === null ? '' : String(row.bytes),
      row.sha256?.slice(0, 12) ?? '',
      row.by ?? '',
    ]),
    width,
  );

function whenOf({ schedule, nextRunAt, lastOutcome, isShipped }: TemplateView): string {
  if (isShipped) return 'on demand';
  if (schedule === null) return 'ended';
  const failed =
    lastOutcome && 'code' in lastOutcome ? `; last: ${lastOutcome.code}, ${lastOutcome.message}` : '';
  return `${schedule.cron}${nextRunAt ? `, next ${minuteText(nextRunAt)}` : ''}${failed}`;
}

export const templatesTable = (rows: readonly TemplateView[], width: number | undefined): string =>
  fittedTable(
    ['NAME', 'REPORT', 'FORMAT', 'BOUNDARY', 'TAKES', 'WHEN'],
    rows.map((row) => [
      row.name,
      row.isShipped ? `${row.title}. ${row.question}` : `${row.title}, of ${row.owner ?? 'nobody'}`,
      row.format,
      row.isShipped ? (row.takesBoundary === 'one' ? 'needed' : 'any') : (row.boundary ?? 'all'),
      row.parameters.map(({ name, choices }) => (choices ? `${name}=${choices.join('|')}` : name)).join(' '),
      whenOf(row),
    ]),
    width,
  );

function sentenceOf({ code, subject, detail, sheet, cell, field }: ReportNote): string {
  const place = cell === undefined ? '' : `${sheet ?? ''}!${cell} `;
  const more = [field, detail].filter((each) => each !== undefined).join(': ');
  return `${place}${subject}: ${noteSentences[code]}${more === '' ? '' : ` (${more})`}`;
}

const toldWords: Readonly<Record<ReportRow['recipients'][number]['outcome'], string>> = {
  told: 'a mail was sent',
  no_right: 'not told, may not read all that it covers',
  no_address: 'not told, the account has no mail address',
  no_channel: 'not told, there is no mail channel: tieline alerts channels add',
  not_active: 'not told, the account is locked, disabled or gone',
  disclosed: 'sent outside, and in the accounting of disclosures',
  domain_not_allowed: 'not sent, TIELINE_REPORT_DOMAINS does not name the domain any more',
  not_attachable: 'not sent, the file is larger than TIELINE_REPORT_ATTACH_BYTES',
  owner_may_not: 'not sent, the owner of the schedule may not export all that it covers any more',
};

const mailWords: Readonly<Record<string, string>> = {
  failed: '; THE MAIL FAILED: tieline alerts deliveries --filter state=failed',
  pending: '; the mail is not sent yet',
  sending: '; the mail is being sent',
};

const shownNotes = 40;

export function* reportLines(row: ReportRow, path: string | undefined): Generator<string> {
  yield `${row.title}: ${row.status}`;
  yield `  id        ${row.id}`;
  yield `  covers    ${row.boundary ?? 'all that its maker may see'}`;
  if (row.periodFrom !== null) yield `  period    ${row.periodFrom} to ${row.periodTo ?? ''}`;
  if (row.dataAsOf) yield `  data      as of ${minuteText(row.dataAsOf)}`;
  if (row.fileName !== null) yield `  file      ${path ?? row.fileName} (${row.bytes ?? 0} bytes)`;
  if (row.sha256 !== null) yield `  SHA-256   ${row.sha256}`;
  if (row.snapshot !== null) yield `  snapshot  ${row.snapshot}`;
  if (row.expiresAt) yield `  kept      until ${row.expiresAt.toISOString().slice(0, 10)}`;
  for (const { recipient, outcome, mail, isAttached, openedAt } of row.recipients)
    yield `  told      ${recipient}: ${toldWords[outcome]}${isAttached ? ', with the file' : ''}${openedAt === null ? '' : `, opened ${openedAt.slice(0, 10)}`}${mailWords[mail ?? ''] ?? ''}`;
  if (row.problem) yield `  problem   ${row.problem.code}: ${row.problem.message}`;
  if (row.notes.length > 0) {
    yield '';
    yield `To look at (${row.notes.length}):`;
    for (const note of row.notes.slice(0, shownNotes)) yield `  ${sentenceOf(note)}`;
    if (row.notes.length > shownNotes) yield `  … and ${row.notes.length - shownNotes} more: --json`;
  }
  if (path === undefined && row.status === 'completed') yield `\nNext: tieline reports save ${row.id} .`;
}

export function* verifiedLines({ sha256, reports }: Verified): Generator<string> {
  yield `SHA-256 ${sha256}`;
  if (reports.length === 0) {
    yield 'No report with these bytes was made here: the file was changed, or comes from elsewhere.';
    return;
  }
  for (const row of reports)
    yield `Genuine: ${row.title}, ${row.boundary ?? 'all'}, made by ${row.by ?? '?'} at ${row.at ? minuteText(row.at) : '?'} (report ${row.id})`;
}
