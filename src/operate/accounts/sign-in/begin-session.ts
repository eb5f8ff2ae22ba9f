/** How a session begins, whatever way its person came: the oldest make room, and it is recorded. */
import { tellAccessChanged } from '../access-events.ts';
import { recordSecurityEvent, type Origin } from '../../../ledger/security/index.ts';
import type { Actor } from '../../../canonical/access/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type AccountsApp, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import { touchIdentity } from '../identities/identities.sql.ts';
import { actorWith, isPrivilegedActor } from '../people/actor.ts';
import { type PrincipalRow, recordSignedIn } from '../people/principals.sql.ts';
import { countFailures, deleteAttemptsBefore, type FailedSignIn, findLastFailure } from './attempts.sql.ts';
import { type Musts, mustsOf, type OpenSession, sessionsToEnd, withEnds } from './session-decision.ts';
import type { EndReason } from './session-ends.ts';
import {
  deleteSessionsEndedBefore,
  endSessionRows,
  findSession,
  insertSession,
  listOpenSessions,
  type OutsideSession,
  type SessionRow,
} from './sessions.sql.ts';

export interface SignedIn extends Musts {
  readonly kind: 'signed_in';
  /** What the cookie holds; a secret. */
  readonly cookie: string;
  readonly session: OpenSession;
  readonly actor: Actor;
  /** For the person to notice what was not theirs (SP 800-53 AC-9). */
  readonly lastSuccess: { readonly at: Date; readonly address: string | null } | undefined;
  readonly failuresSince: number;
  readonly lastFailure: FailedSignIn | undefined;
}

export interface Arrival {
  readonly way: SessionRow['way'];
  readonly origin: Omit<Origin, 'actor'>;
  readonly agent: string | undefined;
  readonly bannerAcknowledged: boolean;
  readonly outside?: OutsideSession;
  /** What else the event of the sign-in says. */
  readonly details?: JsonObject;
}

const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * 86_400_000);

export async function beginSession(
  app: AccountsApp,
  { db }: Tx,
  {
    principal,
    arrival,
    at,
  }: { readonly principal: PrincipalRow; readonly arrival: Arrival; readonly at: Date },
): Promise<SignedIn> {
  const rules = rulesOf(app);
  const actor = await actorWith(db, principal, at);
  const isPrivileged = isPrivilegedActor(actor, at);
  const origin: Origin = { ...arrival.origin, actor };
  const { address } = arrival.origin;
  const since = principal.lastSignInAt;
  const failuresSince = await countFailures(db, principal.id, since);
  const lastFailure = failuresSince > 0 ? await findLastFailure(db, principal.id, since) : undefined;
  const open = await listOpenSessions(db, principal.id);
  const surplus = sessionsToEnd(open, isPrivileged, rules).map((each) => each.id);
  await endAndRecord({ db }, surplus, { at, why: 'too_many', origin });
  const cookie = newOpaqueSecret();
  const { way, agent, bannerAcknowledged, outside } = arrival;
  const secretSha256 = sha256Of(cookie);
  const id = await insertSession(db, {
    secretSha256,
    principalId: principal.id,
    way,
    address,
    agent,
    at,
    bannerAcknowledged,
    outside,
    before: { at: since, address: principal.lastSignInAddress, failures: failuresSince },
  });
  await recordSignedIn(db, principal.id, { at, address });
  if (way !== 'demo') await touchIdentity(db, { id: outside?.identityId, principalId: principal.id, at });
  await recordBegun(db, { id, arrival, origin, at });
  await deleteAttemptsBefore(db, daysBefore(at, 90));
  await deleteSessionsEndedBefore(db, daysBefore(at, 30));
  const session = await findSession(db, secretSha256);
  if (!session) throw new TielineError('INTERNAL', 'The session that was just made is gone.');
  return {
    kind: 'signed_in',
    cookie,
    session: withEnds(session, isPrivileged, rules),
    actor,
    ...mustsOf(session, { mustChangePassword: principal.mustChangePassword, isPrivileged }, rules),
    lastSuccess: since === null ? undefined : { at: since, address: principal.lastSignInAddress },
    failuresSince,
    lastFailure,
  };
}

async function recordBegun(
  db: Tx['db'],
  {
    id,
    arrival: { way, agent, bannerAcknowledged, details },
    origin,
    at,
  }: { readonly id: string; readonly arrival: Arrival; readonly origin: Origin; readonly at: Date },
): Promise<void> {
  const object = { type: 'session', id };
  await recordSecurityEvent(db, {
    kind: 'sign_in',
    at,
    origin,
    object,
    details: { way, agent: agent?.slice(0, 500) ?? null, ...details },
  });
  if (bannerAcknowledged) await recordSecurityEvent(db, { kind: 'banner_acknowledged', at, origin, object });
}

/** Ends sessions, with an event for each that was open. @returns how many those are. */
export async function endAndRecord(
  { db }: Pick<Tx, 'db'>,
  ids: readonly string[],
  { at, why, origin }: { readonly at: Date; readonly why: EndReason; readonly origin: Origin },
): Promise<number> {
  const ended = ids.length === 0 ? [] : await endSessionRows(db, ids, { at, why });
  const kind = why === 'signed_out' ? 'sign_out' : 'session_ended';
  await tellAccessChanged(db, new Set(ended.map(({ principalId }) => principalId)));
  for (const { id } of ended)
    await recordSecurityEvent(db, { kind, at, origin, object: { type: 'session', id }, details: { why } });
  return ended.length;
}
