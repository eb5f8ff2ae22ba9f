/**
 * Conflicts, and what a person decides about them. A decision is carried out like any other change: what we take is
 * written and journaled at once; what is to go out becomes an edit of our side in the knowledge of the remote's value, which the
 * next sync plans, sends and journals. If the remote has moved on meanwhile, that sync finds a conflict again.
 */
import type { z } from 'zod';
import { TielineError } from '../../errors/tieline-error.ts';
import type { Json } from '../../model/json.ts';
import { recordChanges } from '../../store/changes.ts';
import { listConflicts, markResolved, type ConflictFilter, type ConflictRow } from '../../store/conflicts.ts';
import { fetchLinks, saveLinks } from '../../store/links.ts';
import { fetchRows, updateRows, type NegotiatedEntity } from '../../store/negotiated.ts';
import { beginOperation, finishOperation, noCounts, recordCounts } from '../../store/operations.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { sameValue } from '../../sync/three-way.ts';
import type { App } from '../app.ts';
import { negotiatedShapes } from '../imports/negotiated-shapes.ts';

export type { ConflictFilter, ConflictRow };

export type Choice =
  | { readonly keep: 'internal' | 'external' }
  /** A third value, for both sides. */
  | { readonly keep: 'value'; readonly value: Json };

export interface Resolution {
  readonly operationId: string;
  readonly resolved: readonly number[];
  /** Conflicts that could not be settled so, and why. */
  readonly refused: readonly { readonly id: number; readonly reason: string }[];
}

const most = 10_000;

export function findConflicts(
  app: Pick<App, 'db'>,
  filter: ConflictFilter,
  limit: number,
): Promise<ConflictRow[]> {
  return listConflicts(app.db, filter, limit);
}

/** @throws USAGE if there is none with this id. */
export async function fetchConflict(app: Pick<App, 'db'>, id: number): Promise<ConflictRow> {
  const [found] = await listConflicts(app.db, { ids: [id], all: true }, 1);
  if (found) return found;
  throw new TielineError('USAGE', `There is no conflict ${id}.`, {
    remedy: 'List them with `tieline conflicts list`.',
  });
}

/**
 * Settles every open conflict that fits the filter in the same way.
 * @param decided.by the user's name, for the journal. @throws USAGE if none fits.
 */
export async function resolveConflicts(
  app: Pick<App, 'db' | 'pool'>,
  filter: ConflictFilter,
  decided: { readonly choice: Choice; readonly by: string; readonly reason: string | undefined },
): Promise<Resolution> {
  const conflicts = await listConflicts(app.db, filter, most);
  if (conflicts.length === 0)
    throw new TielineError('USAGE', 'No open conflict fits that.', {
      remedy: 'List them with `tieline conflicts list`; settled ones with --all.',
    });
  const operationId = await beginOperation(app.db, {
    type: 'update',
    system: 'internal',
    step: 'resolve conflicts',
  });
  const resolved: number[] = [];
  const refused: { id: number; reason: string }[] = [];
  for (const conflict of conflicts) {
    const reason = await inTransaction(app.pool, (tx) => resolveOne(tx, operationId, conflict, decided));
    if (reason === undefined) resolved.push(conflict.id);
    else refused.push({ id: conflict.id, reason });
  }
  await recordCounts(app.db, operationId, {
    ...noCounts,
    read: conflicts.length,
    updated: resolved.length,
    held: refused.length,
  });
  await finishOperation(app.db, operationId, refused.length > 0 ? 'completed_with_issues' : 'completed');
  return { operationId, resolved, refused };
}

const isNegotiated = (entity: string): entity is NegotiatedEntity => entity in negotiatedShapes;

/** @returns why not, or undefined when it is settled. */
async function resolveOne(
  tx: Tx,
  operationId: string,
  conflict: ConflictRow,
  {
    choice,
    by,
    reason,
  }: { readonly choice: Choice; readonly by: string; readonly reason: string | undefined },
): Promise<string | undefined> {
  const { entity, entityId, field, systemId, externalId } = conflict;
  const note = {
    choice: choice.keep,
    ...(choice.keep === 'value' ? { value: choice.value } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  if (conflict.type !== 'field_mismatch' || field === null) {
    if (choice.keep === 'value') return 'is about the record as a whole, which has no single value';
    await markResolved(tx.db, conflict.id, { by, resolution: note });
    return undefined;
  }
  if (!isNegotiated(entity) || systemId === null || externalId === null)
    return 'belongs to a record that is not linked any more';
  const fault = choice.keep === 'value' ? faultOf(entity, field, choice.value) : undefined;
  if (fault !== undefined) return fault;
  const link = (await fetchLinks(tx.db, systemId, entity, [externalId])).get(externalId);
  const row = (await fetchRows(tx.db, entity, [entityId])).get(entityId);
  if (!link || !row) return 'belongs to a record that is not there any more';
  if (!(await markResolved(tx.db, conflict.id, { by, resolution: note }))) return 'was settled meanwhile';
  const value =
    choice.keep === 'external' ? conflict.external : choice.keep === 'value' ? choice.value : row.row[field];
  if (choice.keep !== 'internal' && !sameValue(value, row.row[field])) {
    await updateRows(tx.db, entity, [{ entityId, columns: { [field]: value ?? null } }]);
    await recordChanges(tx.db, { systemId, operationId }, [
      {
        entity,
        entityId,
        field,
        before: row.row[field] ?? null,
        after: value ?? null,
        direction: 'internal',
        decidedBy: by,
        reason:
          reason ??
          `conflict ${conflict.id}: ${choice.keep === 'external' ? 'the value of the remote' : 'a third value'}`,
      },
    ]);
  }
  // In the knowledge of the remote's value: what differs from it now is an edit of ours, and goes out.
  await saveLinks(tx.db, { systemId, entity, operationId }, [
    {
      entityId,
      externalId,
      base: { ...link.base, [field]: conflict.external },
      version: link.remote_version,
    },
  ]);
  return undefined;
}

function faultOf(entity: NegotiatedEntity, field: string, value: Json): string | undefined {
  const shape = negotiatedShapes[entity].schema as z.ZodType & { shape?: Record<string, z.ZodType> };
  const parsed = shape.shape?.[field]?.safeParse(value);
  return parsed === undefined || parsed.success
    ? undefined
    : `${field} cannot be ${JSON.stringify(value)}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`;
}
