/** Accounts of people and programs: added, locked, released, disabled. */
import type { Actor } from '../../../canonical/access/index.ts';
import { type EventKind, type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { type GroupOfPerson, listGroupsOf } from '../groups/group-members.sql.ts';
import { type IdentityRow, listIdentities } from '../identities/identities.sql.ts';
import { fetchOwnFactors, type OwnFactors } from '../factors/own-factors.ts';
import { type GrantRow, listGrants } from '../grants/grants.sql.ts';
import { underAdministratorsRule } from '../grants/last-administrator.ts';
import { acceptedHash, applyPassword } from '../passwords/set-password.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import { listOpenSessions, type SessionRow } from '../sign-in/sessions.sql.ts';
import {
  fetchPrincipalsByIds,
  insertPrincipal,
  listPrincipals,
  lockPrincipal,
  type PrincipalRow,
  type PrincipalStatus,
  setStatus,
} from './principals.sql.ts';
import { requirePrincipal } from './require-principal.ts';

export interface NewAccount {
  readonly kind: 'person' | 'service';
  /** Letters, digits and . _ - @, from 2 to 100. */
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  /** users.username of the host application's user who is the same person. */
  readonly user?: string | undefined;
  /** Without one, the person sets it by a one-time link. */
  readonly password?: Secret | undefined;
}

export const nameOf = (by: Origin): string => by.actor?.name ?? 'nobody';

/** @throws ACCOUNT_EXISTS, PASSWORD_REFUSED, USAGE where the name has other signs. */
export async function addAccount(app: AccountsApp, asked: NewAccount, by: Origin): Promise<PrincipalRow> {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,99}$/u.test(asked.name))
    throw new TielineError('USAGE', `"${asked.name}" cannot be the name of an account.`, {
      remedy: 'A name has from 2 to 100 letters, digits and . _ - @, and begins with a letter or digit.',
    });
  const phc =
    asked.password &&
    (await acceptedHash(
      app,
      {
        id: unusedId,
        kind: asked.kind,
        name: asked.name,
        displayName: asked.displayName ?? null,
        email: asked.email ?? null,
      },
      asked.password,
    ));
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const made = await insertPrincipal(tx.db, { ...asked, createdAt: at, createdBy: nameOf(by) });
    if (!made) throw new TielineError('ACCOUNT_EXISTS', `There is an account "${asked.name}" already.`);
    if (asked.user !== undefined && made.userId === null)
      throw new TielineError('ACCOUNT_UNKNOWN', `The host application has no user "${asked.user}".`);
    const object = { type: 'principal', id: made.id };
    await recordSecurityEvent(tx.db, {
      kind: 'account_added',
      at,
      origin: by,
      object,
      details: { name: made.name, kind: made.kind },
    });
    if (phc !== undefined)
      await applyPassword(app, tx, { principal: made, phc, change: { mustChange: true }, by });
    return made;
  });
}

/** Of nobody: an account that is not there yet has no earlier passwords. */
const unusedId = '00000000-0000-0000-0000-000000000000';

interface StatusMove {
  readonly to: PrincipalStatus;
  readonly event: EventKind;
  readonly ends?: 'locked' | 'disabled';
}

const moves = {
  lock: { to: 'locked', event: 'account_locked', ends: 'locked' },
  unlock: { to: 'active', event: 'account_unlocked' },
  disable: { to: 'disabled', event: 'account_disabled', ends: 'disabled' },
  enable: { to: 'active', event: 'account_enabled' },
} as const satisfies Record<string, StatusMove>;

/** Whether the move changes nothing. Disabled is more than locked: neither a lock nor a release undoes it. A lock for minutes becomes one for good. */
function isSo(name: keyof typeof moves, { status, lockedUntil }: PrincipalRow): boolean {
  if (status === 'disabled') return name !== 'enable';
  return status === moves[name].to && !(name === 'lock' && lockedUntil !== null);
}

const changing =
  (name: keyof typeof moves) =>
  async (app: AccountsApp, wanted: string, by: Origin, reason?: string): Promise<PrincipalRow> => {
    const move: StatusMove = moves[name];
    const { id } = await requirePrincipal(app.db, wanted);
    return app.store.transaction(async (tx) => {
      const at = app.now();
      const change = async (): Promise<PrincipalRow> => {
        const before = await lockPrincipal(tx.db, id);
        if (!before) throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${wanted}" any more.`);
        if (isSo(name, before)) return before;
        await setStatus(tx.db, id, { status: move.to, reason: reason ?? null, at });
        await tellAccessChanged(tx.db, [id]);
        const details = { name: before.name, before: before.status, after: move.to, reason: reason ?? null };
        await recordSecurityEvent(tx.db, {
          kind: move.event,
          at,
          origin: by,
          object: { type: 'principal', id },
          details,
        });
        if (move.ends) {
          const open = await listOpenSessions(tx.db, id);
          await endAndRecord(
            tx,
            open.map((each) => each.id),
            { at, why: move.ends, origin: by },
          );
        }
        return {
          ...before,
          status: move.to,
          statusReason: reason ?? null,
          statusSince: at,
          lockedUntil: null,
        };
      };
      return move.to === 'disabled' ? underAdministratorsRule(tx, at, change) : change();
    });
  };

/** Until an administrator releases it; sessions end, tokens are refused. @throws ACCOUNT_UNKNOWN. */
export const lockAccount = changing('lock');
/** Also forgets refused sign-ins. A disabled account stays so. @throws ACCOUNT_UNKNOWN. */
export const unlockAccount = changing('unlock');
/** @throws ACCOUNT_UNKNOWN, LAST_ADMINISTRATOR. */
export const disableAccount = changing('disable');
/** @throws ACCOUNT_UNKNOWN. */
export const enableAccount = changing('enable');

export const findAccounts = (app: AccountsApp, limit: number): Promise<PrincipalRow[]> =>
  listPrincipals(app.db, limit);

export interface AccountDetail extends PrincipalRow {
  readonly identities: readonly IdentityRow[];
  /** As the identity provider gave them at the last sign-in. */
  readonly groups: readonly GroupOfPerson[];
  readonly grants: readonly GrantRow[];
  readonly sessions: readonly SessionRow[];
  readonly secondFactor: OwnFactors;
}

/** @throws ACCOUNT_UNKNOWN. */
export async function fetchAccount(app: AccountsApp, wanted: string): Promise<AccountDetail> {
  const principal = await requirePrincipal(app.db, wanted);
  const [identities, groups, grants, sessions, secondFactor] = await Promise.all([
    listIdentities(app.db, principal.id),
    listGroupsOf(app.db, principal.id),
    listGrants(app.db, { principalId: principal.id, at: app.now() }, 1000),
    listOpenSessions(app.db, principal.id),
    fetchOwnFactors(app, principal.id),
  ]);
  return { ...principal, identities, groups, grants, sessions, secondFactor };
}

/** What an account is called on a page: the full name, else that of the account. */
export async function displayNameOf(
  { db }: Pick<AccountsApp, 'db'>,
  { principalId, name }: Pick<Actor, 'principalId' | 'name'>,
): Promise<string> {
  return (await fetchPrincipalsByIds(db, [principalId]))[0]?.displayName ?? name;
}
