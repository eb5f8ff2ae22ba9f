/** Signing in with name and password, and giving the password again within a session. */
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { type AccountsApp, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import { actorWith } from '../people/actor.ts';
import { findPrincipal } from '../people/principals.sql.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { type Refusal, underPassword } from './check-password.ts';
import { authenticateSession, type OpenOutcome, type SessionOutcome } from './sessions.ts';
import { rotateSession } from './sessions.sql.ts';

export interface SignInRequest {
  readonly name: string;
  readonly password: Secret;
  /** Of the browser, as far as it is known for sure. */
  readonly address?: string;
  readonly agent?: string;
  readonly bannerAcknowledged: boolean;
  readonly requestId?: string;
}

export type SignInOutcome = SignedIn | Refusal;

const originOf = ({ address, requestId }: Pick<SignInRequest, 'address' | 'requestId'>) => ({
  way: 'none' as const,
  ...(address === undefined ? {} : { address }),
  ...(requestId === undefined ? {} : { requestId }),
});

/** The answer is the same, and takes as long, for an unknown name, a wrong password and a locked account. */
export async function signIn(app: AccountsApp, asked: SignInRequest): Promise<SignInOutcome> {
  if (rulesOf(app).bannerFile !== undefined && !asked.bannerAcknowledged)
    return { kind: 'refused', why: 'banner' };
  const principal = await findByName(app, asked.name);
  const origin = originOf(asked);
  const { agent, bannerAcknowledged } = asked;
  return underPassword(app, { principal, password: asked.password, origin }, (tx, found, at) =>
    beginSession(app, tx, {
      principal: found,
      at,
      arrival: { way: 'local', origin, agent, bannerAcknowledged },
    }),
  );
}

/** An id is no name, and no name holds a zero byte, which PostgreSQL would refuse. */
const findByName = async (app: AccountsApp, name: string): ReturnType<typeof findPrincipal> => {
  if (name.length > 100 || name.includes('\0')) return undefined;
  const found = await findPrincipal(app.db, name);
  return found?.name.toLowerCase() === name.toLowerCase() ? found : undefined;
};

export interface SteppedUp extends OpenOutcome {
  /** Takes the place of the former one, which is worth nothing now. */
  readonly cookie: string;
}

/**
 * The password is given again: the session goes on under a new cookie, and may do for some minutes what needs it. Wrong ones count as
 * refused sign-ins do.
 */
export async function stepUp(
  app: AccountsApp,
  cookie: string,
  asked: Pick<SignInRequest, 'password' | 'address' | 'requestId'>,
): Promise<SteppedUp | Refusal | Exclude<SessionOutcome, OpenOutcome>> {
  const outcome = await authenticateSession(app, cookie, { passive: false });
  if (outcome.kind !== 'open') return outcome;
  const principal = await findPrincipal(app.db, outcome.actor.principalId);
  const origin = { ...originOf(asked), way: 'session' as const };
  const next = newOpaqueSecret();
  const refusal = await underPassword(
    app,
    { principal, password: asked.password, origin },
    async ({ db }, found, at) => {
      if (!(await rotateSession(db, { before: sha256Of(cookie), after: sha256Of(next), at })))
        return undefined;
      const actor = await actorWith(db, found, at);
      await recordSecurityEvent(db, {
        kind: 'step_up',
        at,
        origin: { ...origin, actor },
        object: { type: 'session', id: outcome.session.id },
      });
      return undefined;
    },
  );
  if (refusal) return refusal;
  // Where it ended meanwhile, or another request was first, this says so.
  const after = await authenticateSession(app, next, { passive: true });
  return after.kind === 'open' ? { ...after, cookie: next } : after;
}

/** @throws SIGN_IN_REFUSED, SIGN_IN_TOO_OFTEN, BANNER_NOT_ACKNOWLEDGED. */
export function requireGranted<T extends { readonly kind: string }>(
  outcome: T | Refusal,
): Exclude<T, Refusal> {
  if (outcome.kind !== 'refused') return outcome as Exclude<T, Refusal>; // no other outcome is of that kind
  const { why } = outcome as Refusal;
  switch (why) {
    case 'credentials':
      throw new TielineError('SIGN_IN_REFUSED', 'Name and password were not accepted.');
    case 'limited':
      throw new TielineError('SIGN_IN_TOO_OFTEN', 'Too many sign-ins came from this address.');
    case 'banner':
      throw new TielineError('BANNER_NOT_ACKNOWLEDGED', 'The notice was not acknowledged.');
  }
}
