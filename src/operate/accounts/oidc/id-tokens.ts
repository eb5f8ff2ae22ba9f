/** The id tokens of open sessions, sealed: signing out hands one back to its provider, so that it asks nobody whom to sign out. */
import type { SecretBox } from '../../../engine/connections/index.ts';
import type { Store } from '../../../platform/postgres/index.ts';
import { isJsonObject, type Json, Secret } from '../../../platform/values/index.ts';
import { listSealedIdTokens, replaceSealedIdTokens } from '../sign-in/sessions.sql.ts';

const purpose = 'sessions/id_token';

export const sealIdToken = (box: SecretBox, token: string): string =>
  JSON.stringify(box.seal(new Secret(token), purpose));

/** @throws TielineError SECRET_UNREADABLE. */
export function openIdToken(box: SecretBox, sealed: string): Secret {
  const value = JSON.parse(sealed) as Json; // written by us
  return box.open(isJsonObject(value) ? value : undefined, purpose);
}

/**
 * Seals each with another key. One that cannot be opened is emptied: it only spares its person a question of the provider, and is no
 * reason to keep an old master key.
 * @returns how many were sealed.
 */
export async function resealIdTokens(store: Store, present: SecretBox, next: SecretBox): Promise<number> {
  const again = (sealed: string): string | null => {
    try {
      return sealIdToken(next, openIdToken(present, sealed).reveal());
    } catch {
      return null;
    }
  };
  return store.transaction(async ({ db }) => {
    const kept = (await listSealedIdTokens(db)).map(({ id, sealed }) => ({ id, sealed: again(sealed) }));
    await replaceSealedIdTokens(db, kept);
    return kept.filter(({ sealed }) => sealed !== null).length;
  });
}
