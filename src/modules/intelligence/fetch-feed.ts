/** A feed that is fetched from an address, for those who have a network: into a file of its own first, so that it is summed like any other. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { loadHttpClient } from '../../platform/http/index.ts';
import { type FeedFile, openFeedFile } from './feed-file.ts';

const mostRedirects = 5;

export const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);

/** Opens what is named by a path or an address, and removes what was fetched for it after `work`. @throws FEED_INVALID, REMOTE_…. */
export async function withFeedFile<T>(
  app: Pick<App, 'http'>,
  source: string,
  signal: AbortSignal,
  work: (file: FeedFile) => Promise<T>,
): Promise<T> {
  if (!isAddress(source)) return work(await openFeedFile(source, signal));
  const folder = await mkdtemp(join(tmpdir(), 'tieline-feed-'));
  try {
    const path = join(folder, 'feed');
    await fetchInto(app, source, path, signal);
    return await work(await openFeedFile(path, signal, source));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchInto(
  app: Pick<App, 'http'>,
  source: string,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  let address = new URL(source);
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const next = await fetchOnce(app, address, path, signal);
    if (next === undefined) return;
    if (address.protocol === 'https:' && next.protocol !== 'https:')
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        `${address.origin} redirects to ${next.origin}, without TLS.`,
      );
    address = next;
  }
  throw new TielineError('REMOTE_UNEXPECTED', `${source} redirects more than ${mostRedirects} times.`);
}

/** @returns where it is instead; undefined once it was written. */
async function fetchOnce(
  { http }: Pick<App, 'http'>,
  address: URL,
  path: string,
  signal: AbortSignal,
): Promise<URL | undefined> {
  const { createHttpClient } = await loadHttpClient();
  const { proxy, ca, ...rest } = http;
  const client = createHttpClient({
    ...rest,
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    baseUrl: address.origin,
    requestsPerSecond: 2,
    concurrency: 1,
  });
  try {
    const answer = await client.send({
      method: 'GET',
      path: address.pathname,
      query: Object.fromEntries(address.searchParams),
      retry: 'safe',
      signal,
    });
    if (answer.status >= 300 && answer.status < 400 && answer.headers['location'] !== undefined) {
      answer.body.destroy();
      return new URL(answer.headers['location'], address);
    }
    if (answer.status !== 200) {
      answer.body.destroy();
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        `${address.origin}${address.pathname} answers ${answer.status}.`,
        { remedy: 'Look at the address; without a network, load a file that was carried over.' },
      );
    }
    await pipeline(answer.body, createWriteStream(path), { signal });
    return undefined;
  } finally {
    await client.close();
  }
}
