/** What settling many conflicts in one way would come to, shown before it is done; the token stands for exactly the conflicts that were shown. */
import { createHash } from 'node:crypto';
import type { Scope } from '../../canonical/access/index.ts';
import type { ConflictChoice } from '../../canonical/vocabulary/index.ts';
import { listConflicts as listByFilter } from '../../engine/conflicts/index.ts';
import { decideConflict, type OfferedChoice } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import { factsReader } from './conflict-facts.ts';
import { type ConflictListFilter, listConflicts } from './conflict-list.sql.ts';

export interface ResolutionPreview {
  /** Open conflicts that fit, within the scope. */
  readonly matched: number;
  /** Whether more fit than can be settled at once. */
  readonly isCut: boolean;
  /** Those that have the choice. */
  readonly ids: readonly number[];
  readonly refused: readonly { readonly id: number; readonly choices: readonly OfferedChoice[] }[];
  readonly token: string;
}

export const settledAtOnce = 10_000;

/** @param which a filter, or the numbers of conflicts; what is settled or outside of the scope is left out. */
export async function previewResolution(
  app: Pick<App, 'db' | 'modules'>,
  scope: Scope,
  which: { readonly filter: ConflictListFilter } | { readonly ids: readonly number[] },
  keep: ConflictChoice,
): Promise<ResolutionPreview> {
  const sort = { by: 'age', descending: false } as const;
  const filter = 'filter' in which ? which.filter : {};
  const page = await listConflicts(app.db, scope, { filter, sort, limit: settledAtOnce });
  const wanted = 'ids' in which ? new Set(which.ids) : undefined;
  const shown = page.items.filter(
    ({ id, status }) => status === 'pending' && (wanted === undefined || wanted.has(id)),
  );
  const factsOf = factsReader(app, app.db);
  const ids: number[] = [];
  const refused: { id: number; choices: readonly OfferedChoice[] }[] = [];
  for (const conflict of await listByFilter(app.db, { ids: shown.map(({ id }) => id) }, settledAtOnce)) {
    const decision = decideConflict(await factsOf(conflict), keep);
    if ('refuse' in decision) refused.push({ id: conflict.id, choices: decision.choices });
    else ids.push(conflict.id);
  }
  const token = createHash('sha256')
    .update(JSON.stringify([keep, ids.toSorted((a, b) => a - b)]))
    .digest('hex');
  return { matched: shown.length, isCut: page.next !== undefined, ids, refused, token };
}
