/** A person settles many conflicts in one way: first it is tried, then done with the token of what was shown. */
import { type Actor, nowhere, type Scope, scopeFor } from '../../canonical/access/index.ts';
import type { ConflictChoice } from '../../canonical/vocabulary/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { defined, type Json } from '../../platform/values/index.ts';
import type { App } from '../../engine/run/index.ts';
import { previewResolution, type ResolutionPreview, type WhichConflicts } from './preview-resolution.ts';
import { type RefusedConflict, resolveConflicts } from './resolve-conflicts.ts';

/** What one request settles; more go to a worker (`jobs`). */
export const settledByRequest = 1000;

export interface WayToSettle {
  readonly which: WhichConflicts;
  readonly keep: ConflictChoice;
  /** A third value, for both sides; with that choice only. */
  readonly value?: Json | undefined;
}

export const trySettlingMany = (
  app: Pick<App, 'db' | 'modules'>,
  scope: Scope,
  way: WayToSettle,
): Promise<ResolutionPreview> => previewResolution(app, scope, way.which, way, settledByRequest);

export interface SettledMany {
  /** Null where nothing could be settled. */
  readonly operationId: string | null;
  readonly settled: readonly number[];
  /** Those that could not be, each with why. */
  readonly refused: readonly RefusedConflict[];
}

/**
 * Settles the conflicts that a token stands for, each in a transaction of its own; those whose choice is not possible stay open.
 * @param scope where the actor may settle conflicts. @throws SELECTION_MOVED where they are no longer those that were shown.
 */
export async function settleMany(
  app: Pick<App, 'db' | 'store' | 'modules' | 'now'>,
  actor: Actor,
  scope: Scope,
  run: WayToSettle & { readonly token: string; readonly reason?: string | undefined },
): Promise<SettledMany> {
  const { ids, token } = await trySettlingMany(app, scope, run);
  if (token !== run.token)
    throw new TielineError('SELECTION_MOVED', 'The conflicts are no longer those that were shown.');
  if (ids.length === 0) return { operationId: null, settled: [], refused: [] };
  const choice = { keep: run.keep, ...defined({ value: run.value }) };
  const { operationId, resolved, refused } = await resolveConflicts(
    app,
    { ids },
    {
      choice,
      by: actor.name,
      reason: run.reason,
      approves: scopeFor(actor, 'poam:approve', app.now()) ?? nowhere,
    },
  );
  return {
    operationId: operationId ?? null,
    settled: resolved.map(({ conflict }) => conflict.id),
    refused,
  };
}
