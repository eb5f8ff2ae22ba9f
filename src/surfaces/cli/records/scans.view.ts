/** Remediation scans in words: as a list, as they would be launched, and what came of one. */
import type { RemediationScanRow, ScanDetail, ScanPlan } from '../../../modules/scans/index.ts';
import type { ScanVerdict } from '../../../canonical/vocabulary/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { shellWord } from '../kit/hint.ts';
import { secondText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

/** Rows of findings that a person is shown; --json has them all. */
const shownAtMost = 50;

const verdicts: Record<ScanVerdict, string> = {
  pending: 'not known yet',
  fixed: 'fixed by it',
  fixed_otherwise: 'fixed, not by it',
  open: 'still open',
  not_covered: 'not covered',
};

/** @param width of the terminal. */
export function scanTable(rows: readonly RemediationScanRow[], width: number | undefined): string {
  return fittedTable(
    ['ID', 'SYSTEM', 'STATE', 'FINDINGS', 'PLUGINS', 'MACHINES', 'ASKED FOR (UTC)', 'BY', ''],
    rows.map((row) => [
      String(row.id),
      row.system,
      row.state,
      String(row.findings),
      String(row.pluginIds.length),
      String(row.targets.length),
      secondText(row.requestedAt),
      row.requestedBy,
      row.problem === null ? '' : row.problem.message,
    ]),
    width,
  );
}

const shortList = (values: readonly string[]): string =>
  values.length > 10 ? `${values.slice(0, 10).join(', ')} and ${values.length - 10} more` : values.join(', ');

const moreLine = (n: number): string[] =>
  n > shownAtMost ? [`… and ${n - shownAtMost} more; --json has them all`] : [];

/** What would be launched. */
export function planLines(plan: ScanPlan, width: number | undefined): string[] {
  const rows = plan.findings
    .slice(0, shownAtMost)
    .map((each) => [
      String(each.findingId),
      each.hostname ?? each.asset,
      each.pluginId,
      String(each.port ?? ''),
      each.severity ?? '',
      shortValue(each.name ?? ''),
    ]);
  return [
    `Would have ${plan.system} look again; nothing was sent.`,
    `  machines  ${shortList(plan.targets)}`,
    `  plugins   ${shortList(plan.pluginIds)}`,
    ...(plan.needsApproval ? ['  a policy wants approval first'] : []),
    ...(plan.same ? [`  scan ${plan.same.id} (${plan.same.state}) is just this: it would be continued`] : []),
    '',
    fittedTable(['FINDING', 'MACHINE', 'PLUGIN', 'PORT', 'SEVERITY', 'NAME'], rows, width),
    ...moreLine(plan.findings.length),
    ...leftOutLines(plan),
  ];
}

export const leftOutLines = (plan: ScanPlan): string[] =>
  [...Map.groupBy(plan.leftOut, (each) => each.reason)].map(
    ([reason, left]) => `${counted(left.length, 'finding')} left out: ${reason}`,
  );

/** One scan, and what came of it for each finding. */
export function detailLines(detail: ScanDetail, width: number | undefined): string[] {
  const { findings } = detail;
  const rows = findings
    .slice(0, shownAtMost)
    .map((each) => [
      String(each.findingId),
      each.hostname ?? each.asset,
      each.pluginId,
      String(each.port ?? ''),
      each.lifecycleState ?? '',
      verdicts[each.verdict],
    ]);
  return [
    ...scanLines(detail),
    '',
    fittedTable(['FINDING', 'MACHINE', 'PLUGIN', 'PORT', 'NOW', 'RESULT'], rows, width),
    ...moreLine(findings.length),
    ...sumLines(detail),
  ];
}

function scanLines({ scan, moves }: ScanDetail): string[] {
  return [
    `Scan ${scan.id} by ${scan.system}: ${scan.state}${scan.externalId === null ? '' : ` (there: ${scan.externalId})`}`,
    `  machines  ${shortList(scan.targets)}`,
    `  plugins   ${shortList(scan.pluginIds)}`,
    `  ran       ${secondText(scan.startedAt)} to ${secondText(scan.endedAt)} UTC`,
    ...(scan.problem === null
      ? []
      : [`  problem   ${scan.problem.message}`, `  do        ${scan.problem.remedy}`]),
    ...moves.map(
      (move) =>
        `  ${secondText(move.at)}  ${move.state}, ${move.by}${move.reason === null ? '' : `: ${move.reason}`}`,
    ),
  ];
}

function sumLines({ scan, findings }: ScanDetail): string[] {
  const byVerdict = Map.groupBy(findings, (each) => each.verdict);
  const next =
    scan.state === 'completed'
      ? `tieline sync run --system ${shellWord(scan.system)}`
      : `tieline scans follow ${scan.id} --wait`;
  return [
    [...byVerdict].map(([verdict, of]) => `${of.length} ${verdicts[verdict]}`).join(', '),
    ...(byVerdict.has('pending') ? [`Next: ${next}`] : []),
    ...(byVerdict.has('not_covered')
      ? [
          'Not covered: the machine was not reached or not signed in to, the port was closed, or its findings come from an agent, which these scans cannot ask.',
        ]
      : []),
  ];
}

export function nextAfterLaunch(scan: RemediationScanRow): string {
  if (scan.state === 'waiting') return 'A policy wants approval. Next: tieline approvals list';
  if (scan.state === 'requested')
    return `Sending to ${scan.system} is paused. Next: tieline outbox resume ${shellWord(scan.system)}, then tieline scans follow ${scan.id}`;
  return `Next: tieline scans follow ${scan.id} --wait`;
}

export function nextAfterFollow(rows: readonly RemediationScanRow[]): string {
  const over = rows.find((row) => row.state === 'completed');
  return over
    ? `Next: tieline sync run --system ${shellWord(over.system)} brings what was found; tieline scans show ${over.id} shows it`
    : 'The next sync asks again by itself.';
}
