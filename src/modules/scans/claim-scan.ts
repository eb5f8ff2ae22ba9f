/** The last look before a scan leaves, as `outbound/claim-row.ts` takes it of other changes: do the policies in force let it? */
import type { Store } from '../../platform/postgres/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { byPolicy, reasonOf, severities } from '../../canonical/vocabulary/index.ts';
import {
  lockScan,
  markScanSent,
  moveScan,
  type RemediationScanRow,
} from '../../record/remediation-scans/index.ts';
import { consentTo, noRecord } from '../../canonical/policy/index.ts';
import { askApprovals } from '../../engine/approvals/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';

/**
 * Claims a scan for being made or launched. The policies are read in the transaction that locks it (SPEC.md, A2): one that needs consent
 * now waits for it, whatever held when it was asked for.
 * @returns whether the request may go out. @throws SCAN_REFUSED where no policy lets it out; the scan stays as it is.
 */
export function claimScan(
  store: Store,
  system: { readonly id: number; readonly name: string },
  operationId: string,
  scan: RemediationScanRow,
): Promise<boolean> {
  return store.transaction(async ({ db }) => {
    const claimable = await lockScan(db, scan.id);
    if (claimable?.state !== scan.state || claimable.paused) return false;
    const { approved, severityRank } = claimable;
    const severity = severityRank === null ? undefined : severities[severityRank];
    const change = { ...changeOfScan, severity, approved };
    const consent = consentTo(await fetchPolicies(db, system.id), change, noRecord);
    if (consent === 'forbidden') throw notLetOut(system.name);
    if (consent === 'granted') {
      if (scan.state === 'requested') await markScanSent(db, scan.id);
      return true;
    }
    await moveScan(db, scan, {
      operationId,
      to: 'waiting',
      over: false,
      decidedBy: byPolicy('approval'),
      reason: reasonOf('consent_needed'),
    });
    await askApprovals(db, system, operationId);
    return false;
  });
}

/** A scan as policies see it. */
export const changeOfScan = {
  entity: 'remediation_scan',
  kind: 'create',
  fields: ['targets', 'plugins'],
} as const;

function notLetOut(system: string): TielineError {
  return new TielineError('SCAN_REFUSED', `The policies of ${system} let no scan out.`, {
    remedy: `See \`tieline policies list ${system}\`; the direction of remediation_scan decides.`,
  });
}
