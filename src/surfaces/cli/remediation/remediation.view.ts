/** The work on findings, in words. */
import type { PoamRemediation, RemediationDetail } from '../../../modules/remediation/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import type { FindingRow } from '../../../record/finding-lists/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { stateText } from '../lists/findings.view.ts';

const none = '–';
const words = (status: string): string => status.replaceAll('_', ' ');

/** @param width of the terminal; undefined: whole values. */
export const workTable = (rows: readonly FindingRow[], width: number | undefined): string =>
  fittedTable(
    ['KEY', 'SEVERITY', 'PLUGIN', 'NAME', 'ASSET', 'STATE', 'WORK', 'OF', 'BY', 'DUE', 'POA&M'],
    rows.map((row) => [
      width === undefined ? row.key : row.key.slice(0, 8),
      row.severity,
      row.pluginId,
      shownText(width === undefined ? row.name : row.name.slice(0, 50)),
      shownText(row.assetName ?? row.ip ?? row.assetUuid),
      stateText(row),
      row.remediationStatus === null ? none : words(row.remediationStatus),
      row.assignedTo ?? none,
      row.plannedFor ?? none,
      row.dueOn ?? none,
      row.poamId ?? none,
    ]),
    width,
  );

const facts = (pairs: readonly (readonly [string, string | null | false])[]): string[] =>
  pairs.flatMap(([name, value]) =>
    value === null || value === false ? [] : [`${name.padEnd(14)} ${shownText(value)}`],
  );

const validationWords: Readonly<Record<NonNullable<RemediationDetail['validation']>, string>> = {
  waiting: 'waits for a scan that begins after the report',
  shown_fixed: 'a scan showed it fixed; `tieline poams explain` says whether that is evidence enough',
  refuted: 'a scan still showed it, or it came back',
};

export const workLines = (of: RemediationDetail): string[] => [
  ...facts([
    ['Finding', of.key],
    ['Work', of.status === null ? 'none yet' : words(of.status)],
    ['Of', of.assignedTo === null ? 'nobody' : `${of.assignedTo}${of.isTeam ? ' (team)' : ''}`],
    ['To be fixed by', of.due],
    ['Plan', of.plan],
    ['Note', of.note],
    ['Effort', of.effortHours !== null && `${of.effortHours} h`],
    ['Cost', of.cost !== null && of.cost.toFixed(2)],
    [
      'Reported fixed',
      of.fixReportedAt && `${minuteText(of.fixReportedAt)} UTC by ${of.fixReportedBy ?? 'somebody'}`,
    ],
    [
      'Validation',
      of.validation &&
        `${validationWords[of.validation]}${of.validatedAt ? ` (${minuteText(of.validatedAt)} UTC)` : ''}`,
    ],
  ]),
  ...(of.scans.length === 0
    ? []
    : [
        '',
        'Scans that were asked for to verify it',
        ...of.scans.map(
          (scan) => `  ${scan.id}  ${scan.system}  ${scan.state}  (${shownText(scan.requestedBy)})`,
        ),
      ]),
  ...(of.history.length === 0
    ? []
    : [
        '',
        'History',
        ...of.history.map(
          ({ at, field, before, after, by, reason }) =>
            `  ${minuteText(at)}  ${field}: ${shortValue(before)} -> ${shortValue(after)}  (${shownText(by ?? 'a scan')}${reason === null ? '' : `: ${shownText(reason)}`})`,
        ),
      ]),
  ...(of.status === null ? ['', `Next: tieline remediation assign ${of.key.slice(0, 8)} --to NAME`] : []),
];

export const poamWorkLines = (of: PoamRemediation): string[] => [
  ...facts([
    ['POA&M', of.poamId],
    [
      'Findings',
      `${of.findings}, ${of.byStatus.fixed} of them fixed${of.byStatus.missing === 0 ? '' : `, ${of.byStatus.missing} that no scan shows any more`}`,
    ],
    [
      'Work',
      (['none', 'open', 'in_progress', 'blocked', 'fix_reported'] as const)
        .filter((status) => of.byStatus[status] > 0)
        .map((status) => `${of.byStatus[status]} ${status === 'none' ? 'not begun' : words(status)}`)
        .join(', ') || null,
    ],
    ['Unassigned', String(of.unassigned)],
    ['Late', String(of.late)],
    ['Last day', of.lastDue],
    ['Effort', of.effortHours !== null && `${of.effortHours} h`],
    ['Cost', of.cost !== null && of.cost.toFixed(2)],
  ]),
  ...of.assignees.map(({ name, findings }) => `  ${shownText(name)}: ${counted(findings, 'finding')}`),
];
