/** What every report says of itself: period, moment, filters, generator, snapshot. */
import type { Snapshot } from './snapshot/snapshot.ts';

export interface About {
  readonly marking: string;
  readonly period: string;
  readonly asOf: string;
  readonly covers: string;
  readonly generator: string;
  /** The first twelve digits of the snapshot's hash. */
  readonly snapshot: string;
}

export function shownAbout(snapshot: Snapshot, snapshotId: string): About {
  const { period, takenAt, scope, boundary, boundaries, generator, marking } = snapshot;
  const names = boundaries.map(({ name, systemId }) => `${name} (${systemId})`);
  const some =
    names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return {
    marking,
    period: `${period.from} to ${period.to}`,
    asOf: `${takenAt.slice(0, 16).replace('T', ' ')} UTC`,
    covers: boundary === null && scope.kind === 'everywhere' ? 'every boundary' : some || 'no boundary',
    generator,
    snapshot: snapshotId.slice(0, 12),
  };
}

const placeOf = ({ boundary, boundaries }: Snapshot): string => {
  if (boundary === null) return boundaries.length === 1 ? (boundaries[0]?.systemId ?? 'all') : 'all';
  return boundary;
};

/** `Executive-Summary-SYS-1-2026-11-27.pdf`. */
export const fileNameOf = (word: string, snapshot: Snapshot, ending: string): string =>
  `${word}-${placeOf(snapshot).replaceAll(/[^\w-]+/g, '-')}-${snapshot.takenAt.slice(0, 10)}.${ending}`;
