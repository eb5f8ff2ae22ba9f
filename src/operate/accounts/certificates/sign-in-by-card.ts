/**
 * Signing in with a card. Directly, a browser goes from here to the port that asks for the card, and comes back with a code that is good
 * once, for a minute, and only in the browser that began: whoever is led to that port by somebody else's link signs nobody in, neither
 * themselves there nor the other one as them. Behind a proxy the card comes with the request that begins.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { type AccountsApp, minutesAfter, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import { arrivalOrigin, ownPath } from '../sign-in/arrival.ts';
import { closeAttempt, openAttempt } from '../sign-in/attempts.sql.ts';
import { authenticateSession } from '../sign-in/sessions.ts';
import {
  type OutsideArrival,
  type OutsideRefusal,
  type ProvedIdentity,
  signInByIdentity,
} from '../sign-in/sign-in-by-identity.ts';
import { stepUpByIdentity } from '../sign-in/step-up-by-identity.ts';
import type { CardOutcome } from './card-desk.ts';
import { type CardSignIn, insertCardSignIn, keepCode, takeByCode } from './card-sign-ins.sql.ts';
import type { CertificateRefusal } from './certificate-refusals.ts';

const beginMinutes = 10;
const codeSeconds = 60;

export interface CardArrival extends Omit<OutsideArrival, 'bannerAcknowledged'> {
  /** The cookie of the session, of step_up. */
  readonly session: string | undefined;
}

/** `late`: begun in another browser, too long ago, or used before. */
export type CardRefusal =
  | CertificateRefusal
  | OutsideRefusal
  | 'late'
  | 'other_person'
  | 'too_often'
  | 'settings';

export type CardReturn =
  | { readonly kind: 'entered'; readonly cookie: string; readonly nextPath: string }
  | { readonly kind: 'refused'; readonly why: CardRefusal };

const stateOf = (secret: string): string =>
  createHmac('sha256', secret).update('tieline card state').digest('base64url');

/** What a browser asks for when it begins. */
export interface CardRequest {
  readonly purpose: CardSignIn['purpose'];
  readonly next: string | undefined;
  readonly bannerAcknowledged: boolean;
}

/** @returns undefined where the notice must be acknowledged first, or there is no session that could step up. */
async function requestOf(
  app: AccountsApp,
  asked: CardRequest,
  session: string | undefined,
): Promise<CardSignIn | undefined> {
  const { purpose, bannerAcknowledged } = asked;
  const nextPath = ownPath(asked.next);
  if (purpose === 'sign_in') {
    if (rulesOf(app).bannerFile !== undefined && !bannerAcknowledged) return undefined;
    return { purpose, nextPath, bannerAcknowledged, sessionId: null };
  }
  const open = session === undefined ? undefined : await authenticateSession(app, session, { passive: true });
  return open?.kind === 'open' && open.session.way === 'cac'
    ? { purpose, nextPath, bannerAcknowledged, sessionId: open.session.id }
    : undefined;
}

/** Begins in this browser. @returns what its cookie is to hold, and the state for the other port; undefined: the sign-in page comes first. */
export async function beginCard(
  app: AccountsApp,
  asked: CardRequest,
  session: string | undefined,
): Promise<{ readonly secret: string; readonly state: string } | undefined> {
  const request = await requestOf(app, asked, session);
  if (!request) return undefined;
  const secret = newOpaqueSecret();
  const state = stateOf(secret);
  const at = app.now();
  await insertCardSignIn(app.db, {
    ...request,
    stateSha256: sha256Of(state),
    browserSha256: sha256Of(secret),
    at,
    expiresAt: minutesAfter(at, beginMinutes),
  });
  return { secret, state };
}

/** A card was shown at the other port. @returns the code that leads back, or why there is none; a refusal is in the security log. */
export async function showCard(
  app: AccountsApp,
  {
    state,
    outcome,
    from,
  }: {
    readonly state: string;
    readonly outcome: CardOutcome;
    readonly from: Pick<OutsideArrival, 'address' | 'requestId'>;
  },
): Promise<
  { readonly kind: 'code'; readonly code: string } | { readonly kind: 'refused'; readonly why: CardRefusal }
> {
  if (outcome.kind === 'refused') {
    await recordRefusal(app, from, outcome);
    return { kind: 'refused', why: outcome.why };
  }
  const { issuer, subject, presented, details } = outcome.identity;
  const code = newOpaqueSecret();
  const at = app.now();
  const isKept = await keepCode(app.db, sha256Of(state), {
    codeSha256: sha256Of(code),
    at,
    expiresAt: new Date(at.getTime() + codeSeconds * 1000),
    proved: { issuer, subject, presented, ...(details ? { details } : {}) },
  });
  if (isKept) return { kind: 'code', code };
  await recordRefusal(app, from, {
    why: 'late',
    told: `${subject}: no browser has begun this, or a card was shown for it before`,
  });
  return { kind: 'refused', why: 'late' };
}

/** A browser comes back with its code. @param secret of the cookie of the sign-in that it began. */
export async function finishCard(
  app: AccountsApp,
  {
    code,
    secret,
    from,
  }: { readonly code: string; readonly secret: string | undefined; readonly from: CardArrival },
): Promise<CardReturn> {
  const attempt = await openAttempt(app.db, { at: app.now(), address: from.address });
  if (from.address !== undefined && attempt.others >= rulesOf(app).signInsPerMinute) {
    await closeAttempt(app.db, attempt.id, { outcome: 'limited' });
    return refuse(app, from, { why: 'too_often', told: 'too many from this address' });
  }
  const kept = await takeByCode(app.db, sha256Of(code), app.now());
  const fault = !kept
    ? 'the code is unknown, or was used before'
    : !kept.isOpen
      ? 'the code came later than after a minute'
      : secret === undefined || !timingSafeEqual(sha256Of(secret), kept.browserSha256)
        ? 'the code came from another browser than the one that began'
        : undefined;
  await closeAttempt(app.db, attempt.id, { outcome: fault === undefined ? 'succeeded' : 'failed' });
  if (!kept || fault !== undefined) return refuse(app, from, { why: 'late', told: fault ?? '' });
  return conclude(app, kept, { identity: { ...kept.proved, way: 'cac', makesAccounts: false }, from });
}

/** A card came with the request itself, from a proxy. @returns undefined where the sign-in page comes first. */
export async function enterByCard(
  app: AccountsApp,
  asked: CardRequest,
  { outcome, from }: { readonly outcome: CardOutcome; readonly from: CardArrival },
): Promise<CardReturn | undefined> {
  const request = await requestOf(app, asked, from.session);
  if (!request) return undefined;
  if (outcome.kind === 'refused') return refuse(app, from, outcome);
  return conclude(app, request, { identity: outcome.identity, from });
}

interface Proved {
  readonly identity: ProvedIdentity;
  readonly from: CardArrival;
}

async function conclude(
  app: AccountsApp,
  request: CardSignIn,
  { identity, from }: Proved,
): Promise<CardReturn> {
  const { nextPath, bannerAcknowledged } = request;
  if (request.purpose === 'step_up') return proveAgain(app, request, { identity, from });
  const outcome = await signInByIdentity(app, identity, { ...from, bannerAcknowledged });
  return outcome.kind === 'signed_in'
    ? { kind: 'entered', cookie: outcome.cookie, nextPath }
    : { kind: 'refused', why: outcome.why };
}

/** The session continues under a new cookie, if the same card is there. */
async function proveAgain(
  app: AccountsApp,
  { sessionId, nextPath }: CardSignIn,
  { identity, from }: Proved,
): Promise<CardReturn> {
  const outcome = await stepUpByIdentity(app, identity, {
    session: { cookie: from.session, sessionId },
    from,
    details: { way: 'cac', ...identity.details },
  });
  switch (outcome.kind) {
    case 'proved':
      return { kind: 'entered', cookie: outcome.cookie, nextPath };
    case 'ended':
      return refuse(app, from, { why: 'late', told: 'the session that was to continue has ended' });
    case 'other_person':
      return refuse(app, from, {
        why: 'other_person',
        told: `${identity.subject}: another card than that of the session`,
      });
  }
}

async function refuse(
  app: AccountsApp,
  from: Pick<OutsideArrival, 'address' | 'requestId'>,
  { why, told }: { readonly why: CardRefusal; readonly told: string },
): Promise<CardReturn> {
  await recordRefusal(app, from, { why, told });
  return { kind: 'refused', why };
}

const recordRefusal = (
  app: AccountsApp,
  from: Pick<OutsideArrival, 'address' | 'requestId'>,
  { why, told }: { readonly why: CardRefusal; readonly told: string },
): Promise<void> =>
  recordSecurityEvent(app.db, {
    kind: 'sign_in_refused',
    at: app.now(),
    origin: arrivalOrigin(from),
    outcome: 'refused',
    failureReason: why,
    details: { way: 'cac', told },
  });
