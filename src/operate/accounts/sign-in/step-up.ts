/**
 * Proving again within a session who one is: by the password, of who has a second factor by password and code, or by a security key alone,
 * which makes sure of its person itself. What is refused counts as a refused sign-in does.
 */
import { recordSecurityEvent, type Origin } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { type AccountsApp, minutesAfter, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import { askSession, takeAsked } from '../factors/challenges.sql.ts';
import type { FactorProof, FactorsApp } from '../factors/check-factor.ts';
import { hasFactor, relyingPartyOf } from '../factors/factor-rules.ts';
import { fetchHeldFactors, listKeys } from '../factors/factors.sql.ts';
import { askForKey, challengeMinutes, type KeyQuestion } from '../factors/webauthn.ts';
import { actorWith } from '../people/actor.ts';
import { findPrincipal, type PrincipalRow } from '../people/principals.sql.ts';
import { arrivalOrigin } from './arrival.ts';
import { type Refusal, underPassword } from './check-password.ts';
import { underSecondFactor } from './check-second-factor.ts';
import { webauthnUnavailable } from './second-step.ts';
import type { OpenSession } from './session-decision.ts';
import { authenticateSession, type OpenOutcome, type SessionOutcome } from './sessions.ts';
import { rotateSession } from './sessions.sql.ts';

export interface SteppedUp extends OpenOutcome {
  /** Takes the place of the former one, which is worth nothing now. */
  readonly cookie: string;
}

export interface ProofAgain {
  /** May be left out where a security key is what is given. */
  readonly password?: Secret | undefined;
  readonly factor?: FactorProof | undefined;
  readonly address?: string;
  readonly requestId?: string;
  readonly host?: string | undefined;
}

interface Within {
  readonly app: FactorsApp;
  readonly asked: ProofAgain;
  readonly session: OpenSession;
  readonly origin: Omit<Origin, 'actor'>;
}

/**
 * The session goes on under a new cookie, and may do for some minutes what needs it.
 * @throws SECOND_FACTOR_NEEDED where the account has one and none is given, REQUEST_INVALID without a password that is needed.
 */
export async function stepUp(
  app: FactorsApp,
  cookie: string,
  asked: ProofAgain,
): Promise<SteppedUp | Refusal | Exclude<SessionOutcome, OpenOutcome>> {
  const outcome = await authenticateSession(app, cookie, { passive: false });
  if (outcome.kind !== 'open') return outcome;
  const { session, actor } = outcome;
  const within = { app, asked, session, origin: sessionOrigin(asked) };
  const principal = await findPrincipal(app.db, actor.principalId);
  const next = newOpaqueSecret();
  const rotate = (tx: Tx, found: PrincipalRow, at: Date): Promise<undefined> =>
    rotated(tx, { within, cookie, next, found, at });
  const refusal =
    principal && hasFactor(await fetchHeldFactors(app.db, principal.id))
      ? await byFactor(within, principal, rotate)
      : await underPassword(
          app,
          { principal, password: passwordOf(asked), origin: within.origin },
          { granted: rotate },
        );
  if (refusal) return refusal;
  // Where it ended meanwhile, or another request was first, this says so.
  const after = await authenticateSession(app, next, { passive: true });
  return after.kind === 'open' ? { ...after, cookie: next } : after;
}

const sessionOrigin = (asked: ProofAgain): Omit<Origin, 'actor'> => ({
  ...arrivalOrigin(asked),
  way: 'session',
});

function passwordOf({ password }: ProofAgain): Secret {
  if (password) return password;
  throw new TielineError('REQUEST_INVALID', 'The password is missing.', {
    fields: [{ field: 'password', message: 'is needed, unless a security key is what is given' }],
  });
}

/** A security key is enough; a code is not, without the password. */
async function byFactor(
  { app, asked, session, origin }: Within,
  principal: PrincipalRow,
  rotate: (tx: Tx, found: PrincipalRow, at: Date) => Promise<undefined>,
): Promise<Refusal | undefined> {
  const { factor } = asked;
  if (!factor)
    throw new TielineError('SECOND_FACTOR_NEEDED', 'The password alone is not enough for this account.');
  let attemptId: string | undefined;
  if (factor.kind !== 'webauthn') {
    const first = await underPassword<{ readonly kind: 'right'; readonly attemptId: string } | undefined>(
      app,
      { principal, password: passwordOf(asked), origin },
      {
        further: (_tx, found) => Promise.resolve({ kind: 'right', attemptId: found.attemptId }),
        granted: () => Promise.resolve(undefined),
      },
    );
    if (first?.kind !== 'right') return first;
    ({ attemptId } = first);
  }
  const question = {
    proof: factor,
    party: relyingPartyOf(rulesOf(app), asked.host),
    address: asked.address,
    takeChallenge: async ({ db }: Tx) =>
      (await takeAsked(db, session.id, { purpose: 'step_up', at: app.now() }))?.challenge ?? undefined,
  };
  return underSecondFactor(app, { principalId: principal.id, question, origin, attemptId }, (tx, proved) =>
    rotate(tx, proved.principal, proved.at),
  );
}

async function rotated(
  { db }: Tx,
  it: {
    readonly within: Within;
    readonly cookie: string;
    readonly next: string;
    readonly found: PrincipalRow;
    readonly at: Date;
  },
): Promise<undefined> {
  const { within, cookie, next, found, at } = it;
  if (!(await rotateSession(db, { before: sha256Of(cookie), after: sha256Of(next), at }))) return undefined;
  const actor = await actorWith(db, found, at);
  const { factor } = within.asked;
  await recordSecurityEvent(db, {
    kind: 'step_up',
    at,
    origin: { ...within.origin, actor },
    object: { type: 'session', id: within.session.id },
    ...(factor ? { details: { factor: factor.kind } } : {}),
  });
  return undefined;
}

/** What a security key is to sign so that the session steps up. @throws WEBAUTHN_UNAVAILABLE. */
export async function askKeyForStepUp(
  app: AccountsApp,
  session: Pick<OpenSession, 'id' | 'principalId'>,
  host: string | undefined,
): Promise<KeyQuestion> {
  const party = relyingPartyOf(rulesOf(app), host);
  if (!party) throw webauthnUnavailable();
  const question = await askForKey(party, await listKeys(app.db, session.principalId));
  await askSession(app.db, {
    sessionId: session.id,
    purpose: 'step_up',
    challenge: question.challenge,
    expiresAt: minutesAfter(app.now(), challengeMinutes),
  });
  return question;
}

/**
 * The present password, before its person chooses another: counted as a sign-in is. It makes no session step up where a second factor is
 * needed for that. @returns undefined where it is right.
 */
export async function confirmPassword(
  app: AccountsApp,
  principalId: string,
  asked: Required<Pick<ProofAgain, 'password'>> & Pick<ProofAgain, 'address' | 'requestId'>,
): Promise<Refusal | undefined> {
  const principal = await findPrincipal(app.db, principalId);
  return underPassword(
    app,
    { principal, password: passwordOf(asked), origin: sessionOrigin(asked) },
    { granted: () => Promise.resolve(undefined) },
  );
}
