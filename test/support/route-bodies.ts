import type { routes } from '../../src/contract/index.ts';

const boundaryRule = { conditions: [{ kind: 'name', values: ['web*'] }] };

/** What a well-formed request of each route that names one record of a boundary has as its body. */
export const bodies: Readonly<Partial<Record<keyof typeof routes, object>>> = {
  editPoam: { changes: { poc: 'Mallory' } },
  previewSystemDuePolicy: { policyId: 'fedramp-rev5', applies: true },
  setSystemDuePolicy: { policyId: 'fedramp-rev5', applies: true },
  letPoamPromiseStand: { reason: 'the vendor is late' },
  commentPoam: { body: 'hello' },
  addMilestone: { description: 'a step', due: '2027-01-01' },
  editMilestone: { changes: { status: 'Completed' } },
  mergeAsset: { into: '00000000-0000-0000-0000-000000000001', reason: 'one machine' },
  splitAsset: { source: 'xacta', externalId: '1', reason: 'two machines' },
  editAssetContext: { changes: { environment: 'test' } },
  resolveConflict: { keep: 'internal' },
  decideOutbox: { decision: 'retry', ids: [2], reason: 'again' },
  undoOperation: { reason: 'by mistake', sha256: '0'.repeat(64) },
  applyPlan: { sha256: '0'.repeat(64) },
  changeSchedule: { cron: '0 2 * * *' },
  endExclusion: { reason: 'rebuilt' },
  finishTask: { note: 'done' },
  reopenTask: {},
  decideMatch: { decision: 'accept' },
  previewBoundaryRule: boundaryRule,
  addBoundaryRule: boundaryRule,
  changeView: { name: 'mine' },
  viewPlanGroup: { viewed: true },
  viewApprovalGroup: { viewed: true },
  decideApproval: { decision: 'approve', sha256: '0'.repeat(64) },
  withdrawDeviation: { reason: 'gone' },
  addEvidence: { sha256: '0'.repeat(64), name: 'proof.txt' },
  checkInVendor: { on: '2026-11-20', note: 'asked' },
  decideRequest: { decision: 'approve', sha256: '0'.repeat(64) },
  pauseConnection: { reason: 'maintenance' },
  trustConnection: { level: 'read_only' },
  setConnectionSecrets: { secrets: { password: 'x' } },
};
