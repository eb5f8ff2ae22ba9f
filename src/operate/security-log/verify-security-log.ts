/** Verifies the security log, and says so in it: who asked, what was found. What was tampered with is an event, and so an alert. */
import type { App } from '../../engine/run/index.ts';
import {
  type ChainHead,
  type LogVerification,
  type Origin,
  recordSecurityEvent,
  verifyLog,
} from '../../ledger/security/index.ts';
import { type JsonObject } from '../../platform/values/index.ts';
import { readHeadFile } from './head-file.ts';
import { insertVerification } from './verifications.sql.ts';

export interface Verified extends LogVerification {
  readonly verifiedAt: Date;
  readonly tookMs: number;
  /** When the heads of the file were written; null: there is no file on this machine. */
  readonly keptHeadsAt: string | null;
  /** Faults that are tampering: all but links whose key is not here. */
  readonly tampered: number;
}

/**
 * @param heads further heads that were kept elsewhere (another machine's file, syslog).
 * @throws TielineError SETTING_INVALID where the file of heads cannot be read.
 */
export async function verifySecurityLog(
  app: Pick<App, 'db' | 'store' | 'now' | 'securityLog'>,
  {
    origin,
    signal,
    heads = [],
    hasHeads = true,
  }: {
    readonly origin: Origin;
    readonly signal: AbortSignal;
    readonly heads?: readonly ChainHead[];
    /** False: the file of heads of this machine is spoilt, which was told already. */
    readonly hasHeads?: boolean;
  },
): Promise<Verified> {
  const begun = performance.now();
  const kept = app.securityLog && hasHeads ? await readHeadFile(app.securityLog.directory) : undefined;
  const found = await verifyLog(app.store, [...(kept?.heads ?? []), ...heads], signal);
  const verifiedAt = app.now();
  const tookMs = Math.round(performance.now() - begun);
  const tampered = found.faultCount - found.faults.filter(({ kind }) => kind === 'key_missing').length;
  await record(app, origin, { ...found, verifiedAt, tookMs, tampered });
  return { ...found, verifiedAt, tookMs, keptHeadsAt: kept?.writtenAt ?? null, tampered };
}

const shownFaults = 50;

async function record(
  { store }: Pick<App, 'store'>,
  origin: Origin,
  {
    verifiedAt: at,
    tookMs,
    tampered,
    ...found
  }: LogVerification & Pick<Verified, 'verifiedAt' | 'tookMs' | 'tampered'>,
): Promise<void> {
  const faults = found.faults
    .slice(0, shownFaults)
    .map(({ at: when, ...fault }): JsonObject => ({ ...fault, at: when?.toISOString() ?? null }));
  await store.transaction(async ({ db }) => {
    await insertVerification(db, {
      at,
      by: origin.actor?.name ?? 'tieline',
      rows: found.rows,
      faults: tampered,
      first: faults,
      tookMs,
    });
    const details = { rows: found.rows, faults: tampered, first: found.faults[0]?.says ?? null };
    await recordSecurityEvent(db, {
      kind: 'log_verified',
      at,
      origin,
      outcome: tampered === 0 ? 'success' : 'failure',
      details,
    });
    if (tampered > 0)
      await recordSecurityEvent(db, { kind: 'log_tampered', at, origin, outcome: 'failure', details });
  });
}
