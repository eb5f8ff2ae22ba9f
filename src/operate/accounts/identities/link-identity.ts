/** Who proved an identity that no account has: an administrator ties it to an account, or dismisses it; and takes one from an account again. */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { followGroupGrants } from '../groups/group-grants.sql.ts';
import { lockPrincipal } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import { listSessionsByIdentity } from '../sign-in/sessions.sql.ts';
import {
  deleteIdentity,
  type IdentityKey,
  type IdentityRow,
  insertIdentity,
  listIdentities,
  type Presented,
} from './identities.sql.ts';
import {
  findUnknownIdentity,
  listUnknownIdentities,
  settleUnknownIdentity,
  type UnknownIdentity,
} from './unknown-identities.sql.ts';

/** Those that wait for an administrator, who came last first. */
export const findUnknownIdentities = (app: AccountsApp, limit: number): Promise<UnknownIdentity[]> =>
  listUnknownIdentities(app.db, limit);

const byOf = (by: Origin): string => by.actor?.name ?? 'nobody';

async function requireUnknown(app: AccountsApp, wanted: string): Promise<UnknownIdentity> {
  const found = await findUnknownIdentity(app.db, wanted);
  if (found) return found;
  throw new TielineError(
    'IDENTITY_UNKNOWN',
    `No identity that waits has the id "${wanted}", or several begin so.`,
  );
}

export interface IdentityLinked {
  readonly account: string;
  readonly identity: IdentityKey;
}

/**
 * Ties an identity to an account: who proves it is that person from then on.
 * @param wanted name or id of the account. @param identity the id of one that waits, or way, issuer and subject of one that never came.
 * @throws ACCOUNT_UNKNOWN, IDENTITY_UNKNOWN, IDENTITY_TAKEN, USAGE for a program.
 */
export async function linkIdentity(
  app: AccountsApp,
  wanted: string,
  identity: string | IdentityKey,
  by: Origin,
): Promise<IdentityLinked> {
  const principal = await requirePrincipal(app.db, wanted);
  if (principal.kind === 'service')
    throw new TielineError('USAGE', `${principal.name} is a program, and signs in by tokens only.`);
  const waiting = typeof identity === 'string' ? await requireUnknown(app, identity) : undefined;
  const { way, issuer, subject } = waiting ?? (identity as IdentityKey); // one of the two
  const presented: Presented | null = waiting?.presented ?? null;
  return app.store.transaction(async ({ db }) => {
    const at = app.now();
    await lockPrincipal(db, principal.id);
    const key = { way, issuer, subject };
    const id = await insertIdentity(db, key, { principalId: principal.id, presented, at, by: byOf(by) });
    if (id === undefined)
      throw new TielineError(
        'IDENTITY_TAKEN',
        `Another account, or this one, has the identity ${subject} already.`,
      );
    await settleUnknownIdentity(db, key, { how: 'linked', at, by: byOf(by) });
    await recordSecurityEvent(db, {
      kind: 'identity_linked',
      at,
      origin: by,
      object: { type: 'principal', id: principal.id },
      details: { account: principal.name, ...key, name: presented?.name ?? null },
    });
    return { account: principal.name, identity: key };
  });
}

/** It waits no more; if it comes again, it waits again. @throws IDENTITY_UNKNOWN. */
export async function dismissIdentity(
  app: AccountsApp,
  wanted: string,
  by: Origin,
): Promise<UnknownIdentity> {
  const waiting = await requireUnknown(app, wanted);
  await app.store.transaction(async ({ db }) => {
    const at = app.now();
    if (!(await settleUnknownIdentity(db, waiting, { how: 'dismissed', at, by: byOf(by) })))
      throw new TielineError('IDENTITY_UNKNOWN', 'It was settled meanwhile.');
    const { way, issuer, subject, presented } = waiting;
    await recordSecurityEvent(db, {
      kind: 'identity_dismissed',
      at,
      origin: by,
      object: { type: 'identity', id: waiting.id },
      details: { way, issuer, subject, name: presented.name ?? null },
    });
  });
  return waiting;
}

/**
 * Takes an identity from an account: nobody signs in by it, its sessions end, and what its groups gave goes.
 * @param id of the identity, as the account shows it. @throws ACCOUNT_UNKNOWN, IDENTITY_UNKNOWN.
 */
export async function unlinkIdentity(
  app: AccountsApp,
  wanted: string,
  id: string,
  by: Origin,
): Promise<IdentityLinked> {
  const principal = await requirePrincipal(app.db, wanted);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    await lockPrincipal(tx.db, principal.id);
    const identity = (await listIdentities(tx.db, principal.id)).find((each) => each.id === id);
    if (!isOutside(identity))
      throw new TielineError(
        'IDENTITY_UNKNOWN',
        `${principal.name} has no outside identity with the id "${id}".`,
      );
    const open = await listSessionsByIdentity(tx.db, id);
    await deleteIdentity(tx.db, id);
    await endAndRecord(tx, open, { at, why: 'identity_removed', origin: by });
    await followGroupGrants(tx.db, { principalId: principal.id }, at);
    await tellAccessChanged(tx.db, [principal.id]);
    const { way, issuer, subject } = identity;
    await recordSecurityEvent(tx.db, {
      kind: 'identity_removed',
      at,
      origin: by,
      object: { type: 'principal', id: principal.id },
      details: { account: principal.name, way, issuer, subject },
    });
    return { account: principal.name, identity: { way, issuer, subject } };
  });
}

const isOutside = (it: IdentityRow | undefined): it is IdentityRow & IdentityKey =>
  it !== undefined && it.way !== 'local';
