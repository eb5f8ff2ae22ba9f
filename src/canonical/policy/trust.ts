/**
 * How far a connection is trusted to be written to, in one word: the rungs of a ladder that is climbed one by one. It is no setting of its
 * own, it is what the policies (`*`) and the pause of sending already say, so that it never differs from them.
 */
import type { EntityPolicy } from './policy.ts';

/** From the bottom up. */
export const trustLevels = ['read_only', 'plan_only', 'approved', 'automatic'] as const;
export type TrustLevel = (typeof trustLevels)[number];

export interface Trust {
  readonly level: TrustLevel;
  /** Entities whose own policy says another direction or approval than the connection's. */
  readonly exceptions: readonly string[];
}

/** Pure. @param isSendingPaused what is planned stays here, to be looked at. */
export function trustOf(policies: readonly EntityPolicy[], isSendingPaused: boolean): Trust {
  const ofAll = policies.find(({ entity }) => entity === '*');
  const exceptions = policies
    .filter(({ entity, direction, approval }) => entity !== '*' && (direction ?? approval) !== undefined)
    .map(({ entity }) => entity);
  return { level: levelOf(ofAll, isSendingPaused), exceptions };
}

function levelOf(ofAll: EntityPolicy | undefined, isSendingPaused: boolean): TrustLevel {
  if (ofAll?.direction === 'inbound') return 'read_only';
  if (isSendingPaused) return 'plan_only';
  return ofAll?.approval ? 'approved' : 'automatic';
}

/** What the policy of the connection says on a rung. */
export const policyOfTrust: Readonly<
  Record<TrustLevel, Pick<EntityPolicy, 'approval'> & { readonly direction: 'inbound' | 'bidirectional' }>
> = {
  read_only: { direction: 'inbound', approval: {} },
  plan_only: { direction: 'bidirectional', approval: {} },
  approved: { direction: 'bidirectional', approval: {} },
  automatic: { direction: 'bidirectional', approval: null },
};

/** Pure: whether one rung leads to the other: one up, or any number down. */
export const mayStep = (from: TrustLevel, to: TrustLevel): boolean =>
  trustLevels.indexOf(to) <= trustLevels.indexOf(from) + 1;
