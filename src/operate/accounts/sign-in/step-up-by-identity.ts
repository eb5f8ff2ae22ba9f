/** Proving again within a session who one is, by the outside identity that began it. */
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type AccountsApp, newOpaqueSecret, sha256Of } from '../accounts-app.ts';
import { findIdentity, type IdentityKey } from '../identities/identities.sql.ts';
import { arrivalOrigin } from './arrival.ts';
import { authenticateSession } from './sessions.ts';
import { rotateSession } from './sessions.sql.ts';
import type { OutsideArrival } from './sign-in-by-identity.ts';

export interface SessionToProve {
  /** The cookie that the browser holds now; undefined: none. */
  readonly cookie: string | undefined;
  /** Of the session in which the proof was asked for. */
  readonly sessionId: string | null;
}

/** `ended`: the session that was to continue is over, or another one; `other_person`: it was begun by another identity. */
export type ProvedAgain =
  | { readonly kind: 'proved'; readonly cookie: string }
  | { readonly kind: 'ended' }
  | { readonly kind: 'other_person' };

/** The session continues under a new cookie, if the same identity is there. @param details of the event: how it was proved. */
export async function stepUpByIdentity(
  app: AccountsApp,
  identity: IdentityKey,
  {
    session: { cookie: held, sessionId },
    from,
    details,
  }: {
    readonly session: SessionToProve;
    readonly from: Pick<OutsideArrival, 'address' | 'requestId'>;
    readonly details: JsonObject;
  },
): Promise<ProvedAgain> {
  const open = held === undefined ? undefined : await authenticateSession(app, held, { passive: false });
  if (held === undefined || open?.kind !== 'open' || open.session.id !== sessionId) return { kind: 'ended' };
  const known = await findIdentity(app.db, identity);
  if (known === undefined || known.id !== open.session.identityId) return { kind: 'other_person' };
  const cookie = newOpaqueSecret();
  const isRotated = await app.store.transaction(async ({ db }) => {
    const at = app.now();
    if (!(await rotateSession(db, { before: sha256Of(held), after: sha256Of(cookie), at }))) return false;
    await recordSecurityEvent(db, {
      kind: 'step_up',
      at,
      origin: { ...arrivalOrigin(from), way: 'session', actor: open.actor },
      object: { type: 'session', id: open.session.id },
      details,
    });
    return true;
  });
  return isRotated ? { kind: 'proved', cookie } : { kind: 'ended' };
}
