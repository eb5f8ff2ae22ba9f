/** The last look before a change leaves: is it still to be sent, and do the policies in force let it? */
import type { Store } from '../../platform/postgres/index.ts';
import { type ClaimableRow, lockClaimable, markSent, setAside } from '../outbox/index.ts';
import { consentTo, type EntityPolicy, type RecordFacts } from '../../canonical/policy/index.ts';
import { readFactsOfRows } from '../../record/policy-facts/index.ts';
import { fetchPolicies } from '../policies/index.ts';

/**
 * `claimed`: marked as sent, the request may go out. `held`: it waits for a person's consent now. `gone`: it is not to be
 * sent any more (superseded, dropped, or no policy lets it out). `paused`: a person stopped sending meanwhile.
 */
export type Claim = 'claimed' | 'held' | 'gone' | 'paused';

/**
 * Claims rows of the outbox for sending. The policies are read in the transaction that locks the rows, so that one which
 * was changed while a row waited its turn holds for it (SPEC.md, A2).
 * @returns what became of each, in their order.
 */
export function claimRows(
  store: Store,
  system: { readonly id: number },
  ids: readonly number[],
): Promise<readonly Claim[]> {
  return store.transaction(async ({ db }) => {
    const rows = await lockClaimable(db, ids);
    const policies = await fetchPolicies(db, system.id);
    const factsOf = await readFactsOfRows(db, policies, rows);
    const claims = new Map(rows.map((row) => [row.id, claimOf(policies, row, factsOf(row))]));
    const claimed = rows.filter(({ id }) => claims.get(id) === 'claimed');
    await markSent(
      db,
      claimed.map(({ id }) => id),
    );
    for (const { id } of rows) {
      const claim = claims.get(id);
      if (claim === 'held') await setAside(db, id, 'hold');
      if (claim === 'gone') await setAside(db, id, 'withdraw');
    }
    return ids.map((id) => claims.get(id) ?? 'gone');
  });
}

function claimOf(policies: readonly EntityPolicy[], row: ClaimableRow, record: RecordFacts): Claim {
  if (row.paused) return 'paused';
  const { entity, kind, fields, approved } = row;
  const change = { entity, kind, fields, severity: row.severity ?? undefined, approved };
  const consent = consentTo(policies, change, record);
  return ({ granted: 'claimed', ask: 'held', forbidden: 'gone' } as const)[consent];
}
