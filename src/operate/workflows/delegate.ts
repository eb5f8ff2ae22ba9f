/** A decider of a question lets another person decide in their place. */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import { delegateTurn, findRequest, type RequestDelegated } from '../../engine/approvals/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { actorOf } from '../accounts/index.ts';

/**
 * @param scope where the actor may decide. @param wish.id the whole id or its first characters. @param wish.to the name of an account.
 * @throws TielineError APPROVAL_UNKNOWN, also where it is outside of the scope; ACCOUNT_UNKNOWN; those of `delegateTurn`.
 */
export async function delegateDecision(
  app: Pick<App, 'db' | 'store' | 'now' | 'access'>,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  { id, to: name, reason }: { readonly id: string; readonly to: string; readonly reason: string | undefined },
): Promise<RequestDelegated> {
  const to = await actorOf(app, name);
  if (!to) throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${name}" that may act.`);
  return app.store.transaction(async (tx) => {
    const request = await findRequest(tx.db, id, scope);
    if (!request) throw new TielineError('APPROVAL_UNKNOWN', `There is no request ${id}.`);
    return delegateTurn(tx, request, { actor, to, reason, now: app.now() });
  });
}
