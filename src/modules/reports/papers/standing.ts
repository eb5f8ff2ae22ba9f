/** How a POA&M stands on the day of a snapshot. Pure: days are compared as they are written. */
import { idOf, isLiving } from '../named-facts.ts';
import { poamStandings, type Severity, severities } from '../../../canonical/vocabulary/index.ts';
import type { DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';

export { idOf, isLiving };

export const todayOf = ({ takenAt }: Pick<Snapshot, 'takenAt'>): string => takenAt.slice(0, 10);

const dayMs = 86_400_000;
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** Asks for work. A draft is none yet: it is counted apart. */
export const isOpen = ({ status }: PoamFacts): boolean =>
  poamStandings[status] === 'live' && status !== 'Draft';
export const isLate = (poam: PoamFacts, today: string): boolean =>
  isOpen(poam) && poam.scheduledOn !== null && poam.scheduledOn < today;
/** Promised in time, and later than a policy obliges it to be. */
export const isBehindObligation = (poam: PoamFacts, today: string): boolean =>
  isOpen(poam) && !isLate(poam, today) && poam.obligedBy !== null && poam.obligedBy < today;

const isWithin = (day: string | null, { from, to }: Snapshot['period']): boolean =>
  day !== null && day >= from && day <= to;
export const isNew = (poam: PoamFacts, { period }: Snapshot): boolean =>
  poam.status !== 'Draft' && isWithin(poam.madeOn, period);
export const isClosedLately = (poam: PoamFacts, { period }: Snapshot): boolean =>
  poamStandings[poam.status] === 'completed' && isWithin(poam.completedOn, period);

export type Rating = Severity | 'Not rated';
export const ratings: readonly Rating[] = [...severities.toReversed(), 'Not rated'];
export const ratingOf = ({ severity }: PoamFacts): Rating => severity ?? 'Not rated';

/** The gravest first, then the earliest due. */
export const byGravity = (one: PoamFacts, other: PoamFacts): number =>
  ratings.indexOf(ratingOf(one)) - ratings.indexOf(ratingOf(other)) ||
  (one.scheduledOn ?? '9999').localeCompare(other.scheduledOn ?? '9999') ||
  idOf(one).localeCompare(idOf(other), 'en', { numeric: true });

export const deviationTitles: Readonly<Record<DeviationFacts['kind'], string>> = {
  false_positive: 'False positive',
  risk_adjustment: 'Risk adjustment',
  risk_acceptance: 'Risk acceptance',
  operational_requirement: 'Operational requirement',
  vendor_dependency: 'Vendor dependency',
};

/** Why an item is late, as far as anybody wrote it down; null: nobody did. @param deviations its own. */
export function reasonOf(poam: PoamFacts, deviations: readonly DeviationFacts[]): string | null {
  const living = deviations
    .filter(isLiving)
    .map(({ kind, state, rationale }) => `${deviationTitles[kind]}, ${state}: ${rationale}`);
  const moved = poam.milestones.flatMap(({ changes }) =>
    changes.flatMap(({ on, reason }) => (reason === null ? [] : [`milestone moved on ${on}: ${reason}`])),
  );
  const said = [...living, ...moved.slice(-1)];
  if (said.length > 0) return said.join('; ');
  return poam.comments?.split('\n')[0] ?? null;
}
