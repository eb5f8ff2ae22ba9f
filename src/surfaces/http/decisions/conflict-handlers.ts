/** Conflicts and approvals: what a person decides. */
import { nowhere, scopeFor } from '../../../canonical/access/index.ts';
import { approvalList, conflictList } from '../../../canonical/lists/index.ts';
import {
  approvalRow,
  type approvalRoutes,
  conflictRow,
  type conflictRoutes,
} from '../../../contract/index.ts';
import { decideRequest } from '../../../modules/requests/index.ts';
import { delegateDecision } from '../../../operate/workflows/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { parseFilter } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import {
  countApprovals,
  countApprovalsBy,
  decideApproval,
  fetchApproval,
  viewApprovalGroup,
  type ListedApproval,
  listApprovalItems,
  listApprovals,
} from '../../../review/approvals/index.ts';
import {
  countConflicts,
  countConflictsBy,
  fetchConflict,
  type ListedConflict,
  listConflicts,
  resolveConflicts,
  settleMany,
  trySettlingMany,
  type WayToSettle,
} from '../../../review/conflicts/index.ts';
import type { Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

interface ManyBody {
  readonly filter?: Readonly<Record<string, string>> | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly keep: WayToSettle['keep'];
  readonly value?: WayToSettle['value'];
}

/** @throws TielineError REQUEST_INVALID where neither a filter nor ids are named, or both. */
function wayOf({ filter, ids, keep, value }: ManyBody, now: Date): WayToSettle {
  if ((filter === undefined) === (ids === undefined))
    throw new TielineError('REQUEST_INVALID', 'The body of the request is not what it must be.', {
      fields: [{ field: '/filter', message: 'name either a filter or ids' }],
    });
  const which = ids
    ? { ids }
    : { filter: parseFilter(conflictList.filters, Object.entries(filter ?? {}), now) };
  return { which, keep, ...defined({ value }) };
}

export const conflictHandlers = (parts: ListParts): Handlers<typeof conflictRoutes> => ({
  ...listHandlers('Conflicts', conflictList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listConflicts(db, scope, request),
      count: ({ db }, scope, filter, { exact }) => countConflicts(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await countConflictsBy(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listConflicts(db, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<ListedConflict>(conflictRow),
    },
  }),
  getConflict: async ({ app, scope, params }) => ({
    body: await fetchConflict(app, scope, params.conflictId),
  }),
  resolveConflict: async ({ app, by, scope, params, body, now }) => {
    const conflict = await fetchConflict(app, scope, params.conflictId);
    if (conflict.status !== 'pending')
      throw new TielineError(
        'CONFLICT_SETTLED',
        `Conflict ${conflict.id} was settled by ${conflict.resolvedBy ?? 'a rule'}.`,
      );
    const choice = { keep: body.keep, ...defined({ value: body.value }) };
    const { operationId, resolved, refused } = await resolveConflicts(
      app,
      { ids: [conflict.id] },
      {
        choice,
        by: by.actor.name,
        reason: body.reason,
        approves: scopeFor(by.actor, 'poam:approve', now) ?? nowhere,
      },
    );
    return {
      body: {
        operationId: operationId ?? null,
        resolved: resolved.map((each) => each.conflict.id),
        effects: resolved.map((each) => ({ id: each.conflict.id, effect: each.effect, ...each.done })),
        refused,
      },
    };
  },
  tryResolvingConflicts: async ({ app, scope, body, now }) => {
    const { ids: _ids, ...tried } = await trySettlingMany(app, scope, wayOf(body, now));
    return { body: tried };
  },
  resolveConflicts: async ({ app, by, scope, body, now }) => {
    const run = { ...wayOf(body, now), token: body.token, reason: body.reason };
    return { body: await settleMany(app, by.actor, scope, run) };
  },
});

/** @throws TielineError APPROVAL_UNKNOWN where it is only the beginning of an id. */
function wholeId(id: string): string {
  if (/^[0-9a-f-]{36}$/i.test(id)) return id;
  throw new TielineError('APPROVAL_UNKNOWN', `There is no request ${id}.`);
}

export const approvalHandlers = (parts: ListParts): Handlers<typeof approvalRoutes> => ({
  ...listHandlers('Approvals', approvalList, {
    parts,
    source: {
      page: (app, scope, request) => listApprovals(app, scope, request),
      count: ({ db }, scope, filter, { exact }) => countApprovals(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await countApprovalsBy(db, scope, filter, by)),
      stream: (app, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listApprovals(app, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<ListedApproval>(approvalRow),
    },
  }),
  getApproval: async ({ app, by, scope, params }) => ({
    body: await fetchApproval(app, scope, params.approvalId, by.actor),
  }),
  viewApprovalGroup: async ({ app, by, scope, params: { approvalId, sha256 }, body }) => {
    await viewApprovalGroup(app, scope, { id: approvalId, sha256, actor: by.actor }, body.viewed);
    return { body: undefined };
  },
  listApprovalItems: async ({ app, scope, params, query }) => {
    const numbers = query.numbers?.split(',').map(Number);
    const page = await listApprovalItems(app, scope, params.approvalId, {
      limit: query.limit,
      ...defined({ after: query.after, numbers }),
    });
    return { body: { items: page.items, next: page.next ? Number(page.next.id) : null } };
  },
  decideApproval: async ({ app, by, scope, params, body }) => {
    const { decision, sha256, reason, records } = body;
    const asked = { decision, sha256, reason, ...defined({ records }) };
    return { body: await decideApproval(app, by.actor, scope, params.approvalId, asked) };
  },
  decideRequest: async ({ app, by, scope, params, body: { decision, reason, sha256 } }) => {
    const answer = { id: wholeId(params.approvalId), approved: decision === 'approve', reason, sha256 };
    return { body: await decideRequest(app, by.actor, scope, answer) };
  },
  delegateRequest: async ({ app, by, scope, params, body: { to, reason } }) => ({
    body: await delegateDecision(
      app,
      { actor: by.actor, scope },
      { id: wholeId(params.approvalId), to, reason },
    ),
  }),
});
