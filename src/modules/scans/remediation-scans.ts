/**
 * Remediation scans that people ask for: a scanner's server looks again at what was patched, and the next read of findings
 * brings what came of it. The request is committed before anything is sent, so that whatever ends the process, the next
 * sync or `scans follow` continues from there.
 */
import { TielineError } from '../../platform/errors/index.ts';
import { byPerson, isScanOver, type ScanVerdict, verdictOf } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { findSystemById } from '../../ledger/external-systems/index.ts';
import {
  findFindingsReadAt,
  findSameScan,
  insertScan,
  listScanFindings,
  listScanMoves,
  listScans,
  lockScanRequests,
  type RemediationScanRow,
  type ScanFindingRow,
  type ScanMoveRow,
} from '../../record/remediation-scans/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type App, type Caller, withSystems } from '../../engine/run/index.ts';
import { askApprovals } from '../../engine/approvals/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { advanceScans, type Advance } from './advance-scan.ts';
import { planScan, type ScanPlan, type ScanWish } from './plan-scan.ts';

export type { RemediationScanRow, ScanPlan, ScanWish };

const findingsShown = 5_000;

export interface LaunchedScan {
  readonly scan: RemediationScanRow;
  readonly plan: ScanPlan;
  /** The same had been asked for and was not over: that scan was resumed. */
  readonly resumed: boolean;
}

/**
 * Asks for a scan and has the server make and launch it, or puts it up for approval where the policy says so.
 * @throws USAGE as `planScan` does; SCAN_REFUSED with the remedy; a retryable code if it does not continue yet: the request is kept then,
 *   and the next sync takes it up.
 */
export async function launchScan(
  app: App,
  system: string,
  wish: ScanWish,
  asked: { readonly by: string; readonly reason: string | undefined },
  caller: Caller,
): Promise<LaunchedScan> {
  const plan = await planScan(app, system, wish);
  const { id, resumed } = await requestScan(app, plan, asked);
  const [advance] = await advanceOf(app, system, id, caller);
  const scan = await fetchScan(app, id);
  if (advance?.because) throw notYet(scan, advance.because);
  if (scan.state === 'failed' && scan.problem)
    throw new TielineError('SCAN_REFUSED', `${system} did not take scan ${id}: ${scan.problem.message}`, {
      remedy: scan.problem.remedy,
      fields: scan.problem.fields,
    });
  return { scan, plan, resumed };
}

/**
 * Records that a scan is asked for, without asking its server: the next sync does. For what may not wait for a server in a transaction.
 * @throws USAGE as `planScan` does.
 */
export async function askForScan(
  app: App,
  system: string,
  wish: ScanWish,
  asked: { readonly by: string; readonly reason: string | undefined },
): Promise<{ readonly id: number; readonly plan: ScanPlan; readonly resumed: boolean }> {
  const plan = await planScan(app, system, wish);
  return { plan, ...(await requestScan(app, plan, asked)) };
}

function requestScan(
  app: App,
  plan: ScanPlan,
  asked: { readonly by: string; readonly reason: string | undefined },
): Promise<{ readonly id: number; readonly resumed: boolean }> {
  return app.store.transaction(async (tx) => {
    await lockScanRequests(tx.db, plan.systemId);
    const same = await findSameScan(tx.db, plan);
    if (same) return { id: same.id, resumed: true };
    const operation = { type: 'update', system: plan.system, step: 'ask for a scan' } as const;
    return withOperation(tx.db, operation, async ({ id: operationId, count }) => {
      const id = await insertRequest(tx, plan, asked, operationId);
      await count({ read: 1, created: 1 });
      return { id, resumed: false };
    });
  });
}

/** Makes a scan that was asked for a row, with its journal, and asks for the approval that a policy wants. @returns its id. */
async function insertRequest(
  tx: Tx,
  plan: ScanPlan,
  asked: { readonly by: string; readonly reason: string | undefined },
  operationId: string,
): Promise<number> {
  const state = plan.needsApproval ? 'waiting' : 'requested';
  const id = await insertScan(tx.db, {
    systemId: plan.systemId,
    operationId,
    name: nameOf(plan),
    targets: plan.targets,
    pluginIds: plan.pluginIds,
    state,
    requestedBy: asked.by,
    reason: asked.reason,
    findingIds: plan.findings.map((finding) => finding.findingId),
  });
  await recordChanges(tx.db, { systemId: plan.systemId, operationId }, [
    {
      entity: 'remediation_scan',
      entityId: String(id),
      field: 'state',
      before: null,
      after: state,
      direction: 'internal',
      decidedBy: byPerson(asked.by),
      ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    },
  ]);
  if (plan.needsApproval) await askApprovals(tx.db, { id: plan.systemId, name: plan.system }, operationId);
  return id;
}

const nameOf = ({ findings, targets }: ScanPlan): string =>
  `Tieline: verify ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} on ${targets.length === 1 ? (targets[0] ?? '') : `${targets.length} machines`}`.slice(
    0,
    150,
  );

function notYet(scan: RemediationScanRow, because: TielineError): TielineError {
  return new TielineError(
    because.code,
    `Scan ${scan.id} is recorded and cannot continue yet: ${because.message}`,
    {
      cause: because,
      remedy: `${because.remedy} \`tieline scans follow ${scan.id}\` continues it, and so does the next sync.`,
      fields: because.fields,
    },
  );
}

/** Advances the unfinished scans of a system, or one of them, as an operation of its own; none if there is none. */
async function advanceOf(
  app: App,
  system: string,
  id: number | undefined,
  caller: Caller,
): Promise<readonly Advance[]> {
  const { id: systemId } = await fetchSystem(app, system);
  const filter = { systemId, followed: true, ...(id === undefined ? {} : { id }) };
  if ((await listScans(app.db, filter, 1)).length === 0) return [];
  return withSystems(app, { systems: [system] }, caller, async (environment) => {
    const [connected] = environment.systems;
    if (!connected) return [];
    const operation = { type: 'export', system, step: 'scans', calls: connected } as const;
    return withOperation(app.db, operation, ({ id: operationId }) =>
      advanceScans({ ...environment, operationId }, connected, operationId, id),
    );
  });
}

export async function findScans(
  app: App,
  query: { readonly system?: string; readonly unfinished: boolean },
  limit: number,
): Promise<RemediationScanRow[]> {
  const system = query.system === undefined ? {} : { systemId: (await fetchSystem(app, query.system)).id };
  return await listScans(app.db, { ...system, unfinished: query.unfinished }, limit);
}

async function fetchScan(app: App, id: number): Promise<RemediationScanRow> {
  const [scan] = await listScans(app.db, { id }, 1);
  if (scan) return scan;
  throw new TielineError('SCAN_UNKNOWN', `There is no scan ${id}.`);
}

export interface ScanDetail {
  readonly scan: RemediationScanRow;
  readonly findings: readonly (ScanFindingRow & { readonly verdict: ScanVerdict })[];
  readonly moves: readonly ScanMoveRow[];
  /** When the findings of its system were last read to the end; what a scan found since is not known. */
  readonly findingsReadAt: Date | null;
}

/** A scan with what came of it, finding by finding; at most 5,000 of them. @throws SCAN_UNKNOWN. */
export async function fetchScanDetail(app: App, id: number): Promise<ScanDetail> {
  const scan = await fetchScan(app, id);
  const findingsReadAt = await findFindingsReadAt(app.db, scan.systemId);
  const findings = (await listScanFindings(app.db, id, findingsShown)).map((finding) => ({
    ...finding,
    verdict: verdictOf(scan, finding, findingsReadAt),
  }));
  return { scan, findings, moves: await listScanMoves(app.db, id), findingsReadAt };
}

/** The pause between two looks grows to this. */
const longestPauseMs = 60_000;

/**
 * Asks the servers for the state of unfinished scans, or of one, and continues with what was left unfinished.
 * @param wait until none of them continues any more; one that waits for approval, or for a person to repair something, is not waited for.
 * @returns the scans in their present state. @throws SCAN_UNKNOWN.
 */
export async function followScans(
  app: App,
  options: { readonly id: number | undefined; readonly wait: boolean },
  caller: Caller & { readonly saw: (scan: RemediationScanRow) => void },
): Promise<RemediationScanRow[]> {
  const { id, wait } = options;
  const followed = new Map<number, RemediationScanRow>();
  if (id !== undefined) followed.set(id, await fetchScan(app, id));
  for (let round = 0; ; round += 1) {
    const filter = { followed: true, ...(id === undefined ? {} : { id }) };
    const unfinished = await listScans(app.db, filter, 1_000);
    let isLeft = false;
    for (const systemId of new Set(unfinished.map((scan) => scan.systemId))) {
      const system = await findSystemById(app.db, systemId);
      if (!system || system.sync_enabled === false) continue;
      for (const { scan, because } of await advanceOf(app, system.system_name, id, caller)) {
        isLeft ||= !isScanOver(scan.state) && because?.entry.retryable !== false;
        if (followed.get(scan.id)?.state !== scan.state) caller.saw(scan);
        followed.set(scan.id, scan);
      }
    }
    if (!wait || !isLeft) break;
    await app.sleep(Math.min(2_000 * 2 ** round, longestPauseMs), caller.signal);
  }
  return [...followed.values()].toSorted((a, b) => a.id - b.id);
}
