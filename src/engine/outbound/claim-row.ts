/** The last look before a change leaves: is it still to be sent, and do the policies in force let it? */
import type pg from 'pg';
import { lockClaimable, markSent, setAside } from '../outbox/index.ts';
import { inTransaction } from '../../platform/postgres/index.ts';
import { consentTo } from '../../canonical/policy/index.ts';
import { fetchPolicies } from '../policies/index.ts';

/**
 * `claimed`: marked as sent, the request may go out. `held`: it waits for a person's consent now. `gone`: it is not to be
 * sent any more (superseded, dropped, or no policy lets it out). `paused`: a person stopped sending meanwhile.
 */
export type Claim = 'claimed' | 'held' | 'gone' | 'paused';

/**
 * Claims a row of the outbox for sending. The policies are read in the transaction that locks the row, so that one which
 * was changed while the row waited its turn holds for it (SPEC.md, A2).
 */
export function claimRow(pool: pg.Pool, system: { readonly id: number }, id: number): Promise<Claim> {
  return inTransaction(pool, async ({ db }) => {
    const row = await lockClaimable(db, id);
    if (!row) return 'gone';
    if (row.paused) return 'paused';
    const consent = consentTo(await fetchPolicies(db, system.id), {
      entity: row.entity,
      kind: row.kind,
      fields: row.fields,
      severity: row.severity ?? undefined,
      approved: row.approved,
    });
    if (consent === 'granted') {
      await markSent(db, id);
      return 'claimed';
    }
    await setAside(db, id, consent === 'ask' ? 'hold' : 'withdraw');
    return consent === 'ask' ? 'held' : 'gone';
  });
}
