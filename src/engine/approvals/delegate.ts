/** A decider lets another person decide in their place: of one request, at the level whose turn it is. Kinds whose deciders are roles by law or rule do not. */
import { type Actor, isWithin, type Role, rolesWithin, scopeFor } from '../../canonical/access/index.ts';
import { byPerson, type RequestKind } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type Delegation, standingOf } from './levels.ts';
import { refusalOf, refuseOver } from './requests.ts';
import { insertDelegation, type RequestRow } from './requests.sql.ts';

/** A deviation is accepted by the official whose signature it bears (NIST SP 800-37, task R-4), and so is what an AO or ISSO decides of a POA&M. */
const delegable: ReadonlySet<RequestKind> = new Set(['workflow_step']);

export interface RequestDelegated {
  readonly operationId: string;
  readonly approvalId: string;
  readonly action: string;
  readonly level: number;
  readonly role: Role;
  readonly to: string;
}

const whoOf = (actor: Actor, { boundary }: RequestRow, now: Date) => ({
  name: actor.name,
  principalId: actor.principalId,
  roles: rolesWithin(actor, boundary, now),
});

interface Wish {
  readonly actor: Actor;
  readonly to: Actor;
  readonly reason: string | undefined;
  readonly now: Date;
}

/** The turn that is delegated. @throws TielineError as `delegateTurn`. */
function turnToDelegate(request: RequestRow, { actor, to, now }: Wish): Delegation {
  refuseOver(request, now);
  if (!delegable.has(request.subject.kind))
    throw new TielineError('APPROVAL_ROLE', 'Only questions of workflows can be delegated.', {
      remedy: 'This is decided by who holds the role; give the role, for a time if need be.',
    });
  // What was delegated to them they do not delegate on.
  const own = standingOf({ ...request, delegations: [] }, whoOf(actor, request, now));
  if (own.kind !== 'counts') throw refusalOf(own, request, actor.name);
  const { level, role } = own;
  const delegation = { level, role, by: actor.name, to: to.name, toPrincipalId: to.principalId };
  const lent = { ...request, delegations: [delegation] };
  const others = standingOf(lent, { ...whoOf(to, request, now), roles: [] });
  if (others.kind !== 'counts') throw refusalOf(others, request, to.name);
  const scope = scopeFor(to, 'deviation:approve', now);
  const mayDecide = to.kind === 'person' && scope !== undefined && isWithin(scope, request.boundary);
  if (mayDecide && to.principalId !== actor.principalId) return delegation;
  throw new TielineError(
    'APPROVAL_ROLE',
    `${to.name} may not decide requests of ${request.boundary ?? 'what is in no boundary'} in place of ${actor.name}.`,
    { remedy: 'Name another person who holds deviation:approve there.' },
  );
}

/**
 * @param request locked. @throws TielineError APPROVAL_MOVED if it is over; APPROVAL_ROLE if it is not the turn of who delegates, if the other may not
 *   decide requests there, or if such a request is decided by the role itself; APPROVAL_OWN if either of them asked for it or answered already.
 */
export async function delegateTurn(tx: Tx, request: RequestRow, wish: Wish): Promise<RequestDelegated> {
  const delegation = turnToDelegate(request, wish);
  const { actor, reason, now } = wish;
  const { approvalId, action } = request;
  const { level, role, to } = delegation;
  return withDecision(tx.db, { system: 'tieline', step: 'delegate a decision' }, async (operationId) => {
    await insertDelegation(tx.db, approvalId, {
      ...delegation,
      byPrincipalId: actor.principalId,
      at: now,
      reason: reason ?? null,
    });
    await recordChanges(tx.db, { systemId: null, operationId }, [
      {
        entity: 'approval',
        entityId: approvalId,
        field: 'delegated_to',
        before: null,
        after: to,
        direction: 'internal',
        decidedBy: byPerson(actor.name),
        ...(reason === undefined ? {} : { reason }),
      },
    ]);
    return { operationId, approvalId, action, level, role, to };
  });
}
