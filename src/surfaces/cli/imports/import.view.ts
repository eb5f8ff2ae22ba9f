/** What became of a scan file, in a line. */
import { basename } from 'node:path';
import type { FileOutcome } from '../../../modules/scan-files/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { counted } from '../kit/table.ts';

/** The file is named at the beginning of the line already; what is in an archive is named by the problem. */
const withoutName = (problem: string, file: string): string => {
  const named = `${shownText(basename(file))}: `;
  return problem.startsWith(named) ? problem.slice(named.length) : problem;
};

export function lineOf({
  outcome,
  hosts,
  items,
  openPorts,
  fixed,
  cameBack,
  counts,
  heldBecause,
  operationId,
  ...of
}: FileOutcome): string {
  const file = shownText(of.file);
  const problem = shownText(of.problem ?? '');
  const what = `${counted(hosts, 'host')}, ${counted(items, 'item')}; ${counts.created} new, ${counts.updated} updated, ${counts.unchanged} unchanged${fixed > 0 ? `, ${fixed} no longer there` : ''}${cameBack > 0 ? `, ${cameBack} came back` : ''}${openPorts > 0 ? `, ${counted(openPorts, 'open port')} listed without a finding` : ''}${counts.failed > 0 ? `, ${counts.failed} held` : ''}`;
  const held =
    counts.failed > 0
      ? [...heldBecause.map(shownText), `what was held: tieline ops show ${operationId ?? ''}`]
          .map((line) => `\n  ${line}`)
          .join('')
      : '';
  switch (outcome) {
    case 'imported':
      return `${file}: ${what}${held}`;
    case 'already imported':
      return `${file}: imported before, nothing to do`;
    case 'partial':
      return `${file}: kept what is whole (${what}), then it breaks: ${problem}${held}`;
    case 'refused':
      return `${file}: nothing was imported. ${withoutName(problem, of.file)}`;
  }
}
