/** What a POA&M says that was completed on its evidence: which scans, when, which machines. Pure. */
import type { EvidenceRow } from './decide-life.ts';

const some = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
const machinesNamed = 10;

/** The evidence in a few lines of text, for people who read it in the GRC system. @param today YYYY-MM-DD. */
export function evidenceNote(evidence: readonly EvidenceRow[], today: string, by?: string): string {
  const byMachine = [...Map.groupBy(evidence, ({ asset }) => asset)];
  const machines = byMachine
    .slice(0, machinesNamed)
    .map(
      ([asset, of]) =>
        `${asset} (plugin ${[...new Set(of.map(({ plugin }) => plugin))].join(', ')}, fixed ${lastDay(of)})`,
    );
  const more = byMachine.length - machines.length;
  const who = by === undefined ? 'Closed by evidence' : `Closed by ${by} on evidence`;
  return (
    `${who} on ${today}: ${some(evidence.length, 'finding')} on ${some(byMachine.length, 'machine')} fixed: ${machines.join('; ')}` +
    `${more > 0 ? `; and ${some(more, 'more machine')}` : ''}. Each scan began after the fix, saw the machine, had the credentials that the check needs and ran it.`
  );
}

const lastDay = (evidence: readonly EvidenceRow[]): string =>
  evidence
    .map(({ fixedAt }) => fixedAt?.slice(0, 10) ?? 'unknown')
    .toSorted()
    .at(-1) ?? 'unknown';
