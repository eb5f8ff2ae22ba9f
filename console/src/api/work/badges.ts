/** How much waits for the person, in the boundary that they look at: of kinds about which they can do something. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { syncRoutes } from '../../../../src/contract/index.ts';
import { get } from '../http/client.ts';

type Waiting = z.infer<(typeof syncRoutes)['countWaiting']['answer']['shape']>;

/** Of the pages that have one. */
const badges = {
  inbox: ({ inbox }: Waiting) => inbox,
  /** Critical alerts that nobody acknowledged. */
  alerts: ({ criticalAlerts }: Waiting) => criticalAlerts,
  conflicts: ({ kinds }: Waiting) => kinds.conflict ?? 0,
  approvals: ({ kinds }: Waiting) => kinds.approval ?? 0,
  matches: ({ kinds }: Waiting) => kinds.match ?? 0,
} as const;
export type Badge = keyof typeof badges;

export const badgeOf = (badge: Badge | undefined, waiting: Waiting | undefined): number =>
  badge === undefined || waiting === undefined ? 0 : badges[badge](waiting);

const minute = 60_000;
/** Events of the server make it old at once; the interval is for what has no event. Not the person's doing. */
export const badgesQuery = (system: string | undefined) =>
  queryOptions({
    queryKey: ['me', 'badges', system],
    queryFn: ({ signal }) => get<Waiting>('/me/badges', { query: { system }, passive: true, signal }),
    staleTime: minute / 2,
    refetchInterval: minute,
  });
