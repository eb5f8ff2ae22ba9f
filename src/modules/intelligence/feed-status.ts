/** How the intelligence stands: of each feed which issue is loaded, how old it is, and when it is loaded next. */
import type { App } from '../../engine/run/index.ts';
import {
  type Feed,
  feeds,
  findLastAssessment,
  type FeedSource,
  listFeedSources,
  listNewestLoads,
  type LoadRow,
} from '../../record/intelligence/index.ts';
import { ageOf } from './feed-ages.ts';

export interface FeedStatus {
  readonly feed: Feed;
  /** Null: it was never loaded. */
  readonly load: LoadRow | null;
  readonly ageDays: number | null;
  /** Days after which it is old; null for feeds of single records. */
  readonly mostDays: number | null;
  readonly isOld: boolean;
  readonly source: FeedSource | null;
}

/** When risk scores were computed last, and what it came to; null: never. */
export const lastAssessment = ({ db }: Pick<App, 'db'>): ReturnType<typeof findLastAssessment> =>
  findLastAssessment(db);

export async function feedStatus({ db, now }: Pick<App, 'db' | 'now'>): Promise<FeedStatus[]> {
  const [loads, sources] = await Promise.all([listNewestLoads(db), listFeedSources(db)]);
  return feeds.map((feed) => {
    const load = loads.find((each) => each.feed === feed) ?? null;
    const age = ageOf(feed, load?.feedDate ?? null, now());
    return {
      feed,
      load,
      ageDays: age.days ?? null,
      mostDays: age.most ?? null,
      isOld: age.isOld,
      source: sources.find((each) => each.feed === feed) ?? null,
    };
  });
}
