/** Sessions: who a request is by, and how sessions end. */
import type { Actor } from '../../../canonical/access/index.ts';
import type { Origin } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { type AccountsApp, minutesAfter, rulesOf, sha256Of } from '../accounts-app.ts';
import { actorWith, isPrivilegedActor } from '../people/actor.ts';
import { findPrincipal } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { endAndRecord } from './begin-session.ts';
import { findEnd, type Musts, mustsOf, type OpenSession, withEnds } from './session-decision.ts';
import { type EndReason, endSentences } from './session-ends.ts';
import {
  findSession,
  findSessionById,
  type FoundSession,
  listOpenSessions,
  type SessionRow,
  touchSession,
} from './sessions.sql.ts';

export interface OpenOutcome extends Musts {
  readonly kind: 'open';
  readonly actor: Actor;
  readonly session: OpenSession;
}

export type SessionOutcome =
  | OpenOutcome
  | { readonly kind: 'ended'; readonly why: EndReason }
  | { readonly kind: 'unknown' };

/** Activity is written down at most so often. */
const touchEveryMs = 15_000;

/**
 * Who a request is by. One that is due to end ends here, and says so.
 * @param cookie what the cookie holds. @param how.passive the page asks by itself (polling, events): that does not keep a session open.
 */
export const authenticateSession = async (
  app: AccountsApp,
  cookie: string,
  how: How,
): Promise<SessionOutcome> => outcomeOf(app, await findSession(app.db, sha256Of(cookie)), how);

/** The same of a session that was authenticated before, for what lasts longer than a request; its cookie may be another by now. */
export const recheckSession = async (app: AccountsApp, id: string): Promise<SessionOutcome> =>
  outcomeOf(app, await findSessionById(app.db, id), { passive: true });

interface How {
  readonly passive: boolean;
  readonly origin?: Omit<Origin, 'actor' | 'way'>;
}

async function outcomeOf(app: AccountsApp, row: FoundSession | undefined, how: How): Promise<SessionOutcome> {
  const at = app.now();
  if (!row) return { kind: 'unknown' };
  if (row.endedWhy !== null) return { kind: 'ended', why: row.endedWhy };
  const principal = await findPrincipal(app.db, row.principalId);
  if (!principal) return { kind: 'unknown' };
  const actor = await actorWith(app.db, principal, at);
  const isPrivileged = isPrivilegedActor(actor, at);
  const session = withEnds(row, isPrivileged, rulesOf(app));
  const why = findEnd(session, principal, at);
  if (why !== undefined) {
    const origin: Origin = { ...how.origin, way: 'session', actor };
    await app.store.transaction((tx) => endAndRecord(tx, [row.id], { at, why, origin }));
    return { kind: 'ended', why };
  }
  const { mustChangePassword } = principal;
  const musts = mustsOf(row, { mustChangePassword, isPrivileged }, rulesOf(app));
  if (how.passive || at.getTime() - row.lastActivityAt.getTime() < touchEveryMs)
    return { kind: 'open', actor, session, ...musts };
  await touchSession(app.db, row.id, at);
  const touched = withEnds({ ...row, lastActivityAt: at }, isPrivileged, rulesOf(app));
  return { kind: 'open', actor, session: touched, ...musts };
}

/** @returns false if it had ended. */
export async function signOut(app: AccountsApp, cookie: string, origin: Origin): Promise<boolean> {
  const row = await findSession(app.db, sha256Of(cookie));
  if (!row) return false;
  const how = { at: app.now(), why: 'signed_out' as const, origin };
  return (await app.store.transaction((tx) => endAndRecord(tx, [row.id], how))) > 0;
}

/** Open sessions, the oldest first. @param principalId undefined: everybody's. */
export const findSessions = (app: AccountsApp, principalId?: string): Promise<SessionRow[]> =>
  listOpenSessions(app.db, principalId);

/**
 * Ends one session, by its id.
 * @param only whose it must be: a person ends their own; undefined: an administrator ends anybody's. @returns false if there is none.
 */
export async function endSession(app: AccountsApp, id: string, by: Origin, only?: string): Promise<boolean> {
  const row = await findSessionById(app.db, id);
  if (!row || (only !== undefined && row.principalId !== only)) return false;
  const how = { at: app.now(), why: 'ended' as const, origin: by };
  return (await app.store.transaction((tx) => endAndRecord(tx, [row.id], how))) > 0;
}

/** Ends all sessions of an account. @param wanted name or id. @returns how many were open. @throws ACCOUNT_UNKNOWN. */
export async function endSessionsOf(app: AccountsApp, wanted: string, by: Origin): Promise<number> {
  const { id } = await requirePrincipal(app.db, wanted);
  return app.store.transaction(async (tx) => {
    const open = await listOpenSessions(tx.db, id);
    const how = { at: app.now(), why: 'ended' as const, origin: by };
    return endAndRecord(
      tx,
      open.map((each) => each.id),
      how,
    );
  });
}

/** @throws NOT_SIGNED_IN, SESSION_ENDED. */
export function requireOpen(outcome: SessionOutcome): OpenOutcome {
  if (outcome.kind === 'open') return outcome;
  if (outcome.kind === 'ended') throw new TielineError('SESSION_ENDED', endSentences[outcome.why]);
  throw new TielineError('NOT_SIGNED_IN', 'You are not signed in.');
}

/** Whether its person proved who they are a short while ago. */
export const isSteppedUp = (app: AccountsApp, session: Pick<SessionRow, 'steppedUpAt' | 'way'>): boolean =>
  session.way === 'demo' || minutesAfter(session.steppedUpAt, rulesOf(app).stepUpMinutes) > app.now();

/** @throws STEP_UP_NEEDED. */
export function requireSteppedUp(app: AccountsApp, session: Pick<SessionRow, 'steppedUpAt' | 'way'>): void {
  if (!isSteppedUp(app, session))
    throw new TielineError(
      'STEP_UP_NEEDED',
      `Prove again who you are: this needs it every ${rulesOf(app).stepUpMinutes} minutes.`,
    );
}
