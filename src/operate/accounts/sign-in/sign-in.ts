/** Signing in with name and password. Who has a second factor is asked for it next (second-step.ts). */
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { type AccountsApp, rulesOf } from '../accounts-app.ts';
import { findPrincipal } from '../people/principals.sql.ts';
import { arrivalOrigin } from './arrival.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { type Refusal, underPassword } from './check-password.ts';
import { askSecondFactor, type SecondFactorAsked, staleSignIn } from './second-step.ts';

export interface SignInRequest {
  readonly name: string;
  readonly password: Secret;
  /** Of the browser, as far as it is known for sure. */
  readonly address?: string;
  readonly agent?: string;
  readonly bannerAcknowledged: boolean;
  readonly requestId?: string;
}

export type SignInOutcome = SignedIn | SecondFactorAsked | Refusal;

/** The answer is the same, and takes as long, for an unknown name, a wrong password and a locked account. */
export async function signIn(app: AccountsApp, asked: SignInRequest): Promise<SignInOutcome> {
  if (rulesOf(app).bannerFile !== undefined && !asked.bannerAcknowledged)
    return { kind: 'refused', why: 'banner' };
  const principal = await findByName(app, asked.name);
  const origin = arrivalOrigin(asked);
  const { agent, bannerAcknowledged } = asked;
  return underPassword<SignedIn | SecondFactorAsked>(
    app,
    { principal, password: asked.password, origin },
    {
      further: (tx, found) => askSecondFactor(tx, found, { origin, bannerAcknowledged }),
      granted: (tx, found, at) =>
        beginSession(app, tx, {
          principal: found,
          at,
          arrival: { way: 'local', origin, agent, bannerAcknowledged },
        }),
    },
  );
}

/** An id is no name, and no name holds a zero byte, which PostgreSQL would refuse. */
const findByName = async (app: AccountsApp, name: string): ReturnType<typeof findPrincipal> => {
  if (name.length > 100 || name.includes('\0')) return undefined;
  const found = await findPrincipal(app.db, name);
  return found?.name.toLowerCase() === name.toLowerCase() ? found : undefined;
};

/** @throws SIGN_IN_REFUSED, SECOND_FACTOR_REFUSED, SIGN_IN_STALE, SIGN_IN_TOO_OFTEN, BANNER_NOT_ACKNOWLEDGED. */
export function requireGranted<T extends { readonly kind: string }>(
  outcome: T | Refusal,
): Exclude<T, Refusal> {
  if (outcome.kind !== 'refused') return outcome as Exclude<T, Refusal>; // no other outcome is of that kind
  const { why } = outcome as Refusal;
  switch (why) {
    case 'credentials':
      throw new TielineError('SIGN_IN_REFUSED', 'Name and password were not accepted.');
    case 'factor':
      throw new TielineError('SECOND_FACTOR_REFUSED', 'The second factor was not accepted.');
    case 'stale':
      throw staleSignIn();
    case 'limited':
      throw new TielineError('SIGN_IN_TOO_OFTEN', 'Too many sign-ins came from this address.');
    case 'banner':
      throw new TielineError('BANNER_NOT_ACKNOWLEDGED', 'The notice was not acknowledged.');
  }
}
