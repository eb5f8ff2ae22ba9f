/**
 * Takes scans as far as their server lets them go: made, launched, followed to their end. What may have arrived is looked up before
 * it is sent again: the scan by the key in its name, its launch by its status. One process does so at a time for a system, by
 * the lock on sending to it.
 */
import type {
  ScanPhase,
  ScanStatus,
  ScanWriteResult,
  VerificationScans,
} from '../../connectors/kit/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { byRule, isScanOver, nextScanState, type ScanEvent } from '../../canonical/vocabulary/index.ts';
import { addCounts, noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { isSendingPaused } from '../../ledger/external-systems/index.ts';
import {
  listScans,
  moveScan,
  noteScan,
  type RemediationScanRow,
  type ScanProblem,
} from '../../record/remediation-scans/index.ts';
import type { ConnectedSystem } from '../../engine/connections/index.ts';
import { waitForLock } from '../../engine/outbound/index.ts';
import { holding, isOfSystem, type RunContext } from '../../engine/run/index.ts';
import { claimScan } from './claim-scan.ts';

/** How often an unclear outcome is looked up and sent again within one run. */
const attemptsPerRun = 4;
/** Unfinished scans of a system at once; each costs two requests. */
const followedAtMost = 1_000;

const eventOf: Record<ScanPhase, ScanEvent | undefined> = {
  new: undefined,
  pending: 'launched',
  running: 'running',
  completed: 'completed',
  aborted: 'aborted',
  stopped: 'stopped',
};

/** Failures of the system, not of the scan: no other scan would fare better. */
const concernsAll: ReadonlySet<string> = new Set(['REMOTE_UNREACHABLE', 'REMOTE_CIRCUIT_OPEN']);

interface Drive {
  readonly context: RunContext;
  readonly system: ConnectedSystem;
  readonly scans: VerificationScans;
  readonly operationId: string;
}

export interface Advance {
  readonly scan: RemediationScanRow;
  /** Why it does not continue yet. */
  readonly because?: TielineError;
}

/**
 * Advances the unfinished scans of a system, or one of them. What does not continue is noted with the scan, and given back.
 * @throws only where the run is to end: the signal, or an assumption that broke.
 */
export async function advanceScans(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  id: number | undefined,
): Promise<Advance[]> {
  const { scans } = system.connector;
  if (!scans) return [];
  const lock = await waitForLock(context, system, false);
  if (!lock) return [];
  return await holding(context, lock, async (held) => {
    const advances: Advance[] = [];
    const filter = { systemId: system.id, followed: true, ...(id === undefined ? {} : { id }) };
    const unfinished = (await listScans(held.db, filter, followedAtMost)).toReversed();
    const mayWrite = !(await isSendingPaused(held.db, system.id));
    for (const scan of unfinished) {
      held.signal.throwIfAborted();
      const advance = await advanceOne({ context: held, system, scans, operationId }, scan, mayWrite);
      advances.push(advance);
      if (advance.because && concernsAll.has(advance.because.code)) break;
    }
    return advances;
  });
}

async function advanceOne(drive: Drive, before: RemediationScanRow, mayWrite: boolean): Promise<Advance> {
  const { context, operationId } = drive;
  let because: TielineError | undefined;
  let after = before;
  try {
    after = await advance(drive, before, mayWrite);
  } catch (error) {
    if (!(error instanceof TielineError) || !isOfSystem(error, context.signal)) throw error;
    because = error;
    const problem = { message: messageOf(error), remedy: error.remedy, fields: [...error.fields] };
    await noteScan(context.db, before.id, { problem });
    after = await reread(context, before);
    context.log.warn(
      { operation: operationId, scan: before.id },
      `the scan cannot continue: ${problem.message}`,
    );
  }
  const one = { ...noCounts, read: 1 };
  const counts =
    because || after.state === 'failed'
      ? { ...one, held: 1 }
      : after.state === before.state
        ? { ...one, unchanged: 1 }
        : { ...one, updated: 1 };
  await recordCounts(context.db, operationId, addCounts(noCounts, counts));
  return { scan: after, ...(because ? { because } : {}) };
}

async function advance(
  drive: Drive,
  scan: RemediationScanRow,
  mayWrite: boolean,
): Promise<RemediationScanRow> {
  let now = scan;
  if (now.state === 'requested' && mayWrite) now = await ensureCreated(drive, now);
  if (now.state === 'created') now = await ensureLaunched(drive, now, mayWrite);
  else if (now.state === 'launched' || now.state === 'running') now = await refresh(drive, now);
  return now;
}

async function ensureCreated(drive: Drive, scan: RemediationScanRow): Promise<RemediationScanRow> {
  const { context, scans } = drive;
  const { signal } = context;
  let unclear = '';
  for (let tried = 0; tried < attemptsPerRun; tried += 1) {
    if (scan.attempts + tried > 0) {
      const found = await scans.find(scan.key, signal);
      if (found) return await happened(drive, scan, 'created', { externalId: found.externalId });
    }
    if (!(await claim(drive, scan))) return await reread(context, scan);
    const result = await scans.create(
      {
        name: scan.name,
        description: `Asked for by ${scan.requestedBy} in Tieline${scan.reason === null ? '' : `: ${scan.reason}`}`,
        targets: scan.targets,
        pluginIds: scan.pluginIds,
        idempotencyKey: scan.key,
      },
      signal,
    );
    if (result.outcome === 'confirmed')
      return await happened(drive, scan, 'created', { externalId: result.externalId });
    if (result.outcome !== 'unknown') return await refused(drive, scan, result);
    unclear = result.message;
    await context.sleep(500 * 2 ** tried, signal);
  }
  throw stillUnclear(scan, unclear);
}

async function ensureLaunched(
  drive: Drive,
  scan: RemediationScanRow,
  mayWrite: boolean,
): Promise<RemediationScanRow> {
  const { context, scans } = drive;
  const { signal } = context;
  const externalId = scan.externalId ?? '';
  let unclear = '';
  for (let tried = 0; tried < attemptsPerRun; tried += 1) {
    const status = await scans.status(externalId, signal);
    if (!status) return await gone(drive, scan);
    if (status.phase !== 'new') return await heard(drive, scan, status);
    if (!mayWrite) return scan;
    if (!(await claim(drive, scan))) return await reread(context, scan);
    const result = await scans.launch(externalId, signal);
    if (result.outcome === 'confirmed') return await happened(drive, scan, 'launched', {});
    if (result.outcome !== 'unknown') return await refused(drive, scan, result);
    unclear = result.message;
    await context.sleep(500 * 2 ** tried, signal);
  }
  throw stillUnclear(scan, unclear);
}

async function refresh(drive: Drive, scan: RemediationScanRow): Promise<RemediationScanRow> {
  const status = await drive.scans.status(scan.externalId ?? '', drive.context.signal);
  return status ? await heard(drive, scan, status) : await gone(drive, scan);
}

const claim = ({ context, system, operationId }: Drive, scan: RemediationScanRow): Promise<boolean> =>
  claimScan(context.store, system, operationId, scan);

/** Applies what the server reports of the run. */
async function heard(
  drive: Drive,
  scan: RemediationScanRow,
  status: ScanStatus,
): Promise<RemediationScanRow> {
  const event = eventOf[status.phase];
  const { startedAt, endedAt } = status;
  if (event === undefined || nextScanState(scan.state, event) === undefined) {
    await noteScan(drive.context.db, scan.id, startedAt === undefined ? {} : { startedAt });
    return await reread(drive.context, scan);
  }
  const problem: ScanProblem | undefined =
    event === 'aborted' || event === 'stopped'
      ? {
          message: `The server's run of the scan ended as "${status.said}".`,
          remedy: 'See at the server why, then ask for the scan again.',
          fields: [],
        }
      : undefined;
  return await happened(drive, scan, event, {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(problem === undefined ? {} : { problem }),
  });
}

function gone(drive: Drive, scan: RemediationScanRow): Promise<RemediationScanRow> {
  const message = `The server does not have the scan ${scan.externalId ?? ''} any more.`;
  return happened(drive, scan, 'gone', {
    problem: { message, remedy: 'Ask for the scan again.', fields: [] },
  });
}

function refused(
  drive: Drive,
  scan: RemediationScanRow,
  result: Exclude<ScanWriteResult, { outcome: 'confirmed' | 'unknown' }>,
): Promise<RemediationScanRow> {
  if (result.outcome === 'missing') return gone(drive, scan);
  const { message, remedy, fields } = result;
  return happened(drive, scan, 'refused', { problem: { message, remedy, fields } });
}

async function happened(
  { context, operationId }: Drive,
  scan: RemediationScanRow,
  event: ScanEvent,
  what: {
    readonly externalId?: string;
    readonly startedAt?: Date;
    readonly endedAt?: Date;
    readonly problem?: ScanProblem;
  },
): Promise<RemediationScanRow> {
  const to = nextScanState(scan.state, event);
  if (to === undefined) return scan;
  const over = isScanOver(to);
  // A server that does not say when a run began: not before it was asked for.
  const startedAt =
    what.startedAt ?? (to === 'completed' && scan.startedAt === null ? scan.requestedAt : undefined);
  await context.store.transaction((tx) =>
    moveScan(tx.db, scan, {
      ...what,
      ...(startedAt === undefined ? {} : { startedAt }),
      operationId,
      to,
      over,
      decidedBy: byRule('scan_server'),
      ...(what.problem === undefined ? {} : { reason: what.problem.message }),
    }),
  );
  return await reread(context, scan);
}

async function reread(context: RunContext, scan: RemediationScanRow): Promise<RemediationScanRow> {
  const [now] = await listScans(context.db, { id: scan.id }, 1);
  return now ?? scan;
}

function stillUnclear(scan: RemediationScanRow, message: string): TielineError {
  return new TielineError('REMOTE_FAILED', `Whether scan ${scan.id} arrived is unclear: ${message}`, {
    remedy: `Run \`tieline scans follow ${scan.id}\`: it looks the scan up before it sends anything again.`,
  });
}
