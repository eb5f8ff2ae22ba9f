/** What settling many conflicts in one way would come to, shown before it is done; the token stands for exactly the conflicts that were shown. */
import { createHash } from 'node:crypto';
import type { Scope } from '../../canonical/access/index.ts';
import type { ConflictChoice, ConflictEffect } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { listConflicts as listByFilter } from '../../engine/conflicts/index.ts';
import { choicesFor, decideConflict, type OfferedChoice } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import { factsReader } from './conflict-facts.ts';
import { type ConflictListFilter, listConflicts } from './conflict-list.sql.ts';

/** Which conflicts: those of a filter, or some by number. */
export type WhichConflicts = { readonly filter: ConflictListFilter } | { readonly ids: readonly number[] };

/** A choice that some of the conflicts have, what it does, and how many. */
export type CountedChoice = OfferedChoice & { readonly count: number };

/** A conflict that would be settled, with what is decided between. */
export interface SettledSo {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly internal: Json;
  readonly external: Json;
  readonly effect: ConflictEffect;
}

export interface ResolutionPreview {
  /** Open conflicts that fit, within the scope. */
  readonly matched: number;
  /** Whether more fit than can be settled at once. */
  readonly isCut: boolean;
  /** Every choice that any of them has, those of the most first. */
  readonly offered: readonly CountedChoice[];
  /** Those that have the choice. */
  readonly ids: readonly number[];
  readonly settled: readonly SettledSo[];
  readonly refused: readonly { readonly id: number; readonly choices: readonly OfferedChoice[] }[];
  /** For the run: it stands for these conflicts with these values, and this choice. */
  readonly token: string;
}

export const settledAtOnce = 10_000;

function counted(offers: readonly OfferedChoice[]): CountedChoice[] {
  const groups = Map.groupBy(offers, ({ choice, effect }) => `${choice} ${effect}`);
  return [...groups.values()]
    .flatMap((group) => (group[0] ? [{ ...group[0], count: group.length }] : []))
    .toSorted((a, b) => b.count - a.count);
}

/**
 * @param which a filter, or the numbers of conflicts; what is settled or outside of the scope is left out.
 * @param decided.value the third value, where that is the choice. @param atOnce how many can be settled at once.
 */
export async function previewResolution(
  app: Pick<App, 'db' | 'modules'>,
  scope: Scope,
  which: WhichConflicts,
  decided: { readonly keep: ConflictChoice; readonly value?: Json | undefined },
  atOnce: number = settledAtOnce,
): Promise<ResolutionPreview> {
  const sort = { by: 'age', descending: false } as const;
  const asked =
    'ids' in which ? { ids: which.ids, filter: {}, limit: settledAtOnce } : { ...which, limit: atOnce };
  const page = await listConflicts(app.db, scope, { ...asked, sort });
  const shown = page.items.filter(({ status }) => status === 'pending');
  const factsOf = factsReader(app, app.db);
  const settled: SettledSo[] = [];
  const refused: { id: number; choices: readonly OfferedChoice[] }[] = [];
  const offers: OfferedChoice[] = [];
  for (const conflict of await listByFilter(app.db, { ids: shown.map(({ id }) => id) }, settledAtOnce)) {
    const facts = await factsOf(conflict);
    offers.push(...choicesFor(facts));
    const decision = decideConflict(facts, decided.keep);
    const { id, entity, entityId, field, internal, external } = conflict;
    if ('refuse' in decision) refused.push({ id, choices: decision.choices });
    else settled.push({ id, entity, entityId, field, internal, external, effect: decision.do });
  }
  const about = settled
    .toSorted((a, b) => a.id - b.id)
    .map((each) => [each.id, each.internal, each.external]);
  const token = createHash('sha256')
    .update(JSON.stringify([decided.keep, decided.value ?? null, about]))
    .digest('hex');
  return {
    matched: shown.length,
    isCut: page.next !== undefined && !('ids' in which),
    offered: counted(offers),
    ids: settled.map(({ id }) => id),
    settled,
    refused,
    token,
  };
}
