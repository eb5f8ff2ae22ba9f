/** Tokens of programs: made, listed, revoked, and who a request with one is by. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type Actor,
  allPermissions,
  heldBy,
  type Permission,
  type Scope,
} from '../../../canonical/access/index.ts';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import { type AccountsApp, newOpaqueSecret, sha256Of } from '../accounts-app.ts';
import { scopeOf } from '../grants/grants.sql.ts';
import { actorWith, mayAct } from '../people/actor.ts';
import { findPrincipal } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { addressesAmong, isAddressBlock, parseToken, requireFingerprint, tokenText } from './token-text.ts';
import {
  findToken,
  insertToken,
  listTokens,
  recordTokenUsed,
  revokeTokenRow,
  type TokenRow,
} from './tokens.sql.ts';
import { recordUseElsewhere } from './uses-elsewhere.ts';

export interface TokenRequest {
  readonly name: string;
  /** What it may at most; at each use, less if its owner may less. Default: all that the owner may. */
  readonly permissions?: readonly Permission[];
  readonly scope: Scope;
  /** CIDR blocks; none: from everywhere. */
  readonly addresses?: readonly string[];
  /** From 1 to 365. Default: 90. */
  readonly days?: number;
  /** SHA-256 fingerprint of the certificate without which it is refused. Default: it needs none. */
  readonly certificate?: string;
}

export interface MadeToken {
  /** Shown once; a secret. */
  readonly token: string;
  readonly row: TokenRow;
}

/** @throws ACCOUNT_UNKNOWN, NOT_ALLOWED for what the owner may not, USAGE for wrong addresses or days. */
export async function makeToken(
  app: AccountsApp,
  owner: string,
  asked: TokenRequest,
  by: Origin,
): Promise<MadeToken> {
  const principal = await requirePrincipal(app.db, owner);
  const { addresses = [], days = 90 } = asked;
  if (!Number.isInteger(days) || days < 1 || days > 365)
    throw new TielineError('USAGE', `A token is valid for 1 to 365 days, not ${days}.`);
  const wrong = addresses.filter((each) => !isAddressBlock(each));
  if (wrong.length > 0)
    throw new TielineError('USAGE', `${wrong.join(', ')}: expected addresses or blocks such as 10.0.0.0/8.`);
  const certificateSha256 = asked.certificate === undefined ? null : requireFingerprint(asked.certificate);
  const held = heldBy(await actorWith(app.db, principal, app.now()), app.now());
  const permissions = asked.permissions ?? [...held.keys()];
  const lacking = permissions.filter((each) => !held.has(each));
  if (lacking.length > 0 || permissions.length === 0)
    throw new TielineError(
      'NOT_ALLOWED',
      `${principal.name} may not ${lacking.join(', ') || 'do anything'}, so no token of it may.`,
    );
  const secret = newOpaqueSecret();
  const id = randomBytes(6).toString('hex');
  const createdAt = app.now();
  const expiresAt = new Date(createdAt.getTime() + days * 86_400_000);
  return app.store.transaction(async ({ db }) => {
    await insertToken(db, {
      id, secretSha256: sha256Of(secret), principalId: principal.id, name: asked.name, permissions, scope: asked.scope, addresses, certificateSha256,
      createdAt, createdBy: by.actor?.name ?? 'nobody', expiresAt,
    }); // prettier-ignore
    await recordSecurityEvent(db, {
      kind: 'token_made',
      at: createdAt,
      origin: by,
      object: { type: 'token', id },
      details: {
        account: principal.name,
        name: asked.name,
        certificate: certificateSha256,
        permissions: [...permissions],
        addresses: [...addresses],
        expires: expiresAt.toISOString(),
      },
    });
    const row = await findToken(db, id);
    if (!row) throw new TielineError('INTERNAL', 'The token that was just made is gone.');
    return { token: tokenText(id, secret), row: withoutHash(row) };
  });
}

function withoutHash(row: TokenRow & { readonly secretSha256: Buffer }): TokenRow {
  const { secretSha256: _hash, ...shown } = row;
  return shown;
}

/** @param filter.account name or id. Newest first. @throws ACCOUNT_UNKNOWN. */
export async function findTokens(
  app: AccountsApp,
  filter: { readonly account?: string; readonly all?: boolean },
  limit: number,
): Promise<TokenRow[]> {
  const { account, all = false } = filter;
  const principalId = account === undefined ? undefined : (await requirePrincipal(app.db, account)).id;
  return listTokens(app.db, { principalId, all, at: app.now() }, limit);
}

/** @param only whose it must be; undefined: anybody's. @throws TOKEN_UNKNOWN. */
export async function revokeToken(
  app: AccountsApp,
  id: string,
  by: Origin,
  { reason, only }: { readonly reason?: string; readonly only?: string } = {},
): Promise<TokenRow> {
  return app.store.transaction(async ({ db }) => {
    const at = app.now();
    const row = await findToken(db, id);
    const name = by.actor?.name ?? 'nobody';
    const isTheirs = row !== undefined && (only === undefined || row.principalId === only);
    if (!isTheirs || !(await revokeTokenRow(db, id, { at, name, reason })))
      throw new TielineError('TOKEN_UNKNOWN', `No token in force has the id "${id}".`);
    await tellAccessChanged(db, [row.principalId]);
    await recordSecurityEvent(db, {
      kind: 'token_revoked',
      at,
      origin: by,
      object: { type: 'token', id },
      details: { account: row.principal, name: row.name, reason: reason ?? null },
    });
    return { ...withoutHash(row), revokedAt: at, revokedBy: name, revokedReason: reason ?? null };
  });
}

export type TokenOutcome =
  | { readonly kind: 'accepted'; readonly actor: Actor; readonly token: TokenRow }
  | { readonly kind: 'refused'; readonly why: TokenRefusal };

type TokenRefusal = 'unknown' | 'revoked' | 'expired' | 'address' | 'certificate' | 'owner';

/** How a token came. */
export interface TokenArrival {
  /** Of the client. */
  readonly address: string | undefined;
  /**
   * SHA-256 fingerprint of the certificate that was proved in its connection; undefined: none, or one that is not valid now. Asked for
   * tokens that are bound to one only: it is read of the certificate each time.
   */
  readonly certificate?: (() => string | undefined) | undefined;
  readonly requestId?: string;
}

/** Who a request with a token is by: its owner, cut down to what the token lists. */
export async function authenticateToken(
  app: AccountsApp,
  text: string,
  arrival: TokenArrival,
): Promise<TokenOutcome> {
  const { address, certificate, requestId } = arrival;
  const at = app.now();
  const parsed = parseToken(text);
  const row = parsed && (await findToken(app.db, parsed.id));
  if (!parsed || !row || !timingSafeEqual(row.secretSha256, sha256Of(parsed.secret)))
    return { kind: 'refused', why: 'unknown' };
  const principal = await findPrincipal(app.db, row.principalId);
  const actor = principal && (await actorWith(app.db, principal, at));
  const why = findRefusal(row, {
    at,
    address,
    certificate,
    isOwnerActive: principal !== undefined && mayAct(principal, at),
  });
  if (why !== undefined || !actor) {
    await recordRefusedToken(app, row.id, { actor, address, requestId, why: why ?? 'owner' });
    return { kind: 'refused', why: why ?? 'owner' };
  }
  const before = row.lastUsedAddress;
  if (before !== null && address !== undefined && before !== address)
    await recordUseElsewhere(app, {
      kind: 'token_moved',
      tokenId: row.id,
      address,
      before,
      origin: { way: 'token', actor, address, ...(requestId !== undefined && { requestId }) },
    });
  await recordTokenUsed(app.db, row.id, { at, address });
  return { kind: 'accepted', actor: limitedBy(row, actor), token: withoutHash(row) };
}

async function recordRefusedToken(
  app: AccountsApp,
  tokenId: string,
  {
    actor,
    address,
    requestId,
    why,
  }: {
    readonly actor: Actor | undefined;
    readonly address: string | undefined;
    readonly requestId: string | undefined;
    readonly why: TokenRefusal;
  },
): Promise<void> {
  const origin: Origin = {
    way: 'token',
    ...(actor && { actor }),
    ...(address !== undefined && { address }),
    ...(requestId !== undefined && { requestId }),
  };
  const kind = kindOf(why);
  if (kind !== 'token_refused' && address !== undefined)
    return recordUseElsewhere(app, { kind, tokenId, address, origin });
  await recordSecurityEvent(app.db, {
    kind,
    at: app.now(),
    origin,
    outcome: 'refused',
    failureReason: why,
    object: { type: 'token', id: tokenId },
  });
}

/** Pure: the text of the token was right, and what else must be was not: it may have been stolen. */
const kindOf = (why: TokenRefusal) =>
  why === 'address'
    ? 'token_used_elsewhere'
    : why === 'certificate'
      ? 'token_used_without_certificate'
      : 'token_refused';

/** Pure. */
const limitedBy = (row: TokenRow, actor: Actor): Actor => ({
  ...actor,
  limits: {
    permissions: allPermissions.filter((each) => row.permissions.includes(each)),
    scope: scopeOf(row),
  },
});

/** Who a token that was accepted before is by now, for what lasts longer than a request. @returns undefined where it would be refused. */
export async function recheckToken(
  app: AccountsApp,
  id: string,
  { address, certificate }: Pick<TokenArrival, 'address' | 'certificate'>,
): Promise<Actor | undefined> {
  const at = app.now();
  const row = await findToken(app.db, id);
  const principal = row && (await findPrincipal(app.db, row.principalId));
  if (!row || !principal) return undefined;
  if (findRefusal(row, { at, address, certificate, isOwnerActive: mayAct(principal, at) })) return undefined;
  return limitedBy(row, await actorWith(app.db, principal, at));
}

/** Pure. */
function findRefusal(
  row: TokenRow,
  {
    at,
    address,
    certificate,
    isOwnerActive,
  }: Pick<TokenArrival, 'address' | 'certificate'> & { readonly at: Date; readonly isOwnerActive: boolean },
): TokenRefusal | undefined {
  if (row.revokedAt !== null) return 'revoked';
  if (row.expiresAt <= at) return 'expired';
  if (!isOwnerActive) return 'owner';
  if (!addressesAmong(row.addresses)(address)) return 'address';
  if (row.certificateSha256 === null) return undefined;
  return row.certificateSha256 === certificate?.() ? undefined : 'certificate';
}
