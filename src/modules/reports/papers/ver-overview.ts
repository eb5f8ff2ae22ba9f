/** FedRAMP's monthly vulnerability report for people (VER-RPT-HLO): an overview, and every vulnerability with activity. Hosts are left out. */
import type { Cell } from '../../../platform/paper/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import {
  type SortedVulnerabilities,
  type VulnerabilityDetail,
  vulnerabilitiesOf,
} from '../ver/ver-report.ts';
import type { Draft } from './draft.ts';
import { numbersPart } from './numbers-part.ts';
import { boundariesPart, chapter, said, tablePart, together, type Part } from './parts.ts';

const answer = (value: boolean | undefined): Cell =>
  value === undefined ? { text: 'not evaluated', tone: 'quiet' } : value ? 'yes' : 'no';
const ratingWords = ({ currentRating }: VulnerabilityDetail): string =>
  currentRating === undefined ? 'not rated' : `N${currentRating}`;

const rowOf = (of: VulnerabilityDetail): Cell[] => [
  of.providerTrackingId,
  of.vulnerabilityDescription,
  of.detection.detectedAt.slice(0, 10),
  of.evaluationCompletedAt?.slice(0, 10) ?? { text: 'not yet', tone: 'bad' },
  answer(of.isLikelyExploitable),
  answer(of.isInternetReachable),
  ratingWords(of),
  of.overdueStatus.isOverdue ? { text: of.overdueStatus.explanation ?? 'overdue', tone: 'bad' } : 'in time',
  of.finalDisposition ?? 'open',
];

const vulnerabilitiesPart = ({ active, accepted }: SortedVulnerabilities): Part =>
  together(
    said(chapter('Vulnerabilities with activity')),
    tablePart(
      'Every vulnerability that is not accepted',
      [
        { title: 'Id', share: 1.2 },
        { title: 'Description', share: 3.4 },
        { title: 'Detected', share: 1.1 },
        { title: 'Evaluated', share: 1.1 },
        { title: 'Likely exploitable', share: 1.1 },
        { title: 'Internet reachable', share: 1.1 },
        { title: 'Impact', share: 0.8 },
        { title: 'Overdue', share: 2 },
        { title: 'Disposition', share: 1.2 },
      ],
      active.map(rowOf),
      { empty: 'No vulnerability had activity in the period.', most: Infinity },
    ),
    said(chapter('Accepted vulnerabilities')),
    tablePart(
      'Accepted, and why',
      [
        { title: 'Id', share: 1.2 },
        { title: 'Description', share: 3.4 },
        { title: 'Impact', share: 0.8 },
        { title: 'Rationale', share: 4 },
      ],
      accepted.map(({ vulnerabilityDetail: of, acceptanceRationale }): Cell[] => [
        of.providerTrackingId,
        of.vulnerabilityDescription,
        ratingWords(of),
        acceptanceRationale,
      ]),
      { empty: 'No vulnerability is accepted.', most: Infinity },
    ),
  );

export function verOverview(snapshot: Snapshot): Draft {
  const sorted = vulnerabilitiesOf(snapshot);
  const { active, accepted } = sorted;
  const open = active.filter(
    ({ finalDisposition }) => finalDisposition === undefined || finalDisposition === 'Partially Mitigated',
  );
  const bars = ['N5', 'N4', 'N3', 'N2', 'N1', 'not rated'].map((of) => {
    const value = open.filter((each) => ratingWords(each) === of).length;
    return { of, value, shown: String(value) };
  });
  const grave = open.filter(
    ({ isLikelyExploitable, isInternetReachable, currentRating = 0 }) =>
      isLikelyExploitable === true &&
      (currentRating === 5 || (isInternetReachable === true && currentRating > 3)),
  );
  const { blocks, notes } = together(
    said({
      kind: 'list',
      items: [
        `${active.length} vulnerabilities had activity in the period; ${open.length} of them are open, ${open.filter(({ overdueStatus }) => overdueStatus.isOverdue).length} overdue.`,
        `${accepted.length} vulnerabilities are accepted.`,
        `${open.filter(({ isLikelyExploitable }) => isLikelyExploitable === true).length} are likely exploitable, ${open.filter(({ isInternetReachable }) => isInternetReachable === true).length} reachable from the internet, ${open.filter(({ evaluationCompletedAt }) => evaluationCompletedAt === undefined).length} not evaluated yet.`,
        grave.length === 0
          ? 'None asks to be treated as a reportable incident (VER-TFR-IRI, VER-TFR-NRI).'
          : `${grave.length} should be treated as reportable incidents (VER-TFR-IRI, VER-TFR-NRI): ${grave.map(({ providerTrackingId }) => providerTrackingId).join(', ')}.`,
      ],
    }),
    numbersPart(snapshot, [
      { metric: 'evaluation-timeliness', measure: 'value', title: 'Evaluated in time' },
      { metric: 'accepted-vulnerabilities', measure: 'value', title: 'Accepted' },
    ]),
    said({
      kind: 'bars',
      title: 'Open vulnerabilities by potential agency impact',
      alt: bars.map(({ of, shown }) => `${of}: ${shown}`).join('; '),
      head: ['Impact', 'Open vulnerabilities'],
      bars,
    }),
    boundariesPart(snapshot),
    vulnerabilitiesPart(sorted),
  );
  return {
    title: 'FedRAMP vulnerability report',
    fileWord: 'FedRAMP-VER-Overview',
    orientation: 'landscape',
    filters: ['hosts are left out (VER-RPT-NID)'],
    blocks,
    notes: [...notes, ...sorted.notes],
  };
}
