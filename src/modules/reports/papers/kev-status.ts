/** Status of known exploited vulnerabilities and of BOD 26-04: tiers, and of each CVE machines, dates and what is not known. */
import type { Cell } from '../../../platform/paper/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { exploitedPart, tiersPart } from './exploited-part.ts';
import { numbersPart } from './numbers-part.ts';
import { chapter, type Part, said, tablePart, together } from './parts.ts';

/** Where the machine is to be examined for compromise as well (table 1), as far as the inputs are known. */
const forensicsOf = ({ exploited }: Snapshot): Part =>
  tablePart(
    'Inputs of the decision, by CVE',
    [
      { title: 'CVE', share: 1.5 },
      { title: 'In the catalogue since', share: 1.3 },
      { title: 'Catalogue due date', share: 1.3 },
      { title: 'First found here', share: 1.3 },
      { title: 'Automatable', share: 1.1 },
      { title: 'Technical impact', share: 1.2 },
      { title: 'Forensics', share: 2.4 },
    ],
    (exploited ?? []).map((of): Cell[] => {
      const isTotal = of.technicalImpact === 'total';
      const asked: Cell =
        of.automatable === null || of.technicalImpact === null
          ? { text: 'not known: automatable or impact is missing', tone: 'bad' }
          : isTotal && (of.exposed > 0 || of.automatable)
            ? { text: 'examine for compromise', tone: 'strong' }
            : isTotal && of.exposureUnknown > 0
              ? { text: 'if exposed: exposure is unknown', tone: 'bad' }
              : 'not asked for';
      return [
        of.cve,
        of.addedOn,
        of.catalogueDue,
        of.firstFound,
        of.automatable === null ? 'unknown' : of.automatable ? 'yes' : 'no',
        of.technicalImpact ?? 'unknown',
        asked,
      ];
    }),
    { empty: 'No vulnerability of the catalogue is open.' },
  );

export function kevStatus(snapshot: Snapshot): Draft {
  const { blocks, notes } = together(
    numbersPart(snapshot, [
      { metric: 'known-exploited', measure: 'open', title: 'Exploited, open' },
      { metric: 'known-exploited', measure: 'past_due', title: 'Exploited, past due' },
      { metric: 'known-exploited', measure: 'on_time', title: 'Within the date' },
      { metric: 'epss-exposure', measure: 'value', title: 'EPSS-weighted exposure' },
    ]),
    said(chapter('Tiers of BOD 26-04')),
    tiersPart(snapshot),
    said(chapter('Known exploited vulnerabilities')),
    exploitedPart(snapshot),
    forensicsOf(snapshot),
  );
  return {
    title: 'Known exploited vulnerabilities',
    fileWord: 'KEV-Status',
    orientation: 'landscape',
    filters: [],
    blocks,
    notes,
  };
}
