/**
 * The check of a password, at sign-in and when a session steps up: count the attempt, hash, then decide and apply in one transaction.
 * The hash takes long and holds no lock; the principal's row is locked for the decision, so that attempts at once are counted one after
 * the other, and the right password comes too late once they have locked the account.
 */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import { type AccountsApp, rulesOf } from '../accounts-app.ts';
import { hashPassword, isPassword, isToBeHashedAgain } from '../passwords/password-hash.ts';
import { findPassword, rehashPassword, type StoredPassword } from '../passwords/passwords.sql.ts';
import { lockPrincipal, type PrincipalRow, setStatus } from '../people/principals.sql.ts';
import { closeAttempt, countFailures, openAttempt } from './attempts.sql.ts';
import { decideSignIn, failuresCountFrom, type SignInDecision } from './sign-in-decision.ts';

export type Refusal = {
  readonly kind: 'refused';
  readonly why: 'credentials' | 'limited' | 'banner' | 'factor' | 'stale';
};

export interface PasswordCheck {
  readonly principal: PrincipalRow | undefined;
  readonly password: Secret;
  /** Without an actor: nobody is known yet. */
  readonly origin: Omit<Origin, 'actor'>;
}

interface Checked {
  readonly attemptId: string;
  readonly stored: StoredPassword | undefined;
  readonly isRight: boolean;
  /** The same password by the parameters of today. */
  readonly rehashed: string | undefined;
}

export interface Granting<T> {
  /** What a right password yields, in the transaction that records it. */
  readonly granted: (tx: Tx, principal: PrincipalRow, at: Date) => Promise<T>;
  /**
   * What is asked for beside a right password. The attempt stays open then, and refused ones stay counted: else whoever knows the password
   * could wipe the count between two guesses of the second factor.
   */
  readonly further?: (
    tx: Tx,
    found: { readonly principal: PrincipalRow; readonly at: Date; readonly attemptId: string },
  ) => Promise<T | undefined>;
}

export async function underPassword<T>(
  app: AccountsApp,
  check: PasswordCheck,
  granting: Granting<T>,
): Promise<T | Refusal> {
  const { principal, password, origin } = check;
  const attemptId = await beginAttempt(app, origin);
  if (attemptId === undefined) return { kind: 'refused', why: 'limited' };
  const stored = principal && (await findPassword(app.db, principal.id));
  const isRight = await isPassword(password, stored?.phc);
  const rehashed =
    isRight && stored && isToBeHashedAgain(stored.phc) ? await hashPassword(password) : undefined;
  return conclude(app, check, { attemptId, stored, isRight, rehashed }, granting);
}

/** @returns undefined where too many come from that address: that is recorded. */
export async function beginAttempt(
  app: AccountsApp,
  origin: Omit<Origin, 'actor'>,
): Promise<string | undefined> {
  const attempt = await openAttempt(app.db, { at: app.now(), address: origin.address });
  if (origin.address === undefined || attempt.others < rulesOf(app).signInsPerMinute) return attempt.id;
  await refuseMany(app, attempt.id, origin);
  return undefined;
}

async function refuseMany(app: AccountsApp, attemptId: string, origin: Origin): Promise<void> {
  await app.store.transaction(async ({ db }) => {
    await closeAttempt(db, attemptId, { outcome: 'limited' });
    await recordSecurityEvent(db, {
      kind: 'sign_in_refused',
      at: app.now(),
      origin,
      outcome: 'refused',
      failureReason: 'too many from this address',
    });
  });
}

function conclude<T>(
  app: AccountsApp,
  { principal, origin }: PasswordCheck,
  checked: Checked,
  { granted, further }: Granting<T>,
): Promise<T | Refusal> {
  const rules = rulesOf(app);
  return app.store.transaction(async (tx) => {
    const { db } = tx;
    const at = app.now();
    const present = principal && (await lockPrincipal(db, principal.id));
    const isStored = present !== undefined && (await findPassword(db, present.id))?.id === checked.stored?.id;
    const failures = present ? await countFailures(db, present.id, failuresCountFrom(present, at, rules)) : 0;
    const isRight = checked.isRight && isStored;
    const decision = decideSignIn({ principal: present, isRight, failures, at, rules });
    if (decision.kind === 'refused') {
      await applyRefusal(tx, { principal: present, attemptId: checked.attemptId, origin, at }, decision);
      return { kind: 'refused', why: 'credentials' };
    }
    if (!present) throw new TielineError('INTERNAL', 'A sign-in of nobody was granted.');
    // The password is right, whatever else is asked for: who has a second factor would keep an old hash for ever.
    if (checked.rehashed !== undefined && checked.stored)
      await rehashPassword(db, checked.stored.id, checked.rehashed);
    const asked = await further?.(tx, { principal: present, at, attemptId: checked.attemptId });
    if (asked !== undefined) return asked;
    await closeAttempt(db, checked.attemptId, { outcome: 'succeeded', principalId: present.id });
    if (decision.releases || failures > 0)
      await setStatus(db, present.id, { status: 'active', reason: null, at });
    return granted(tx, present, at);
  });
}

/** Counts it, records it, and locks the account where the decision says so. @param about.factor why a second factor was refused. */
export async function applyRefusal(
  { db }: Tx,
  about: {
    readonly principal: PrincipalRow | undefined;
    readonly attemptId: string;
    readonly origin: Omit<Origin, 'actor'>;
    readonly at: Date;
    readonly factor?: string;
  },
  { why, locks }: Extract<SignInDecision, { kind: 'refused' }>,
): Promise<void> {
  const { principal, attemptId, at } = about;
  const actor = principal && { principalId: principal.id, name: principal.name, kind: principal.kind };
  const origin: Origin = actor ? { ...about.origin, actor } : about.origin;
  await closeAttempt(db, attemptId, { outcome: 'failed', principalId: principal?.id });
  await recordSecurityEvent(db, {
    kind: about.factor === undefined ? 'sign_in_refused' : 'second_factor_refused',
    at,
    origin,
    outcome: 'refused',
    failureReason: why === 'wrong' ? (about.factor ?? why) : why,
  });
  if (!principal || !locks) return;
  const reason = 'refused sign-ins';
  await setStatus(db, principal.id, { status: 'locked', reason, at, lockedUntil: locks.until });
  await tellAccessChanged(db, [principal.id]);
  await recordSecurityEvent(db, {
    kind: 'account_locked',
    at,
    origin,
    object: { type: 'principal', id: principal.id },
    details: { name: principal.name, why: reason, until: locks.until?.toISOString() ?? null },
  });
}
