import type { Feed } from '../../record/intelligence/index.ts';

/** Days after which what is loaded of a feed is old; the feeds of single records have no age. */
export const mostDays: Readonly<Record<Feed, number | undefined>> = {
  kev: 7,
  epss: 3,
  nvd: 7,
  cve: undefined,
  ssvc: undefined,
};

export interface FeedAge {
  /** Whole days since the publisher made it; undefined where it does not say when. */
  readonly days: number | undefined;
  readonly most: number | undefined;
  readonly isOld: boolean;
}

/** How old what is loaded of a feed is at `now`. */
export function ageOf(feed: Feed, date: Date | null, now: Date): FeedAge {
  const most = mostDays[feed];
  const days =
    date === null ? undefined : Math.max(0, Math.floor((now.getTime() - date.getTime()) / 86_400_000));
  return { days, most, isOld: most !== undefined && days !== undefined && days > most };
}
