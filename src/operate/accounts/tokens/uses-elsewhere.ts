/**
 * A token that is used from another address: the first time is an event of the security log at once, and what follows from that address within the
 * hour is one more when the hour is over, with how often. A program that asks each second would else bury the log.
 */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { countUse, type ElsewhereKind, takeCounts } from './uses-elsewhere.sql.ts';

const countedForMs = 3_600_000;

export interface UseElsewhere {
  readonly kind: ElsewhereKind;
  readonly tokenId: string;
  readonly address: string;
  readonly origin: Origin;
  /** From where it was used before. */
  readonly before?: string;
}

const outcomeOf = (kind: ElsewhereKind) =>
  kind === 'token_moved'
    ? {}
    : ({
        outcome: 'refused',
        failureReason: kind === 'token_used_elsewhere' ? 'address' : 'certificate',
      } as const);

/** Counts a use, and records it where it is the first of its hour. */
export async function recordUseElsewhere(
  app: AccountsApp,
  { kind, tokenId, address, origin, before }: UseElsewhere,
): Promise<void> {
  const at = app.now();
  await app.store.transaction(async ({ db }) => {
    if ((await countUse(db, { tokenId, address, kind, at })) > 1) return;
    await recordSecurityEvent(db, {
      kind,
      at,
      origin,
      ...outcomeOf(kind),
      object: { type: 'token', id: tokenId },
      ...(before === undefined ? {} : { details: { before } }),
    });
  });
}

/** Records the counts whose hour is over. `uses` of such an event does not count the first one, which has its own. */
export async function recordUsesElsewhere({ store, now }: Pick<App, 'store' | 'now'>): Promise<void> {
  const at = now();
  await store.transaction(async ({ db }) => {
    for (const each of await takeCounts(db, new Date(at.getTime() - countedForMs))) {
      if (each.uses <= 1) continue;
      await recordSecurityEvent(db, {
        kind: each.kind,
        at: each.lastAt,
        detectedAt: at,
        origin: {
          way: 'token',
          actor: { principalId: each.ownerId, name: each.owner, kind: each.ownerKind },
          address: each.address,
        },
        ...outcomeOf(each.kind),
        object: { type: 'token', id: each.tokenId },
        details: { uses: each.uses - 1, since: each.begunAt.toISOString() },
      });
    }
  });
}
