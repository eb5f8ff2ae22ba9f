/** Threat feeds that a worker loads by itself, from an address or a folder that others fill. */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { enqueueJob } from '../../platform/queue/index.ts';
import {
  deleteFeedSource,
  type Feed,
  type FeedSource,
  listFeedSources,
  moveFeedSource,
  recordFeedOutcome,
  saveFeedSource,
  takeDueFeedSources,
} from '../../record/intelligence/index.ts';
import type { App } from '../../engine/run/index.ts';
import { loadFeed, withFeedFile } from '../../modules/intelligence/index.ts';
import { z } from 'zod';
import { nextTimes } from './schedules.ts';

/** The task of the queue that a source whose time has come becomes. */
export const scheduledFeed = 'scheduled feed';

const payloadSchema = z.object({ feed: z.enum(['kev', 'epss', 'nvd', 'cve', 'ssvc']) });

/** Saves from where a feed is loaded. @returns its next three times. @throws USAGE naming what is wrong with cron or address. */
export async function setFeedSource(
  app: Pick<App, 'db' | 'now'>,
  by: string,
  source: Pick<FeedSource, 'feed' | 'address' | 'cron' | 'enabled'>,
): Promise<Date[]> {
  const times = nextTimes(source.cron, app.now(), 3);
  if (/^[a-z]+:\/\//i.test(source.address) && !/^https?:\/\//i.test(source.address))
    throw new TielineError('USAGE', 'The source was not saved.', {
      fields: [
        {
          field: 'address',
          message: `${source.address}: expected https://…, http://…, or the path of a file`,
        },
      ],
    });
  await saveFeedSource(app.db, { ...source, nextRunAt: times[0] ?? null, setBy: by, setAt: app.now() });
  return times;
}

/** @throws USAGE where there is none. */
export async function removeFeedSource(app: Pick<App, 'db'>, feed: Feed): Promise<void> {
  if (await deleteFeedSource(app.db, feed)) return;
  throw new TielineError('USAGE', `There is no source of ${feed}.`, {
    remedy: 'See which there are: tieline intelligence status',
  });
}

/** Puts a job into the queue for each source whose time has come. */
export async function enqueueDueFeeds(app: Pick<App, 'store' | 'now'>): Promise<void> {
  await app.store.transaction(async (tx) => {
    const now = app.now();
    for (const source of await takeDueFeedSources(tx.db, now)) {
      const [next] = nextTimes(source.cron, now, 1);
      if (next) await moveFeedSource(tx.db, source.feed, next);
      if (source.nextRunAt === null) continue;
      await enqueueJob(tx.db, {
        task: scheduledFeed,
        payload: { feed: source.feed },
        key: `feed:${source.feed}`,
        queue: 'feeds',
        attempts: 3,
      });
    }
  });
}

/** An address with what stands for a day filled in: feeds of a day are there on the next. */
export function addressOn(address: string, now: Date): string {
  const yesterday = new Date(now.getTime() - 86_400_000);
  return address
    .replaceAll('{date}', yesterday.toISOString().slice(0, 10))
    .replaceAll('{year}', String(now.getUTCFullYear()));
}

/** Loads a feed from its source, and keeps what came of it. What fails is tried again at its next time. */
export async function loadBySource(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  const { feed } = payloadSchema.parse(payload);
  const source = (await listFeedSources(app.db)).find((each) => each.feed === feed);
  // Removed or switched off since it was due.
  if (!source?.enabled) return;
  const address = addressOn(source.address, app.now());
  let outcome: string;
  try {
    const loaded = await withFeedFile(app, address, signal, (file) =>
      loadFeed(app, feed, file, { by: 'schedule', signal }),
    );
    outcome =
      loaded.outcome === 'loaded' ? `loaded, ${loaded.changed} of ${loaded.read} changed` : 'nothing new';
    app.log.info({ feed, address, changed: loaded.changed }, 'feed loaded');
  } catch (error) {
    if (signal.aborted) throw error;
    outcome = `failed: ${messageOf(error)}`;
    app.log.warn({ err: error, feed, address }, `the feed was not loaded: ${messageOf(error)}`);
  }
  await recordFeedOutcome(app.db, feed, { at: app.now(), outcome });
}
