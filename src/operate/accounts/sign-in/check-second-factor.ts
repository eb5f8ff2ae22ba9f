/**
 * The check of a second factor, at sign-in and when a session steps up. It is decided as a password is (check-password.ts): under the lock of
 * the principal's row, counted into the same lock-out, with the same answer whatever the reason.
 */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { rulesOf } from '../accounts-app.ts';
import {
  checkFactor,
  type FactorCheck,
  type FactorQuestion,
  type FactorsApp,
} from '../factors/check-factor.ts';
import { mayAct } from '../people/actor.ts';
import { lockPrincipal, type PrincipalRow, setStatus } from '../people/principals.sql.ts';
import { closeAttempt, countFailures } from './attempts.sql.ts';
import { applyRefusal, beginAttempt, type Refusal } from './check-password.ts';
import { decideSignIn, failuresCountFrom } from './sign-in-decision.ts';

export interface FactorAsked {
  readonly principalId: string;
  readonly question: FactorQuestion;
  readonly origin: Omit<Origin, 'actor'>;
  /** Of the password that was given before: both are one attempt. Undefined: this is one of its own. */
  readonly attemptId: string | undefined;
}

export interface Proved {
  readonly principal: PrincipalRow;
  readonly factor: Extract<FactorCheck, { isRight: true }>;
  readonly at: Date;
}

/** @param granted what a right factor yields, in the transaction that records it. */
export async function underSecondFactor<T>(
  app: FactorsApp,
  asked: FactorAsked,
  granted: (tx: Tx, proved: Proved) => Promise<T>,
): Promise<T | Refusal> {
  const attemptId = asked.attemptId ?? (await beginAttempt(app, asked.origin));
  if (attemptId === undefined) return { kind: 'refused', why: 'limited' };
  const rules = rulesOf(app);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await lockPrincipal(tx.db, asked.principalId);
    if (!principal) throw new TielineError('INTERNAL', 'The account of a sign-in is gone.');
    const failures = await countFailures(tx.db, principal.id, failuresCountFrom(principal, at, rules));
    // Of an account that is locked nothing is used up.
    const factor: FactorCheck = mayAct(principal, at)
      ? await checkFactor(app, tx, { principal, question: asked.question, at })
      : { isRight: false, why: 'locked' };
    const decision = decideSignIn({ principal, isRight: factor.isRight, failures, at, rules });
    if (decision.kind === 'refused' || !factor.isRight) {
      const why = factor.isRight ? 'locked' : factor.why;
      const refused =
        decision.kind === 'refused' ? decision : { kind: 'refused' as const, why: 'wrong' as const };
      await applyRefusal(tx, { principal, attemptId, origin: asked.origin, at, factor: why }, refused);
      return { kind: 'refused', why: 'factor' };
    }
    await closeAttempt(tx.db, attemptId, { outcome: 'succeeded', principalId: principal.id });
    if (decision.releases || failures > 0)
      await setStatus(tx.db, principal.id, { status: 'active', reason: null, at });
    await recordRecoveryCode(tx, { principal, factor, at }, asked.origin);
    return granted(tx, { principal, factor, at });
  });
}

async function recordRecoveryCode(
  { db }: Tx,
  { principal, factor, at }: Proved,
  from: Omit<Origin, 'actor'>,
): Promise<void> {
  if (factor.kind !== 'recovery') return;
  const actor = { principalId: principal.id, name: principal.name, kind: principal.kind };
  await recordSecurityEvent(db, {
    kind: 'recovery_code_used',
    at,
    origin: { ...from, actor },
    object: { type: 'principal', id: principal.id },
    details: { name: principal.name, left: factor.codesLeft ?? 0 },
  });
}
