/** What several formats say of the facts of a snapshot alike. */
import type { DeviationFacts, PoamFacts } from './snapshot/snapshot.ts';

export const isLiving = ({ state }: DeviationFacts): boolean => state === 'requested' || state === 'approved';

/** What the GRC system calls it, which its readers know; else our own. */
export const idOf = ({ remoteId, poamId }: Pick<PoamFacts, 'remoteId' | 'poamId'>): string =>
  remoteId ?? poamId;
