/** What a POA&M says that was completed on its evidence: which scans, when, which machines. Pure. */
import type { EvidenceRow } from './decide-life.ts';

const some = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
const machinesNamed = 10;

/** The evidence in a few lines of text, for people who read it in the GRC system. @param today YYYY-MM-DD. */
export function evidenceNote(evidence: readonly EvidenceRow[], today: string, by?: string): string {
  const byMachine = [...Map.groupBy(evidence, ({ asset }) => asset)];
  const machines = byMachine
    .slice(0, machinesNamed)
    .map(([asset, of]) => `${asset} (${[...new Set(of.map(nameOf))].join(', ')}, fixed ${lastDay(of)})`);
  const more = byMachine.length - machines.length;
  const who = by === undefined ? 'Closed by evidence' : `Closed by ${by} on evidence`;
  return (
    `${who} on ${today}: ${whatOf(evidence)} on ${some(byMachine.length, 'machine')} fixed: ${machines.join('; ')}` +
    `${more > 0 ? `; and ${some(more, 'more machine')}` : ''}. Each scan came after the finding was last found, saw the machine, had the credentials that the check needs and ran it.`
  );
}

const nameOf = ({ finding, plugin }: EvidenceRow): string => (finding === null ? plugin : `plugin ${plugin}`);

/** `2 findings`, `1 check`, `2 findings and 1 check`. */
function whatOf(evidence: readonly EvidenceRow[]): string {
  const checks = evidence.filter(({ finding }) => finding === null).length;
  const findings = evidence.length - checks;
  return [
    ...(findings > 0 || checks === 0 ? [some(findings, 'finding')] : []),
    ...(checks > 0 ? [some(checks, 'check')] : []),
  ].join(' and ');
}

const lastDay = (evidence: readonly EvidenceRow[]): string =>
  evidence
    .map(({ fixedAt }) => fixedAt?.slice(0, 10) ?? 'unknown')
    .toSorted()
    .at(-1) ?? 'unknown';
