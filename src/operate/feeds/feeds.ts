/** Files of threat feeds that are sent to the server: written to the disk as they come, and loaded by a worker. */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Actor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { defined } from '../../platform/values/index.ts';
import type { Feed } from '../../record/intelligence/index.ts';
import { fetchJob, type Job, requestJob } from '../jobs/index.ts';
import { plainName, receiveUpload, removeUpload } from '../uploads/index.ts';

export interface SentFeed {
  readonly feed: Feed;
  readonly name: string;
  readonly force: string | undefined;
  readonly body: Readable;
  /** What the request says of it, in bytes; and its Content-Digest. */
  readonly bytes: number | undefined;
  readonly digest: string | undefined;
  readonly signal: AbortSignal;
}

/** Takes a file that is sent, and asks a worker to load it. @throws as `receiveUpload`; WORKER_NOT_INSTALLED. Nothing of it is kept then. */
export async function takeFeedFile(
  app: App,
  actor: Pick<Actor, 'name' | 'principalId'>,
  { feed, name, force, body, bytes, digest, signal }: SentFeed,
): Promise<Job> {
  const uploadId = randomUUID();
  const { path } = await receiveUpload(app, { id: uploadId, name }, body, { bytes, digest, signal });
  try {
    const payload = { feed, path, uploadId, name: plainName(name), ...defined({ force }) };
    return await fetchJob(app, await requestJob(app, actor, 'load_feed', { payload }));
  } catch (error) {
    await removeUpload(app, uploadId);
    throw error;
  }
}
