/** A principal with what it may do, as routes ask it. */
import type { Kysely } from 'kysely';
import { type Actor, heldBy, isPrivileged } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { grantsOf } from '../grants/grants.sql.ts';
import { findPrincipal, type PrincipalRow } from './principals.sql.ts';

/** Pure: whether it is locked at that moment. */
export const isLocked = (it: Pick<PrincipalRow, 'status' | 'lockedUntil'>, at: Date): boolean =>
  it.status === 'locked' && (it.lockedUntil === null || it.lockedUntil > at);

/** Pure: whether it may do anything at that moment. */
export const mayAct = (it: Pick<PrincipalRow, 'status' | 'lockedUntil'>, at: Date): boolean =>
  it.status !== 'disabled' && !isLocked(it, at);

/** Pure: whether the shorter ends of sessions are its. */
export const isPrivilegedActor = (actor: Actor, at: Date): boolean => isPrivileged(heldBy(actor, at).keys());

export async function actorWith(db: Kysely<Database>, principal: PrincipalRow, at: Date): Promise<Actor> {
  return {
    principalId: principal.id,
    name: principal.name,
    kind: principal.kind,
    grants: await grantsOf(db, principal.id, at),
  };
}

/** @param wanted name or id. @returns undefined where there is none, or it is locked or disabled. */
export async function actorOf(app: AccountsApp, wanted: string): Promise<Actor | undefined> {
  const principal = await findPrincipal(app.db, wanted);
  return principal && mayAct(principal, app.now()) ? actorWith(app.db, principal, app.now()) : undefined;
}
