/** Links by which a person sets a password without having one: of the first administrator, and of who was added or forgot it. */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { type AccountsApp, minutesAfter, newOpaqueSecret, sha256Of } from '../accounts-app.ts';
import { countAdministrators, insertGrant, takeAdministratorsTurn } from '../grants/grants.sql.ts';
import { acceptedHash, applyPassword } from '../passwords/set-password.ts';
import { type Tx } from '../../../platform/postgres/index.ts';
import { findOpenLink, replaceLink, useLink } from './one-time-links.sql.ts';
import { findPrincipal, insertPrincipal, type PrincipalRow } from './principals.sql.ts';
import { requirePrincipal } from './require-principal.ts';

const validMinutes = 15;

export interface OneTimeLink {
  /** What follows the address of the server; holds a secret, behind the # that no server and no log sees. */
  readonly path: string;
  readonly account: string;
  readonly expiresAt: Date;
}

async function linkFor(
  app: AccountsApp,
  { db }: Pick<Tx, 'db'>,
  {
    principal,
    purpose,
    by,
  }: { readonly principal: PrincipalRow; readonly purpose: 'bootstrap' | 'password'; readonly by: Origin },
): Promise<OneTimeLink> {
  if (principal.kind === 'service')
    throw new TielineError(
      'PASSWORD_REFUSED',
      `${principal.name} is a program, and signs in by tokens only.`,
    );
  const at = app.now();
  const secret = newOpaqueSecret();
  const expiresAt = minutesAfter(at, validMinutes);
  const createdBy = by.actor?.name ?? 'nobody';
  const id = await replaceLink(db, {
    principalId: principal.id,
    purpose,
    secretSha256: sha256Of(secret),
    createdAt: at,
    createdBy,
    expiresAt,
  });
  await recordSecurityEvent(db, {
    kind: 'link_made',
    at,
    origin: by,
    object: { type: 'link', id },
    details: { account: principal.name, purpose, expires: expiresAt.toISOString() },
  });
  return { path: `/link#${secret}`, account: principal.name, expiresAt };
}

/** A link for an account that is there, valid for 15 minutes; earlier ones of it are void. @throws ACCOUNT_UNKNOWN. */
export async function makeLink(app: AccountsApp, wanted: string, by: Origin): Promise<OneTimeLink> {
  const principal = await requirePrincipal(app.db, wanted);
  return app.store.transaction((tx) => linkFor(app, tx, { principal, purpose: 'password', by }));
}

/**
 * The link by which the first administrator comes in: for the account of that name, which is made if it is not there.
 * @returns undefined where somebody can administer accounts already and has a password or was there before.
 */
export function makeFirstAdministratorLink(
  app: AccountsApp,
  by: Origin,
  name = 'administrator',
): Promise<OneTimeLink | undefined> {
  return app.store.transaction(async (tx) => {
    const at = app.now();
    await takeAdministratorsTurn(tx.db);
    const found = await findPrincipal(tx.db, name);
    const isWaiting = found !== undefined && found.createdBy === bootstrap && found.lastSignInAt === null;
    if ((await countAdministrators(tx.db, at)) > 0)
      return isWaiting ? linkFor(app, tx, { principal: found, purpose: 'bootstrap', by }) : undefined;
    const principal =
      found ?? (await insertPrincipal(tx.db, { kind: 'person', name, createdAt: at, createdBy: bootstrap }));
    if (!principal) throw new TielineError('ACCOUNT_EXISTS', `There is an account "${name}" already.`);
    const grant = {
      principalId: principal.id,
      gives: { role: 'admin' as const },
      scope: { kind: 'everywhere' as const },
    };
    const id = await insertGrant(tx.db, grant, {
      at,
      name: by.actor?.name ?? bootstrap,
      principalId: null,
      source: 'machine',
    });
    await recordSecurityEvent(tx.db, {
      kind: 'grant_given',
      at,
      origin: by,
      object: { type: 'grant', id },
      details: {
        account: principal.name,
        gives: 'admin',
        reach: 'everywhere',
        reason: 'the first administrator',
      },
    });
    return linkFor(app, tx, { principal, purpose: 'bootstrap', by });
  });
}

const bootstrap = 'the first start';

/** Whose link it is, for the page that asks for the password. @throws LINK_UNKNOWN. */
export async function fetchLink(
  app: AccountsApp,
  secret: Secret,
): Promise<{ account: string; displayName: string | null; expiresAt: Date }> {
  const { link, principal } = await requireLink(app, secret);
  return { account: principal.name, displayName: principal.displayName, expiresAt: link.expiresAt };
}

async function requireLink(app: AccountsApp, secret: Secret) {
  const link = await findOpenLink(app.db, sha256Of(secret.reveal()), app.now());
  const principal = link && (await findPrincipal(app.db, link.principalId));
  if (!link || !principal)
    throw new TielineError('LINK_UNKNOWN', 'The link was used, has expired, or never was.');
  return { link, principal };
}

/** Sets the password; the link is used up. Signing in is the next step. @throws LINK_UNKNOWN, PASSWORD_REFUSED: the link stays good. */
export async function redeemLink(
  app: AccountsApp,
  asked: { readonly secret: Secret; readonly password: Secret },
  origin: Omit<Origin, 'actor'>,
): Promise<PrincipalRow> {
  const { link, principal } = await requireLink(app, asked.secret);
  const phc = await acceptedHash(app, principal, asked.password);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const by: Origin = {
      ...origin,
      actor: { principalId: principal.id, name: principal.name, kind: principal.kind },
    };
    if (!(await useLink(tx.db, link.id, { at, address: origin.address })))
      throw new TielineError('LINK_UNKNOWN', 'The link was used meanwhile.');
    await recordSecurityEvent(tx.db, {
      kind: 'link_used',
      at,
      origin: by,
      object: { type: 'link', id: link.id },
    });
    await applyPassword(app, tx, { principal, phc, change: { mustChange: false }, by });
    return principal;
  });
}
