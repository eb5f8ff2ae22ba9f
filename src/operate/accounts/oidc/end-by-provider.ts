/** Back-channel logout: the provider says that a person signed out there, or was signed out. Its token is verified, and carried out once. */
import { z } from 'zod';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import { listOutsideSessions } from '../sign-in/sessions.sql.ts';
import { isOfConnection } from './failure.ts';
import type { OidcParts } from './finish-oidc.ts';
import { type LogoutToken, type PublicKeys, readLogoutToken } from './logout-token.ts';
import type { Provider } from './provider.ts';
import { recordLogoutToken } from './sign-in-requests.sql.ts';

/** @returns how many sessions ended. @throws TielineError LOGOUT_REFUSED, which is also an event. */
export async function endByProvider(
  parts: OidcParts,
  token: string,
  from: Pick<Origin, 'address' | 'requestId'>,
): Promise<number> {
  const { app, setup, source } = parts;
  const origin: Origin = { way: 'none', ...from };
  try {
    const keys = await publicKeysOf(await source.open());
    const expected = { issuer: setup.issuer, clientId: setup.clientId, at: app.now() };
    return await carryOut(parts, readLogoutToken(token, keys, expected), origin);
  } catch (error) {
    const told = isOfConnection(error)
      ? 'the keys of the provider could not be fetched'
      : messageOf(error).slice(0, 300);
    await recordSecurityEvent(app.db, {
      kind: 'logout_refused',
      at: app.now(),
      origin,
      outcome: 'refused',
      failureReason: told,
      details: { way: 'oidc', issuer: setup.issuer },
    });
    throw new TielineError('LOGOUT_REFUSED', `The logout token did not hold: ${told}.`, { cause: error });
  }
}

async function carryOut({ app, setup }: OidcParts, token: LogoutToken, origin: Origin): Promise<number> {
  const { tokenId, subject, sid, expiresAt } = token;
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const isNew = await recordLogoutToken(tx.db, { issuer: setup.issuer, tokenId, at, expiresAt });
    if (!isNew) throw new Error('it was used before');
    const ids = await listOutsideSessions(tx.db, { issuer: setup.issuer, subject, sid });
    return endAndRecord(tx, ids, { at, why: 'provider', origin });
  });
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(1000) });

/** Fetched each time: logouts are rare, and a key that was taken back is not believed. @throws what fetching throws. */
export async function publicKeysOf({
  metadata,
  fetch,
}: Pick<Provider, 'metadata' | 'fetch'>): Promise<PublicKeys> {
  if (metadata.jwks_uri === undefined) throw new Error('the provider names no keys');
  const response = await fetch(metadata.jwks_uri, {
    signal: AbortSignal.timeout(10_000),
    redirect: 'manual',
  });
  if (!response.ok) throw new Error(`its keys were answered with status ${response.status}`);
  return keySet.parse(await response.json()).keys;
}
