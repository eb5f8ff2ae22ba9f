/**
 * Conflicts, and what a person decides about them. A decision is carried out like any other change: what we take is
 * written and journaled at once; what is to go out becomes an edit of our side in the knowledge of the remote's value, or a
 * change in the outbox, which the next sync sends and journals. If the remote has moved on meanwhile, that sync finds a
 * conflict again. Which choices a conflict has: `src/engine/merge/conflict-choices.ts`; what they do: `effects.ts`.
 */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { Scope } from '../../canonical/access/index.ts';
import { knownWord, TielineError } from '../../platform/errors/index.ts';
import { choicesFor, decideConflict, type OfferedChoice } from '../../engine/merge/index.ts';
import { type ConflictChoice, type ConflictEffect, conflictTypes } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import {
  type ConflictFilter,
  type ConflictRow,
  countConflicts,
  listConflicts,
} from '../../engine/conflicts/index.ts';
import { markResolved } from '../../ledger/conflicts/index.ts';
import { type Operation, withOperationOnDemand } from '../../ledger/operations/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchBoundaryId } from '../../record/systems/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { listEntities, listLinkedEntities } from '../../record/entities/index.ts';
import { factsReader, type ConflictFacts } from './conflict-facts.ts';
import { carryOut } from './effects.ts';
import type { EffectDone } from './effect-context.ts';

export type { ConflictFilter, ConflictRow, EffectDone, OfferedChoice };

/** `value` is a third value, for both sides; it is given with that choice, and only with it. */
export interface Choice {
  readonly keep: ConflictChoice;
  readonly value?: Json;
}

export interface ResolvedConflict {
  readonly conflict: ConflictRow;
  readonly effect: ConflictEffect;
  readonly done: EffectDone;
}

export interface RefusedConflict {
  readonly id: number;
  /** Completes "Conflict 7 …". Absent where the choice is none that this conflict has. */
  readonly reason?: string;
  /** The choices that it has. */
  readonly choices: readonly OfferedChoice[];
}

export interface Resolution {
  /** Absent where nothing could be settled: then nothing was done. */
  readonly operationId: string | undefined;
  readonly resolved: readonly ResolvedConflict[];
  readonly refused: readonly RefusedConflict[];
}

/** What a person asks for, in their own words. */
export interface ConflictQuery {
  readonly ids?: readonly number[];
  readonly system?: string;
  readonly boundary?: string;
  readonly entity?: string;
  readonly field?: string;
  readonly type?: string;
  readonly all?: boolean;
}

const pageSize = 1000;

const fieldsWithConflicts = [
  ...new Set(listLinkedEntities().flatMap(({ fields, derived }) => [...fields, ...derived])),
].toSorted();

/**
 * The filter that is meant.
 * @throws USAGE, SYSTEM_UNKNOWN: a word that names nothing, with what may have been meant and which there are.
 */
export async function toConflictFilter(app: Pick<App, 'db'>, query: ConflictQuery): Promise<ConflictFilter> {
  const { system, boundary, entity, field, type, ...rest } = query;
  return {
    ...rest,
    ...(system === undefined ? {} : { system: (await fetchSystem(app, system)).system_name }),
    ...(boundary === undefined ? {} : { boundary: await fetchBoundaryId(app, boundary) }),
    ...(entity === undefined
      ? {}
      : {
          entity: knownWord(
            'entity',
            entity,
            listEntities().map(({ name }) => name),
            'entities',
          ),
        }),
    ...(field === undefined ? {} : { field: knownWord('field', field, fieldsWithConflicts) }),
    ...(type === undefined ? {} : { type: knownWord('type of conflict', type, conflictTypes, 'types') }),
  };
}

export function findConflicts(
  app: Pick<App, 'db'>,
  filter: ConflictFilter,
  limit: number,
): Promise<ConflictRow[]> {
  return listConflicts(app.db, filter, limit);
}

export function countFittingConflicts(app: Pick<App, 'db'>, filter: ConflictFilter): Promise<number> {
  return countConflicts(app.db, filter);
}

export interface ConflictDecider {
  readonly choice: Choice;
  /** The user's name, for the journal. */
  readonly by: string;
  readonly reason: string | undefined;
  /** Where they may extend and end POA&Ms. */
  readonly approves: Scope;
  /** Called for each conflict, in the transaction that settles it; of one that is refused, with the reason. */
  readonly met?: (db: Kysely<Database>, id: number, refused: string | undefined) => Promise<void>;
}

/**
 * Settles every open conflict that fits the filter in the same way, each in a transaction of its own.
 * @throws USAGE if none fits, or one that is named is not open.
 */
export async function resolveConflicts(
  app: Pick<App, 'db' | 'store' | 'modules' | 'now'>,
  filter: ConflictFilter,
  decided: ConflictDecider,
): Promise<Resolution> {
  const operation = { type: 'update', system: 'internal', step: 'resolve conflicts' } as const;
  // It begins with the first conflict that is settled: where none is, nothing was done.
  return withOperationOnDemand(app.db, operation, (open) => resolveEach(app, filter, decided, open));
}

async function resolveEach(
  app: Pick<App, 'db' | 'store' | 'modules' | 'now'>,
  filter: ConflictFilter,
  decided: ConflictDecider,
  open: () => Promise<Operation>,
): Promise<Resolution> {
  const factsOf = factsReader(app, app.db);
  let begun: Operation | undefined;
  const operation = async (): Promise<string> => (begun = await open()).id;
  const resolved: ResolvedConflict[] = [];
  const refused: RefusedConflict[] = [];
  for (let page = await nextPage(app, filter, 0); page.length > 0;) {
    for (const conflict of page) {
      const outcome = await settle(app, operation, conflict, await factsOf(conflict), decided);
      if ('refused' in outcome) {
        refused.push(outcome.refused);
        await decided.met?.(app.db, conflict.id, outcome.refused.reason ?? 'has no such choice');
      } else resolved.push(outcome.resolved);
    }
    page = page.length < pageSize ? [] : await nextPage(app, filter, page.at(-1)?.id ?? 0);
  }
  const met = new Set([...resolved.map(({ conflict }) => conflict.id), ...refused.map(({ id }) => id)]);
  if (met.size === 0)
    throw new TielineError('USAGE', 'No open conflict fits that.', {
      remedy: 'List them with `tieline conflicts list`; settled ones with --all.',
    });
  for (const id of filter.ids ?? [])
    if (!met.has(id)) refused.push({ id, reason: 'is not open, or does not fit the filter', choices: [] });
  const counts = { updated: resolved.length, held: refused.length };
  await begun?.count({ read: counts.updated + counts.held, ...counts });
  return { operationId: begun?.id, resolved, refused };
}

const nextPage = (app: Pick<App, 'db'>, filter: ConflictFilter, afterId: number): Promise<ConflictRow[]> =>
  listConflicts(app.db, { ...filter, afterId }, pageSize);

/** Rolls a transaction back in which an effect was found not to be possible. */
class Refused extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

async function settle(
  app: Pick<App, 'store' | 'now'>,
  operation: () => Promise<string>,
  conflict: ConflictRow,
  facts: ConflictFacts,
  { choice, by, reason, approves, met }: ConflictDecider,
): Promise<{ readonly resolved: ResolvedConflict } | { readonly refused: RefusedConflict }> {
  const { id } = conflict;
  const decision = decideConflict(facts, choice.keep);
  if ('refuse' in decision) return { refused: { id, choices: decision.choices } };
  const effect = decision.do;
  try {
    return await app.store.transaction(async (tx) => {
      const now = app.now();
      const settling = { tx, conflict, facts, by, reason, now, approves, value: choice.value, operation };
      const carried = await carryOut(effect, settling);
      if ('refused' in carried) throw new Refused(carried.refused);
      const resolution = {
        choice: choice.keep,
        effect,
        ...(choice.value === undefined ? {} : { value: choice.value }),
        ...(reason === undefined ? {} : { reason }),
      };
      await operation();
      if (!(await markResolved(tx.db, id, { by, resolution }))) throw new Refused('was settled meanwhile');
      await met?.(tx.db, id, undefined);
      return { resolved: { conflict, effect, done: carried.done } };
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refused: { id, reason: error.reason, choices: choicesFor(facts) } };
  }
}
