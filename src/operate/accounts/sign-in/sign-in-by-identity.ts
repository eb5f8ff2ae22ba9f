/**
 * Signing in by who somebody is outside: at an identity provider, or by a card. The way proves the identity; what comes of it is the same for
 * all of them, and is decided here. An account is found by way, issuer and subject, and by nothing else: a name or an address may change
 * hands. Who is not known gets an account where the settings say so; else an administrator sees who came (`unknown_identities`).
 */
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type AccountsApp, rulesOf, sha256Of } from '../accounts-app.ts';
import { followGroups } from '../groups/follow-groups.ts';
import {
  findIdentity,
  type IdentityKey,
  insertIdentity,
  keepPresented,
  type Presented,
  takeIdentityTurn,
} from '../identities/identities.sql.ts';
import { recordUnknownIdentity, type UnknownWhy } from '../identities/unknown-identities.sql.ts';
import { insertPrincipal, lockPrincipal, type PrincipalRow, setStatus } from '../people/principals.sql.ts';
import { arrivalOrigin } from './arrival.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import type { OutsideSession } from './sessions.sql.ts';
import { decideSignIn } from './sign-in-decision.ts';

/** What a way has proved. */
export interface ProvedIdentity extends IdentityKey {
  readonly presented: Presented;
  /** Undefined: this way knows no groups, and memberships stay as they are. */
  readonly groups?: readonly string[] | undefined;
  /** Whether who is not known gets an account. */
  readonly makesAccounts: boolean;
  /** What the outside calls its session, and what signing out needs. */
  readonly session?: Omit<OutsideSession, 'identityId'>;
  /** How it was proved, for the event: acr, amr, serial number of the certificate. No secrets. */
  readonly details?: JsonObject;
}

export interface OutsideArrival {
  /** Of the browser, as far as it is known for sure. */
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  readonly bannerAcknowledged: boolean;
  readonly requestId?: string | undefined;
}

/** Who proved who they are may be told why they are refused, other than who gives a wrong password. */
export type OutsideRefusal = UnknownWhy | 'disabled' | 'locked' | 'service' | 'banner';
export type OutsideOutcome = SignedIn | { readonly kind: 'refused'; readonly why: OutsideRefusal };

interface Comer {
  readonly proved: ProvedIdentity;
  readonly arrival: OutsideArrival;
  readonly at: Date;
}

/** @returns the session, or why there is none. Each refusal but that of the banner is in the security log. */
export function signInByIdentity(
  app: AccountsApp,
  proved: ProvedIdentity,
  arrival: OutsideArrival,
): Promise<OutsideOutcome> {
  if (rulesOf(app).bannerFile !== undefined && !arrival.bannerAcknowledged)
    return Promise.resolve({ kind: 'refused', why: 'banner' });
  return app.store.transaction(async (tx) => {
    const comer = { proved, arrival, at: app.now() };
    await takeIdentityTurn(tx.db, proved);
    const known = (await findIdentity(tx.db, proved)) ?? (await makeAccount(tx, comer));
    if ('why' in known) return refuse(tx, comer, { why: known.why });
    const principal = await lockPrincipal(tx.db, known.principalId);
    const decision = decideSignIn({
      principal,
      isRight: true,
      failures: 0,
      at: comer.at,
      rules: rulesOf(app),
    });
    if (!principal) throw new TielineError('INTERNAL', 'An identity is tied to an account that is gone.');
    if (decision.kind === 'refused') return refuse(tx, comer, { why: refusalOf(decision.why), principal });
    if (decision.releases)
      await setStatus(tx.db, principal.id, { status: 'active', reason: null, at: comer.at });
    await keepPresented(tx.db, known.id, proved.presented);
    return enter(app, tx, { comer, principal, identityId: known.id });
  });
}

const refusalOf = (why: 'unknown' | 'service' | 'disabled' | 'locked' | 'wrong'): OutsideRefusal =>
  why === 'wrong' ? 'unknown' : why;

async function enter(
  app: AccountsApp,
  tx: Tx,
  {
    comer: { proved, arrival, at },
    principal,
    identityId,
  }: { readonly comer: Comer; readonly principal: PrincipalRow; readonly identityId: string },
): Promise<SignedIn> {
  const origin = arrivalOrigin(arrival);
  const { id: principalId, name, kind } = principal;
  if (proved.groups)
    await followGroups(app, tx, {
      principal,
      identityId,
      groups: proved.groups,
      at,
      origin: { ...origin, actor: { principalId, name, kind } },
    });
  return beginSession(app, tx, {
    principal,
    at,
    arrival: {
      way: proved.way,
      origin,
      agent: arrival.agent,
      bannerAcknowledged: arrival.bannerAcknowledged,
      outside: { ...proved.session, identityId },
      details: { issuer: proved.issuer, subject: proved.subject, ...proved.details },
    },
  });
}

async function refuse(
  { db }: Tx,
  { proved, arrival, at }: Comer,
  { why, principal }: { readonly why: OutsideRefusal; readonly principal?: PrincipalRow },
): Promise<OutsideOutcome> {
  const { way, issuer, subject, presented, groups = [] } = proved;
  if (why === 'unknown' || why === 'name_taken')
    await recordUnknownIdentity(db, proved, { why, presented, groups, at, address: arrival.address });
  await recordSecurityEvent(db, {
    kind: 'sign_in_refused',
    at,
    origin: {
      ...arrivalOrigin(arrival),
      ...(principal
        ? { actor: { principalId: principal.id, name: principal.name, kind: principal.kind } }
        : {}),
    },
    outcome: 'refused',
    failureReason: why,
    details: { way, issuer, subject, name: presented.name ?? null },
  });
  return { kind: 'refused', why };
}

/** Pure: how the account of a person from outside is called: as they are there, where that can be the name of an account. */
export function accountNameOf({
  way,
  issuer,
  subject,
  presented,
}: IdentityKey & { readonly presented: Presented }): string {
  const wanted = (presented.name ?? '').replaceAll(/[^\p{L}\p{N}._@-]/gu, '').replace(/^[._@-]+/, '');
  // Signs, not halves of them: a name may be cut.
  const signs = Array.from(wanted).slice(0, 100);
  return signs.length >= 2
    ? signs.join('')
    : `${way}-${sha256Of(`${issuer} ${subject}`).toString('hex').slice(0, 12)}`;
}

/** The account of who was not known, where the settings make one. It may nothing but what its groups give. */
async function makeAccount(
  { db }: Tx,
  { proved, arrival, at }: Comer,
): Promise<{ readonly id: string; readonly principalId: string } | { readonly why: UnknownWhy }> {
  if (!proved.makesAccounts) return { why: 'unknown' };
  const { way, issuer, subject, presented } = proved;
  const made = await insertPrincipal(
    db,
    {
      kind: 'person',
      name: accountNameOf(proved),
      displayName: presented.displayName?.slice(0, 200),
      email: presented.email?.slice(0, 200),
      createdAt: at,
      createdBy: `first sign-in by ${way}`,
    },
    { isFromOutside: true },
  );
  if (!made) return { why: 'name_taken' };
  const id = await insertIdentity(db, proved, { principalId: made.id, presented, at, by: null });
  if (id === undefined) throw new TielineError('INTERNAL', 'An identity was taken in spite of its turn.');
  await recordSecurityEvent(db, {
    kind: 'account_added',
    at,
    origin: arrivalOrigin(arrival),
    object: { type: 'principal', id: made.id },
    details: { name: made.name, kind: made.kind, way, issuer, subject },
  });
  return { id, principalId: made.id };
}
