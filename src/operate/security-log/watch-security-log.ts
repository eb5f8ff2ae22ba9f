/** What workers and servers do for the security log by themselves: publish its heads, sign those of each day, verify it once a day. */
import { type App } from '../../engine/run/index.ts';
import { recordSecurityEvent, signHeadsOfDay } from '../../ledger/security/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { withPauses } from '../../platform/timings/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { recordUsesElsewhere } from '../accounts/index.ts';
import { forwardSecurityLog } from './forward/forward.ts';
import { publishHeads } from './head-file.ts';
import { recordMigrations } from './record-migrations.ts';
import { fetchLastVerification } from './verifications.sql.ts';
import { verifySecurityLog } from './verify-security-log.ts';

const verifyEveryMs = 86_400_000;
/** Any number of processes watch; one of them verifies. */
const verifyLock = { numbers: [0x7469656c, 0x6c6f6773] };
const byItself = { way: 'local', actor: { principalId: 'tieline', name: 'tieline', kind: 'local' } } as const;

/** Chains whose heads were reported lost, and folders whose file was spoilt: once a process, and again after it restarts. */
const reported = new Set<string>();

/** Does once what is due. */
export const watchSecurityLog = (app: App, signal: AbortSignal): Promise<void> =>
  securityLogWatch(app, signal)();

/**
 * A file of heads that somebody spoilt is told of like heads that are lost, and keeps neither forwarding nor verification from their work.
 * @returns what is called every few seconds. A verification that fails pauses before it reads the whole log again.
 */
export function securityLogWatch(app: App, signal: AbortSignal): () => Promise<void> {
  let hasHeads = true;
  let areMigrationsTold = false;
  const verify = withPauses(app.now, () => verifyDaily(app, signal, hasHeads));
  return async () => {
    await signHeadsOfDay(app.db, app.now());
    // A migration is told of by the processes that start after it; one that runs on was there before.
    if (!areMigrationsTold) await recordMigrations(app);
    areMigrationsTold = true;
    await recordUsesElsewhere(app);
    hasHeads = app.securityLog === undefined || (await publish(app, app.securityLog.directory));
    await forwardSecurityLog(app, signal);
    await verify();
  };
}

/** @returns false where the file of heads is spoilt. */
async function publish(app: App, directory: string): Promise<boolean> {
  try {
    const { lost } = await publishHeads(app, directory);
    const news = lost.filter(({ chainId, seq }) => !reported.has(`${chainId} ${seq}`));
    for (const { chainId, seq } of news) reported.add(`${chainId} ${seq}`);
    if (news.length > 0)
      await tellTampered(app, { lostHeads: news.map(({ chainId, seq }) => ({ chain: chainId, seq })) });
    return true;
  } catch (error) {
    if (!(error instanceof TielineError && error.code === 'SETTING_INVALID')) throw error;
    if (!reported.has(directory)) await tellTampered(app, { headFile: error.message });
    reported.add(directory);
    return false;
  }
}

const tellTampered = (app: App, details: JsonObject): Promise<unknown> =>
  recordSecurityEvent(app.db, {
    kind: 'log_tampered',
    at: app.now(),
    origin: byItself,
    outcome: 'failure',
    details,
  });

async function verifyDaily(app: App, signal: AbortSignal, hasHeads: boolean): Promise<void> {
  const isDue = async (): Promise<boolean> => {
    const last = await fetchLastVerification(app.db);
    return last === null || app.now().getTime() - last.at.getTime() >= verifyEveryMs;
  };
  if (!(await isDue())) return;
  const held = await app.store.takeLock(verifyLock);
  if (!held) return;
  try {
    if (await isDue()) await verifySecurityLog(app, { origin: byItself, signal, hasHeads });
  } catch (error) {
    if (!signal.aborted) await recordFailed(app, error);
    throw error;
  } finally {
    await held.release();
  }
}

/** A verification that could not be made is in the log: that nobody found anything is no proof then. */
const recordFailed = (app: App, error: unknown): Promise<void> =>
  recordSecurityEvent(app.db, {
    kind: 'log_verified',
    at: app.now(),
    origin: byItself,
    outcome: 'failure',
    failureReason: messageOf(error),
  });
