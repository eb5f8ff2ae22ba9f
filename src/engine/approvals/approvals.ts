/**
 * Approvals: outbound changes for which a policy wants a person's consent wait in the outbox. After each run, what waits for a
 * system in one authorization boundary is one plan with one approval; if it is not what was asked for before, the earlier request is withdrawn. So an
 * approval never covers anything that its reader did not see.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import {
  decideApproval,
  insertApproval,
  listApprovals,
  listAsked,
  listAuthors,
  listWaitingChanges,
  lockApprovals,
  splitApproval,
  withdrawApprovals,
  type ApprovalRow,
  type WaitingChange,
} from './approvals.sql.ts';
import { insertHeldRecords, recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { byPerson, nextScanState } from '../../canonical/vocabulary/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { canonical } from '../merge/index.ts';
import { type EntityPolicy, mayGoOut } from '../../canonical/policy/index.ts';
import {
  describeChanges,
  type DescribedChange,
  listWithdrawnDecisions,
  markReplanned,
  reconsiderUnsent,
  returnWithdrawn,
} from '../outbox/index.ts';
import { settleRejected } from '../../record/entities/index.ts';
import { fetchPolicies } from '../policies/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';

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

/**
 * Asks for approval of what waits to go to a system: once for each authorization boundary, and once for what is in none. What is asked for
 * already, just so, stays; what is not what waits now is withdrawn.
 */
export async function askApprovals(
  db: Kysely<Database>,
  system: { readonly id: number; readonly name: string },
  operationId: string,
): Promise<void> {
  const waiting = Map.groupBy(await listWaitingChanges(db, system.id), ({ boundary }) => boundary);
  const wanted = [...waiting].map(([boundary, changes]) => {
    const content = changes.map(({ boundary: _in, ...change }): WaitingChange => change);
    return { boundary, content, contentSha256: checksum(content) };
  });
  const asked = await listAsked(db, system.id);
  const isWanted = (each: (typeof asked)[number]): boolean =>
    each.isByBoundary &&
    wanted.some((one) => one.boundary === each.boundary && one.contentSha256 === each.contentSha256);
  const kept = new Set(asked.filter(isWanted).map(({ boundary }) => boundary));
  const outdated = asked.filter((each) => !isWanted(each)).map(({ approvalId }) => approvalId);
  if (outdated.length > 0) await withdrawApprovals(db, system.id, outdated);
  for (const { boundary, content, contentSha256 } of wanted)
    if (!kept.has(boundary))
      await insertApproval(db, {
        systemId: system.id,
        boundary,
        operationId,
        content,
        contentSha256,
        action: actionOf(content, system.name, boundary),
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
  await judgeQueue(db, system, operationId);
  await markReplanned(db, system.id, entities);
  await askApprovals(db, system, operationId);
}

/** Judges what is queued by the policies in force, and what they withdrew although a person had decided it. */
export async function judgeQueue(
  db: Kysely<Database>,
  system: { readonly id: number; readonly name: string },
  operationId: string,
): Promise<void> {
  const policies = await fetchPolicies(db, system.id);
  await returnDecided(db, system, operationId, policies);
  await reconsiderUnsent(db, system, policies, 'apply');
}

/** What a person decided to make again, and a policy withdrew, goes out as soon as one lets it; until then it is on the list of what was held. */
async function returnDecided(
  db: Kysely<Database>,
  system: { readonly id: number; readonly name: string },
  operationId: string,
  policies: readonly EntityPolicy[],
): Promise<void> {
  const withdrawn = await listWithdrawnDecisions(db, system.id);
  const factsOf = await readRecordFacts(
    db,
    policies,
    'poam',
    withdrawn.map(({ poamId }) => poamId),
  );
  const [out = [], kept = []] = [true, false].map((may) =>
    withdrawn.filter((each) => mayGoOut(policies, each, factsOf(each.poamId)) === may),
  );
  await returnWithdrawn(
    db,
    out.map((each) => each.id),
  );
  await insertHeldRecords(
    db,
    operationId,
    kept.map(({ poamId }) => ({
      table: 'ingestion_poams',
      identifier: poamId,
      type: 'policy',
      message: `is to be made again at ${system.name}, and the policies let no new POA&M out (tieline policies list ${system.name})`,
      raw: {},
    })),
  );
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
  /** Only the changes of these records (their ids there or here); absent or empty: all of the approval. */
  readonly records?: readonly string[];
  /** Where the person may decide. Default: everywhere. */
  readonly scope?: Scope;
  /** The content that the person read; absent: what is asked for now. */
  readonly sha256?: string;
}

export interface DecidedApproval {
  readonly operationId: string;
  readonly changes: number;
  /** Changes of the approval that still wait, where it was decided about in part. */
  readonly waiting: number;
  readonly system: string;
}

/**
 * Lets the changes of an approval go out, or drops them permanently: a change that was rejected is not planned again until
 * its values are others. A POA&M that was rejected is cancelled here.
 * @param id the whole id or its first characters. @returns how many changes.
 * @throws TielineError APPROVAL_UNKNOWN, also where it is outside of the scope; APPROVAL_MOVED if what waits is not what was asked for, or
 *   not what the person read; APPROVAL_OWN if it sends what the person edited; USAGE if a record is not part of it.
 */
export async function decide(
  app: { readonly store: Store; readonly mayApproveOwn?: boolean },
  id: string,
  decision: Decision,
): Promise<DecidedApproval> {
  return app.store.transaction(async (tx) => {
    const scope = decision.scope ?? everywhere;
    const asked = theOne(
      (await lockApprovals(tx.db, id)).filter((each) => isWithin(scope, each)),
      id,
    );
    if (asked.status !== 'pending')
      throw new TielineError(
        'APPROVAL_MOVED',
        `The approval ${asked.approvalId.slice(0, 8)} was ${asked.status} already${asked.decidedBy === null ? '' : ` by ${asked.decidedBy}`}.`,
      );
    if (decision.sha256 !== undefined && decision.sha256 !== asked.contentSha256)
      throw new TielineError(
        'APPROVAL_MOVED',
        `The approval ${asked.approvalId.slice(0, 8)} is not what you read.`,
      );
    const chosen = chosenOf(asked, decision.records ?? []);
    await checkUnmoved(tx.db, asked, chosen);
    if (decision.approved && app.mayApproveOwn !== true) await refuseOwn(tx.db, chosen, decision.by);
    const rest = asked.content.filter((change) => !chosen.includes(change));
    const part =
      rest.length === 0
        ? asked
        : await splitApproval(tx.db, asked, {
            chosen: partOf(chosen, asked),
            rest: partOf(rest, asked),
          });
    const operation = {
      type: 'update',
      system: asked.system,
      step: decision.approved ? 'approve' : 'reject',
      metadata: { approval: part.approvalId, plan: part.planId },
    } as const;
    return withOperation(tx.db, operation, async ({ id: operationId, count }) => {
      const source = { systemId: asked.systemId, operationId };
      const { changes, scans } = await decideApproval(tx.db, { ...asked, ...part }, decision);
      if (!decision.approved) await settleRejected(tx, source, chosen, decision);
      await recordDecision(tx.db, source, part.approvalId, scans, decision);
      await count({ read: changes, updated: changes });
      return { operationId, changes, waiting: rest.length, system: asked.system };
    });
  });
}

/** The changes of an approval that are about these records. @throws USAGE naming those that are not part of it. */
function chosenOf(approval: ApprovalRow, records: readonly string[]): readonly WaitingChange[] {
  if (records.length === 0) return approval.content;
  const isOf = (record: string, change: WaitingChange): boolean =>
    [change.record, change.entityId].some((id) => id?.toLowerCase() === record.toLowerCase());
  const unknown = records.filter((record) => !approval.content.some((change) => isOf(record, change)));
  if (unknown.length > 0)
    throw new TielineError('USAGE', 'Nothing was decided: not every record is part of the approval.', {
      fields: unknown.map((record) => ({
        field: record,
        message: `waits in no change of it; there are ${approval.content
          .slice(0, 20)
          .map((change) => change.record)
          .join(', ')}${approval.content.length > 20 ? ', …' : ''}`,
      })),
    });
  return approval.content.filter((change) => records.some((record) => isOf(record, change)));
}

/** @throws APPROVAL_MOVED if what waits is not what was asked for. */
async function checkUnmoved(
  db: Kysely<Database>,
  approval: ApprovalRow,
  chosen: readonly WaitingChange[],
): Promise<void> {
  const keys = new Set(chosen.map((change) => change.key));
  const waiting = (await listWaitingChanges(db, approval.systemId)).filter(
    (change) => keys.has(change.key) && (!approval.isByBoundary || change.boundary === approval.boundary),
  );
  const before = new Map(chosen.map((change) => [change.key, checksum([change])]));
  const moved =
    chosen.length - waiting.filter((change) => before.get(change.key) === checksum([change])).length;
  if (moved === 0) return;
  throw new TielineError(
    'APPROVAL_MOVED',
    `${moved} of the ${chosen.length} changes are not as they were when approval was asked for.`,
  );
}

/** Whether the approval exists for who may decide, or see, in this scope. One that may hold records of several boundaries is for those who may everywhere. */
export function isWithin(
  scope: Scope,
  { boundary, isByBoundary }: Pick<ApprovalRow, 'boundary' | 'isByBoundary'>,
): boolean {
  if (scope.kind === 'everywhere') return true;
  return isByBoundary && (boundary === null ? scope.unassigned : scope.systemIds.includes(boundary));
}

/** @throws APPROVAL_OWN if changes send what this person edited. */
async function refuseOwn(db: Kysely<Database>, changes: readonly WaitingChange[], by: string): Promise<void> {
  if (!(await listAuthors(db, changes)).includes(by)) return;
  throw new TielineError('APPROVAL_OWN', `${by} made some of these changes, and cannot approve them.`);
}

const actionOf = (changes: readonly WaitingChange[], system: string, boundary: string | null): string =>
  `send ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}${boundary === null ? '' : ` of ${boundary}`} to ${system}`;

const partOf = (
  content: readonly WaitingChange[],
  { system, boundary }: Pick<ApprovalRow, 'system' | 'boundary'>,
) => ({
  content,
  contentSha256: checksum(content),
  action: actionOf(content, system, boundary),
});

async function recordDecision(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  approvalId: string,
  scans: readonly number[],
  decision: Decision,
): Promise<void> {
  const signed = {
    direction: 'internal',
    decidedBy: byPerson(decision.by),
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
  } as const;
  await recordChanges(db, source, [
    {
      entity: 'approval',
      entityId: approvalId,
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
}

/** The changes of an approval in words, in its order. */
export function describeApproval(
  app: { readonly db: Kysely<Database>; readonly now: () => Date },
  approval: ApprovalRow,
): Promise<DescribedChange[]> {
  return describeChanges(
    app.db,
    approval.content.map((change) => ({ ...change, entityId: change.entityId ?? change.record })),
    app.now().toISOString().slice(0, 10),
  );
}

/** The approval whose id begins so. @throws TielineError APPROVAL_UNKNOWN. */
export async function fetchApproval(
  app: { readonly db: Kysely<Database> },
  id: string,
): Promise<ApprovalRow> {
  return theOne(await lockApprovals(app.db, id), id);
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
