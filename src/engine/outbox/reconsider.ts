/**
 * What was queued and has not gone out, under the policies that are in force now (SPEC.md, A2): a change that needs
 * consent waits for it, one that no longer does is released, one that may not go out at all is withdrawn. Done when
 * policies change, at the end of each plan, and (for a single row, in `claim-row.ts`) when it is about to be sent.
 */
import type { Kysely } from 'kysely';
import { consentTo, type EntityPolicy, type RecordFacts } from '../../canonical/policy/index.ts';
import { listUnsentRows, moveUnsent, type UnsentMove, type UnsentRow } from './outbox-consent.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { readFactsOfRows } from '../../record/policy-facts/index.ts';

export interface ReconsideredKind {
  readonly entity: string;
  readonly kind: 'create' | 'update';
  readonly n: number;
}

/** Changes that were queued before, by what becomes of them. */
export interface Reconsidered {
  /** They waited for a person, and need not any more. */
  readonly released: readonly ReconsideredKind[];
  /** They were to go out, and wait for a person now. */
  readonly held: readonly ReconsideredKind[];
  /** No policy lets them out any more. */
  readonly withdrawn: readonly ReconsideredKind[];
}

/** Where a row goes under the policies; undefined: it stays as it is. Pure. */
export function moveOf(
  policies: readonly EntityPolicy[],
  row: Omit<UnsentRow, 'entityId'>,
  record: RecordFacts,
): UnsentMove | undefined {
  const { entity, kind, fields, approved } = row;
  const change = { entity, kind, fields, severity: row.severity ?? undefined, approved };
  const consent = consentTo(policies, change, record);
  if (consent === 'forbidden') return 'withdraw';
  if (consent === 'ask') return row.state === 'pending' ? 'hold' : undefined;
  return row.state === 'waiting' ? 'release' : undefined;
}

/**
 * Judges every change to a system that is queued and not sent. @param mode `count`: nothing is written.
 * @returns what moves (or would), by entity.
 */
export async function reconsiderUnsent(
  db: Kysely<Database>,
  system: { readonly id: number },
  policies: readonly EntityPolicy[],
  mode: 'count' | 'apply',
): Promise<Reconsidered> {
  const moved: Record<UnsentMove, UnsentRow[]> = { release: [], hold: [], withdraw: [] };
  const rows = await listUnsentRows(db, system.id);
  const factsOf = await readFactsOfRows(db, policies, rows);
  for (const row of rows) {
    const move = moveOf(policies, row, factsOf(row));
    if (move) moved[move].push(row);
  }
  if (mode === 'apply')
    for (const move of ['release', 'hold', 'withdraw'] as const)
      await moveUnsent(
        db,
        system.id,
        move,
        moved[move].map((row) => row.id),
      );
  return {
    released: byKind(moved.release),
    held: byKind(moved.hold),
    withdrawn: byKind(moved.withdraw),
  };
}

function byKind(rows: readonly UnsentRow[]): ReconsideredKind[] {
  const kinds = Map.groupBy(rows, ({ entity, kind }) => `${entity} ${kind}`);
  return [...kinds.values()].flatMap(([first, ...rest]) =>
    first ? [{ entity: first.entity, kind: first.kind, n: 1 + rest.length }] : [],
  );
}
