/** Second factors of a signed-in person, by that person: an authenticator app, security keys, recovery codes. */
import { randomBytes } from 'node:crypto';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import { type AccountsApp, minutesAfter, rulesOf } from '../accounts-app.ts';
import { lockPrincipal, type PrincipalRow } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import type { OpenSession } from '../sign-in/session-decision.ts';
import { listOpenSessions } from '../sign-in/sessions.sql.ts';
import { askSession, findAsked, takeAsked } from './challenges.sql.ts';
import { appPurpose, type FactorsApp } from './check-factor.ts';
import { hasFactor, relyingPartyOf } from './factor-rules.ts';
import {
  deleteAllFactors,
  deleteFactor,
  fetchHeldFactors,
  insertKey,
  listKeys,
  replaceApp,
} from './factors.sql.ts';
import { hashOfCode, makeCodes } from './recovery-codes.ts';
import { findCodesLeft, replaceCodes } from './recovery-codes.sql.ts';
import { addressForApps, base32, bytesOfBase32, keyBytes, stepOfCode } from './totp.ts';
import {
  type Attestation,
  askForNewKey,
  challengeMinutes,
  checkAttestation,
  type NewKeyQuestion,
} from './webauthn.ts';

const setUpMinutes = 15;

/** Whose it is, and from which session: the others end with the first factor. */
export interface Own {
  readonly session: Pick<OpenSession, 'id' | 'principalId' | 'way'>;
  readonly by: Origin;
}

/** With the first factor come recovery codes; secrets, shown once. Null: there are some. */
export interface FactorAdded {
  readonly id: string;
  readonly recoveryCodes: readonly string[] | null;
}

/** @throws FACTORS_ELSEWHERE: a card and an identity provider have theirs. */
function requireLocal({ way }: Own['session']): void {
  if (way !== 'local')
    throw new TielineError('FACTORS_ELSEWHERE', 'You did not sign in with a password here.');
}

/** A new key for an authenticator app; it counts once a code of it was given. @returns the key as text, and the address that a picture holds. */
export async function beginApp(app: FactorsApp, own: Own): Promise<{ key: string; address: string }> {
  requireLocal(own.session);
  const principal = await requirePrincipal(app.db, own.session.principalId);
  const key = new Secret(base32(randomBytes(keyBytes)));
  await askSession(app.db, {
    sessionId: own.session.id,
    purpose: 'add_app',
    sealed: app.secretBox.seal(key, appPurpose(principal.id)),
    expiresAt: minutesAfter(app.now(), setUpMinutes),
  });
  return { key: key.reveal(), address: addressForApps(key, { account: principal.name, issuer: 'Tieline' }) };
}

/** @throws FACTOR_NOT_CONFIRMED where the code is not of the key that was shown, or that was too long ago. */
export async function confirmApp(app: FactorsApp, own: Own, code: Secret): Promise<FactorAdded> {
  const principalId = own.session.principalId;
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await present(tx, principalId);
    const asked = await findAsked(tx.db, own.session.id, { purpose: 'add_app', at });
    if (!asked?.sealed)
      throw new TielineError(
        'FACTOR_NOT_CONFIRMED',
        'No key is waiting to be confirmed, or it was shown too long ago.',
      );
    const key = app.secretBox.open(asked.sealed, appPurpose(principalId));
    const step = stepOfCode(bytesOfBase32(key.reveal()), code.reveal(), at);
    if (step === undefined)
      throw new TielineError('FACTOR_NOT_CONFIRMED', 'The code is not one of the key that was shown.', {
        fields: [{ field: 'code', message: 'must be the six digits that the app shows now' }],
      });
    await takeAsked(tx.db, own.session.id, { purpose: 'add_app', at });
    const held = await fetchHeldFactors(tx.db, principalId);
    const name = 'Authenticator app';
    const id = await replaceApp(tx.db, { principalId, name, sealed: asked.sealed, step, at });
    return added(app, tx, {
      own,
      principal,
      at,
      id,
      isFirst: !hasFactor(held),
      what: { factor: 'totp', name, replaced: held.totp },
    });
  });
}

/** @throws WEBAUTHN_UNAVAILABLE. */
export async function beginKey(
  app: AccountsApp,
  own: Own,
  host: string | undefined,
): Promise<NewKeyQuestion> {
  requireLocal(own.session);
  const principal = await requirePrincipal(app.db, own.session.principalId);
  const party = relyingPartyOf(rulesOf(app), host);
  if (!party) throw new TielineError('WEBAUTHN_UNAVAILABLE', 'Security keys cannot be used at this address.');
  const question = await askForNewKey(party, principal, await listKeys(app.db, principal.id));
  await askSession(app.db, {
    sessionId: own.session.id,
    purpose: 'add_key',
    challenge: question.challenge,
    expiresAt: minutesAfter(app.now(), challengeMinutes),
  });
  return question;
}

/** @throws FACTOR_NOT_CONFIRMED with why the key is refused. */
export async function confirmKey(
  app: AccountsApp,
  own: Own,
  it: { readonly name: string; readonly attestation: Attestation; readonly host: string | undefined },
): Promise<FactorAdded> {
  const { principalId, id: sessionId } = own.session;
  const asked = await takeAsked(app.db, sessionId, { purpose: 'add_key', at: app.now() });
  const party = relyingPartyOf(rulesOf(app), it.host);
  if (typeof asked?.challenge !== 'string' || !party)
    throw new TielineError('FACTOR_NOT_CONFIRMED', 'No security key was asked for, or too long ago.');
  const made = await checkAttestation(it.attestation, { challenge: asked.challenge, party });
  if ('why' in made)
    throw new TielineError('FACTOR_NOT_CONFIRMED', `The security key was refused: ${made.why}`);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await present(tx, principalId);
    const held = await fetchHeldFactors(tx.db, principalId);
    const id = await insertKey(tx.db, { ...made, principalId, name: it.name, at });
    if (id === undefined)
      throw new TielineError('FACTOR_NOT_CONFIRMED', 'This security key is set up already.');
    return added(app, tx, {
      own,
      principal,
      at,
      id,
      isFirst: !hasFactor(held),
      what: { factor: 'webauthn', name: it.name },
    });
  });
}

async function present({ db }: Tx, id: string): Promise<PrincipalRow> {
  const principal = await lockPrincipal(db, id);
  if (!principal) throw new TielineError('ACCOUNT_UNKNOWN', 'There is no such account any more.');
  return principal;
}

interface Added {
  readonly own: Own;
  readonly principal: PrincipalRow;
  readonly at: Date;
  readonly id: string;
  readonly isFirst: boolean;
  readonly what: { readonly factor: 'totp' | 'webauthn'; readonly name: string; readonly replaced?: boolean };
}

/** Records it. With the first one, sessions that began by the password alone end, and recovery codes are made. */
async function added(
  app: AccountsApp,
  tx: Tx,
  { own, principal, at, id, isFirst, what }: Added,
): Promise<FactorAdded> {
  const { by, session } = own;
  await recordSecurityEvent(tx.db, {
    kind: 'factor_added',
    at,
    origin: by,
    object: { type: 'principal', id: principal.id },
    details: {
      name: principal.name,
      factor: what.factor,
      called: what.name,
      replaced: what.replaced ?? false,
    },
  });
  if (isFirst) {
    const open = await listOpenSessions(tx.db, principal.id);
    const others = open.map((each) => each.id).filter((each) => each !== session.id);
    await endAndRecord(tx, others, { at, why: 'ended', origin: by });
  }
  const hasCodes = !isFirst && (await findCodesLeft(tx.db, principal.id)) !== undefined;
  return { id, recoveryCodes: hasCodes ? null : await newCodes(tx, { principal, at, by }) };
}

async function newCodes(
  { db }: Tx,
  { principal, at, by }: { principal: PrincipalRow; at: Date; by: Origin },
): Promise<readonly string[]> {
  const codes = makeCodes();
  await replaceCodes(db, principal.id, { hashes: codes.map(hashOfCode), at });
  await recordSecurityEvent(db, {
    kind: 'recovery_codes_made',
    at,
    origin: by,
    object: { type: 'principal', id: principal.id },
    details: { name: principal.name, codes: codes.length },
  });
  return codes;
}

/** A new set; the former one is void. @throws FACTOR_NEEDED without a factor that they could stand in for. */
export async function makeRecoveryCodes(app: AccountsApp, own: Own): Promise<readonly string[]> {
  requireLocal(own.session);
  return app.store.transaction(async (tx) => {
    const principal = await present(tx, own.session.principalId);
    if (!hasFactor(await fetchHeldFactors(tx.db, principal.id)))
      throw new TielineError(
        'FACTOR_NEEDED',
        'Recovery codes stand in for a second factor, and there is none.',
      );
    return newCodes(tx, { principal, at: app.now(), by: own.by });
  });
}

/**
 * With the last one, recovery codes go as well.
 * @param own.isRequired whether the person must have one. @throws FACTOR_NEEDED for the last one then, RECORD_UNKNOWN.
 */
export async function removeFactor(
  app: AccountsApp,
  own: Own & { readonly isRequired: boolean },
  id: string,
): Promise<void> {
  requireLocal(own.session);
  await app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await present(tx, own.session.principalId);
    const removed = await deleteFactor(tx.db, principal.id, id);
    if (!removed) throw new TielineError('RECORD_UNKNOWN', 'You have no second factor with that id.');
    const isLast = !hasFactor(await fetchHeldFactors(tx.db, principal.id));
    if (isLast && own.isRequired)
      throw new TielineError(
        'FACTOR_NEEDED',
        'This is your only second factor, and your account must have one.',
      );
    if (isLast) await deleteAllFactors(tx.db, principal.id);
    await recordSecurityEvent(tx.db, {
      kind: 'factor_removed',
      at,
      origin: own.by,
      object: { type: 'principal', id: principal.id },
      details: { name: principal.name, factor: removed.kind, called: removed.name, last: isLast },
    });
  });
}
