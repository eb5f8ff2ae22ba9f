/**
 * FedRAMP's three vulnerability reports (VER-RPT-VDT, VER-RPT-AVI, VER-TFR-MRH). Hosts and payloads are left out: what would likely lead to
 * exploitation is not disclosed (VER-RPT-NID). The history of ratings that VER-RPT-VDT asks for has no place in the schema, which allows further
 * keys: it is in `ratingHistory` and `reductions`, in the shape of its own painReductionEvent.
 */
import { idOf } from '../named-facts.ts';
import { refuseFaults, verFaults, type VerKind } from '../published/schemas.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import type { DeviationFacts, Evaluated, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';

const dayMs = 86_400_000;
/** A vulnerability that is not mitigated so many days after its evaluation is accepted (VER-TFR-MAV). */
const acceptedAfterDays = 192;

const dayStart = (day: string): string => `${day}T00:00:00Z`;
const numberOf = (impact: string | null): number | undefined => {
  const number = Number(impact?.slice(1));
  return impact !== null && Number.isInteger(number) && number >= 1 && number <= 5 ? number : undefined;
};

/** Of several weaknesses the evaluations of the first, which is the gravest. */
const evaluationsOf = ({ weaknesses }: PoamFacts): readonly Evaluated[] =>
  weaknesses.find(({ evaluations }) => evaluations.length > 0)?.evaluations ?? [];

/** Each rating with the time from which it held, and those that were lower than the one before. */
function ratingsOf(evaluations: readonly Evaluated[]) {
  const history = evaluations.flatMap(({ at, impact }) => {
    const rating = numberOf(impact);
    return rating === undefined ? [] : [{ reducedAt: at, rating }];
  });
  const reductions = history.filter(({ rating }, index) => rating < (history[index - 1]?.rating ?? 0));
  return {
    ...(history.length > 1 ? { ratingHistory: history } : {}),
    ...(reductions.length > 0 ? { reductions } : {}),
  };
}

const isOver = ({ status }: PoamFacts): boolean => status === 'Completed' || status === 'Not Applicable';

function dispositionOf(poam: PoamFacts, deviations: readonly DeviationFacts[]): string | undefined {
  if (
    poam.status === 'False Positive' ||
    deviations.some(({ kind, state }) => kind === 'false_positive' && state === 'approved')
  )
    return 'False Positive';
  if (poam.status === 'Completed') return 'Fully Mitigated';
  return poam.findings.all > poam.findings.open && poam.findings.open > 0 ? 'Partially Mitigated' : undefined;
}

/** Late against its obligation, or its promise; the reason is what its comments or deviations say. */
function overdueOf(poam: PoamFacts, deviations: readonly DeviationFacts[], today: string) {
  const due = poam.obligedBy ?? poam.scheduledOn;
  if (isOver(poam) || due === null || due >= today) return { isOverdue: false };
  const vendor = deviations.find(({ kind, state }) => kind === 'vendor_dependency' && state === 'approved');
  return {
    isOverdue: true,
    explanation: vendor?.rationale ?? `Due by ${due}; planned for ${poam.scheduledOn ?? 'no day yet'}.`,
  };
}

/** In the words of FedRAMP's schema. */
export interface VulnerabilityDetail {
  readonly providerTrackingId: string;
  readonly detection: { readonly detectedAt: string; readonly detectionSource: string };
  readonly vulnerabilityDescription: string;
  readonly evaluationCompletedAt?: string;
  readonly isInternetReachable?: boolean;
  readonly isLikelyExploitable?: boolean;
  readonly currentRating?: number;
  readonly overdueStatus: { readonly isOverdue: boolean; readonly explanation?: string };
  readonly finalDisposition?: string;
}

function detailOf(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  today: string,
): VulnerabilityDetail {
  const evaluations = evaluationsOf(poam);
  const latest = evaluations.at(-1);
  const rating = numberOf(latest?.impact ?? null);
  const disposition = dispositionOf(poam, deviations);
  const next =
    poam.scheduledOn !== null &&
    !isOver(poam) &&
    rating !== undefined &&
    rating > 1 &&
    poam.scheduledOn >= today;
  return {
    providerTrackingId: idOf(poam),
    detection: {
      detectedAt: dayStart(poam.detectedOn ?? poam.weaknesses[0]?.detectedOn ?? poam.madeOn ?? today),
      detectionSource: poam.source ?? 'not recorded',
    },
    vulnerabilityDescription: poam.cves.length > 0 ? `${poam.title} (${poam.cves.join(', ')})` : poam.title,
    ...(poam.impactDescription === null ? {} : { potentialAgencyImpact: poam.impactDescription }),
    ...(latest === undefined ? {} : { evaluationCompletedAt: latest.at }),
    ...(latest?.reachable === undefined || latest.reachable === null
      ? {}
      : { isInternetReachable: latest.reachable }),
    ...(latest?.exploitable === undefined || latest.exploitable === null
      ? {}
      : { isLikelyExploitable: latest.exploitable }),
    ...(rating === undefined ? {} : { currentRating: rating }),
    ...(next
      ? { projectedNextReduction: { estimatedAt: dayStart(poam.scheduledOn ?? today), targetRating: 1 } }
      : {}),
    overdueStatus: overdueOf(poam, deviations, today),
    ...(disposition === undefined ? {} : { finalDisposition: disposition }),
    ...ratingsOf(evaluations),
  };
}

/** Accepted by decision, or open for longer than the rule allows after its evaluation. @returns why; undefined: it is not. */
function acceptedBecause(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  at: number,
): string | undefined {
  const granted = deviations.find(
    ({ kind, state }) =>
      state === 'approved' && (kind === 'risk_acceptance' || kind === 'operational_requirement'),
  );
  if (granted) return granted.rationale;
  if (poam.status === 'Risk Accepted')
    return poam.deviationRationale ?? 'Accepted in the GRC system; no rationale is recorded.';
  const [first] = evaluationsOf(poam);
  if (isOver(poam) || first === undefined || at - Date.parse(first.at) <= acceptedAfterDays * dayMs)
    return undefined;
  return `Not fully mitigated within ${acceptedAfterDays} days of its evaluation (VER-TFR-MAV).`;
}

export interface SortedVulnerabilities {
  readonly active: readonly VulnerabilityDetail[];
  readonly accepted: readonly {
    readonly vulnerabilityDetail: VulnerabilityDetail;
    readonly acceptanceRationale: string;
  }[];
  readonly notes: readonly ReportNote[];
}

/** @param isIn whether a POA&M belongs in the report. */
function sortOut(snapshot: Snapshot, isIn: (poam: PoamFacts) => boolean): SortedVulnerabilities {
  const today = snapshot.takenAt.slice(0, 10);
  const byPoam = Map.groupBy(snapshot.deviations, ({ poamId }) => poamId);
  const active: VulnerabilityDetail[] = [];
  const accepted: SortedVulnerabilities['accepted'][number][] = [];
  const notes: ReportNote[] = [];
  for (const poam of snapshot.poams) {
    const subject = idOf(poam);
    if (poam.status === 'Draft' || poam.status === 'Cancelled')
      notes.push({ code: 'left_out_status', subject, detail: poam.status });
    else if (isIn(poam)) {
      const deviations = byPoam.get(poam.poamId) ?? [];
      const detail = detailOf(poam, deviations, today);
      const rationale = acceptedBecause(poam, deviations, Date.parse(snapshot.takenAt));
      if (evaluationsOf(poam).length === 0 && !isOver(poam)) notes.push({ code: 'not_evaluated', subject });
      if (rationale === undefined) active.push(detail);
      else accepted.push({ vulnerabilityDetail: detail, acceptanceRationale: rationale });
    }
  }
  return { active, accepted, notes };
}

/** Open, or completed within the period. */
const hasActivity =
  ({ period: { from, to } }: Snapshot) =>
  (poam: PoamFacts): boolean =>
    !isOver(poam) || (poam.completedOn !== null && poam.completedOn >= from && poam.completedOn <= to);

/** What had activity in the period, as the reports of the period tell it. */
export const vulnerabilitiesOf = (snapshot: Snapshot): SortedVulnerabilities =>
  sortOut(snapshot, hasActivity(snapshot));

/** @throws TielineError REPORT_NOT_VALID. */
export async function verReport(kind: VerKind, snapshot: Snapshot, overviewUri: string): Promise<Rendered> {
  const { active, accepted, notes } =
    kind === 'history' ? sortOut(snapshot, () => true) : vulnerabilitiesOf(snapshot);
  const { from, to } = snapshot.period;
  const reportPeriod = { from: dayStart(from), to: `${to}T23:59:59Z` };
  const head = { certificationPackageOverviewUri: overviewUri };
  const bodies: Readonly<Record<VerKind, object>> = {
    detail: { ...head, reportPeriod, vulnerabilities: active },
    accepted: { ...head, reportPeriod, acceptedVulnerabilities: accepted },
    history: {
      ...head,
      generatedAt: snapshot.takenAt,
      activeVulnerabilities: active,
      acceptedVulnerabilities: accepted,
    },
  };
  const document = bodies[kind];
  refuseFaults(`the FedRAMP ${kind} report`, await verFaults(kind, document));
  return {
    bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
    fileName: `FedRAMP-VER-${kind}-${(snapshot.boundary ?? 'all').replaceAll(/[^\w-]+/g, '-')}-${to}.json`,
    mediaType: mediaTypes.json,
    notes,
  };
}
