/**
 * Approvals: outbound changes for which a policy wants a person's consent wait in the outbox. After each run, what waits for a
 * system is one plan with one approval; if it is not what was asked for before, the earlier request is withdrawn. So an
 * approval never covers anything that its reader did not see.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { TielineError } from '../../errors/tieline-error.ts';
import {
  decideApproval,
  insertApproval,
  listApprovals,
  listWaitingChanges,
  lockApprovals,
  withdrawApprovals,
  type ApprovalRow,
  type WaitingChange,
} from '../../store/approvals.ts';
import { recordChanges } from '../../store/changes.ts';
import { beginOperation, finishOperation, noCounts, recordCounts } from '../../store/operations.ts';
import { nextScanState } from '../../model/remediation-scan.ts';
import type { Database } from '../../store/schema.ts';
import { inTransaction } from '../../store/transaction.ts';
import { canonical } from '../../sync/three-way.ts';
import { markReplanned } from '../../store/outbox-consent.ts';
import { reconsiderUnsent } from '../outbound/reconsider.ts';
import { fetchPolicies } from '../policies/policies.ts';

export type { ApprovalRow };

const checksum = (changes: readonly WaitingChange[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        changes.map(({ key, entity, record, kind, before, after }) => [
          key,
          entity,
          record,
          kind,
          canonical(before),
          canonical(after),
        ]),
      ),
    )
    .digest('hex');

/** Asks for approval of what waits to go to a system, unless just that is asked for already. */
export async function askApprovals(
  db: Kysely<Database>,
  system: { readonly id: number; readonly name: string },
  operationId: string,
): Promise<void> {
  const waiting = await listWaitingChanges(db, system.id);
  const asked = await listApprovals(db, { status: 'pending', systemId: system.id }, 1);
  const contentSha256 = checksum(waiting);
  if (waiting.length > 0 && asked[0]?.contentSha256 === contentSha256) return;
  if (asked.length > 0) await withdrawApprovals(db, system.id);
  if (waiting.length === 0) return;
  await insertApproval(db, {
    systemId: system.id,
    operationId,
    content: waiting,
    contentSha256,
    action: `send ${waiting.length} ${waiting.length === 1 ? 'change' : 'changes'} to ${system.name}`,
  });
}

/**
 * Ends the planning of a run for a system: what is queued is judged by the policies in force, counts as planned by this
 * run, and approval is asked for what waits.
 * @param entities those that the run was asked for; none: all.
 */
export async function concludePlanning(
  db: Kysely<Database>,
  system: { readonly id: number; readonly name: string },
  operationId: string,
  entities: readonly string[],
): Promise<void> {
  await reconsiderUnsent(db, system, await fetchPolicies(db, system.id), 'apply');
  await markReplanned(db, system.id, entities);
  await askApprovals(db, system, operationId);
}

export function findApprovals(
  app: { readonly db: Kysely<Database> },
  filter: { readonly all: boolean },
  limit: number,
): Promise<ApprovalRow[]> {
  return listApprovals(app.db, filter.all ? {} : { status: 'pending' }, limit);
}

export interface Decision {
  readonly approved: boolean;
  /** The user's name, for the journal. */
  readonly by: string;
  readonly reason: string | undefined;
}

/**
 * Lets the changes of an approval go out, or drops them for good: a change that was rejected is not planned again until
 * its values are others.
 * @param id the whole id or its first characters. @returns how many changes.
 * @throws TielineError APPROVAL_UNKNOWN, or APPROVAL_MOVED if what waits is not what was asked for.
 */
export async function decide(
  app: { readonly pool: pg.Pool },
  id: string,
  decision: Decision,
): Promise<{ readonly operationId: string; readonly changes: number; readonly system: string }> {
  return inTransaction(app.pool, async (tx) => {
    const approval = theOne(await lockApprovals(tx.db, id), id);
    if (approval.status !== 'pending')
      throw new TielineError(
        'APPROVAL_MOVED',
        `The approval ${approval.approvalId.slice(0, 8)} was ${approval.status} already${approval.decidedBy === null ? '' : ` by ${approval.decidedBy}`}.`,
      );
    const planned = new Set(approval.content.map((change) => change.key));
    const waiting = (await listWaitingChanges(tx.db, approval.systemId)).filter((change) =>
      planned.has(change.key),
    );
    if (checksum(waiting) !== approval.contentSha256)
      throw new TielineError(
        'APPROVAL_MOVED',
        `${approval.content.length - waiting.length} of the ${approval.content.length} changes are not as they were when approval was asked for.`,
      );
    const operationId = await beginOperation(tx.db, {
      type: 'update',
      system: approval.system,
      step: decision.approved ? 'approve' : 'reject',
      metadata: { approval: approval.approvalId, plan: approval.planId },
    });
    const { changes, scans } = await decideApproval(tx.db, approval, decision);
    const signed = {
      direction: 'internal',
      decidedBy: decision.by,
      ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    } as const;
    await recordChanges(tx.db, { systemId: approval.systemId, operationId }, [
      {
        entity: 'approval',
        entityId: approval.approvalId,
        field: 'status',
        before: 'pending',
        after: decision.approved ? 'approved' : 'rejected',
        ...signed,
      },
      ...scans.map((id) => ({
        entity: 'remediation_scan',
        entityId: String(id),
        field: 'state',
        before: 'waiting',
        after: nextScanState('waiting', decision.approved ? 'approved' : 'rejected'),
        ...signed,
      })),
    ]);
    await recordCounts(tx.db, operationId, { ...noCounts, read: changes, updated: changes });
    await finishOperation(tx.db, operationId, 'completed');
    return { operationId, changes, system: approval.system };
  });
}

function theOne(found: readonly ApprovalRow[], id: string): ApprovalRow {
  const [only, another] = found;
  if (!only || !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new TielineError(
      'APPROVAL_UNKNOWN',
      `No approval starts with "${id}" (give at least four characters of the id).`,
    );
  if (another)
    throw new TielineError(
      'APPROVAL_UNKNOWN',
      `More than one approval starts with "${id}": give more of the id.`,
    );
  return only;
}
