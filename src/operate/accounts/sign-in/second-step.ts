/**
 * The second step of a sign-in. A right password of who has a second factor yields a ticket, good for some minutes and once, and no session.
 * The ticket is worth something only beside the cookie that the same answer set: another browser that has one of the two has nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { type AccountsApp, minutesAfter, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import {
  findTicket,
  insertTicket,
  setTicketChallenge,
  takeAttempt,
  takeTicketChallenge,
  type TicketRow,
  useTicket,
} from '../factors/challenges.sql.ts';
import type { FactorProof, FactorsApp } from '../factors/check-factor.ts';
import { hasFactor, type HeldFactors, relyingPartyOf } from '../factors/factor-rules.ts';
import { fetchHeldFactors, listKeys } from '../factors/factors.sql.ts';
import { askForKey, type KeyQuestion } from '../factors/webauthn.ts';
import { findPrincipal, type PrincipalRow } from '../people/principals.sql.ts';
import { arrivalOrigin } from './arrival.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import type { Refusal } from './check-password.ts';
import { underSecondFactor } from './check-second-factor.ts';

const ticketMinutes = 5;

export interface SecondFactorAsked {
  readonly kind: 'second_factor';
  /** For the page; a secret. */
  readonly ticket: string;
  /** For a cookie of the browser; a secret. */
  readonly browser: string;
  readonly expiresAt: Date;
  readonly held: HeldFactors;
}

/** @returns undefined where the password was all that there is to prove. */
export async function askSecondFactor(
  { db }: Tx,
  found: { readonly principal: PrincipalRow; readonly at: Date; readonly attemptId: string },
  from: { readonly origin: Omit<Origin, 'actor'>; readonly bannerAcknowledged: boolean },
): Promise<SecondFactorAsked | undefined> {
  const { principal, at, attemptId } = found;
  const held = await fetchHeldFactors(db, principal.id);
  if (!hasFactor(held)) return undefined;
  const ticket = newOpaqueSecret();
  const browser = newOpaqueSecret();
  const expiresAt = minutesAfter(at, ticketMinutes);
  await insertTicket(db, {
    ticketSha256: sha256Of(ticket),
    browserSha256: sha256Of(browser),
    principalId: principal.id,
    attemptId,
    bannerAcknowledged: from.bannerAcknowledged,
    at,
    expiresAt,
  });
  const actor = { principalId: principal.id, name: principal.name, kind: principal.kind };
  await recordSecurityEvent(db, { kind: 'second_factor_asked', at, origin: { ...from.origin, actor } });
  return { kind: 'second_factor', ticket, browser, expiresAt, held };
}

export interface TicketHeld {
  readonly ticket: string;
  /** What the cookie holds. */
  readonly browser: string | undefined;
  readonly address?: string;
  readonly agent?: string;
  readonly requestId?: string;
  /** Of the request: where no address is configured, security keys work at localhost alone. */
  readonly host?: string | undefined;
}

/** @returns undefined where it has expired, was used, or is of another browser; the last of these is recorded. */
async function goodTicket(app: AccountsApp, held: TicketHeld): Promise<TicketRow | undefined> {
  const at = app.now();
  const found = await findTicket(app.db, sha256Of(held.ticket), at);
  if (!found) return undefined;
  if (held.browser !== undefined && timingSafeEqual(sha256Of(held.browser), found.browserSha256))
    return found;
  const principal = await findPrincipal(app.db, found.principalId);
  const actor = principal && { principalId: principal.id, name: principal.name, kind: principal.kind };
  await recordSecurityEvent(app.db, {
    kind: 'second_factor_refused',
    at,
    origin: { ...arrivalOrigin(held), ...(actor ? { actor } : {}) },
    outcome: 'refused',
    failureReason: 'ticket of another browser',
    severity: 'High',
  });
  return undefined;
}

/** What a security key is to sign for this sign-in. @throws SIGN_IN_STALE, WEBAUTHN_UNAVAILABLE. */
export async function askKeyForTicket(app: AccountsApp, held: TicketHeld): Promise<KeyQuestion> {
  const ticket = await goodTicket(app, held);
  if (!ticket) throw staleSignIn();
  const party = relyingPartyOf(rulesOf(app), held.host);
  if (!party) throw webauthnUnavailable();
  const question = await askForKey(party, await listKeys(app.db, ticket.principalId));
  await setTicketChallenge(app.db, ticket.id, question.challenge);
  return question;
}

export const staleSignIn = (): TielineError =>
  new TielineError(
    'SIGN_IN_STALE',
    'This sign-in has expired, is complete already, or was begun in another browser.',
  );
export const webauthnUnavailable = (): TielineError =>
  new TielineError('WEBAUTHN_UNAVAILABLE', 'Security keys cannot be used at this address.');

/** Completes a sign-in whose password was right. The session begins here, under a new cookie, and not before. */
export async function finishSignIn(
  app: FactorsApp,
  held: TicketHeld & { readonly proof: FactorProof },
): Promise<SignedIn | Refusal> {
  const ticket = await goodTicket(app, held);
  if (!ticket) return { kind: 'refused', why: 'stale' };
  const origin = arrivalOrigin(held);
  const question = {
    proof: held.proof,
    party: relyingPartyOf(rulesOf(app), held.host),
    takeChallenge: (tx: Tx) => takeTicketChallenge(tx.db, ticket.id),
    address: held.address,
  };
  const attemptId = await takeAttempt(app.db, ticket.id);
  return underSecondFactor(
    app,
    { principalId: ticket.principalId, question, origin, attemptId },
    async (tx, { principal, factor, at }) => {
      if (!(await useTicket(tx.db, ticket.id, at))) throw staleSignIn();
      return beginSession(app, tx, {
        principal,
        at,
        arrival: {
          way: 'local',
          details: { factor: factor.kind },
          origin,
          agent: held.agent,
          bannerAcknowledged: ticket.bannerAcknowledged,
        },
      });
    },
  );
}
