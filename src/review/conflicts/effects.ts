/**
 * Carries out what was decided about a conflict, in the caller's transaction: the only place where a choice takes effect. What
 * is to go out becomes an edit or a change in the outbox, which the next sync plans, sends and journals like any other.
 */
import type { z } from 'zod';
import { isWithin } from '../../canonical/access/index.ts';
import { decisionIn } from '../../canonical/policy/index.ts';
import { comparisonOf, type ConflictEffect, reasonOf } from '../../canonical/vocabulary/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import { listOpenWeaknesses, moveWeaknesses, nameFindingsOf } from '../../record/weaknesses/index.ts';
import { fetchLinks, markRecordsEdited, separate } from '../../ledger/links/index.ts';
import {
  fetchRows,
  isLinked,
  linkedEntity,
  type LinkedEntityName,
  saveLinks,
} from '../../record/entities/index.ts';
import { refusalOfDecision } from '../../modules/poams/index.ts';
import { dropRows, retryFailed, listFailedRows } from '../../engine/outbox/index.ts';
import { cancelOne, follow, giveUpKey, makeAgain, retire } from './record-effects.ts';
import { journal, sameAs, setFields, type Carried, type Settling } from './effect-context.ts';
import { listLinks } from '../../engine/links/index.ts';
import { readAnew } from '../../ledger/external-systems/index.ts';

const effects: Readonly<Record<ConflictEffect, (settling: Settling) => Promise<Carried>>> = {
  keep_ours: (settling) => settleValue(settling, (present) => present),
  take_theirs: (settling) => settleValue(settling, () => settling.conflict.external),
  set_value: (settling) => settleValue(settling, () => settling.value ?? null),
  make_again: makeAgain,
  retire,
  send_again: sendAgain,
  give_up: giveUp,
  read_again: readAgain,
  leave_unread: () => Promise.resolve({ done: {} }),
  cancel_copy: (settling) => cancelOne(settling, 'copy'),
  cancel_first: (settling) => cancelOne(settling, 'first'),
  follow,
  keep_both: keepBoth,
  make_new: makeNew,
  leave_closed: () => Promise.resolve({ done: {} }),
};

/** @returns what was done, or why it cannot be done; then nothing was changed. */
export function carryOut(effect: ConflictEffect, settling: Settling): Promise<Carried> {
  return effects[effect](settling);
}

/** One field: what it becomes here, in the knowledge of the remote's value; what differs from that goes out as an edit. */
async function settleValue(
  settling: Settling,
  valueFor: (present: Json | undefined) => Json | undefined,
): Promise<Carried> {
  const { tx, conflict } = settling;
  const { entity, entityId, field, systemId, externalId } = conflict;
  if (!isLinked(entity) || systemId === null || externalId === null || field === null)
    return { refused: 'belongs to a record that is not linked any more' };
  const fault = settling.value === undefined ? undefined : faultOf(entity, field, settling.value);
  if (fault !== undefined) return { refused: fault };
  const link = (await fetchLinks(tx.db, systemId, entity, [externalId])).get(externalId);
  const row = (await fetchRows(tx.db, entity, [entityId])).get(entityId);
  if (!link || !row) return { refused: 'belongs to a record that is not there any more' };
  const value = valueFor(row.row[field]);
  const present = row.row[field] ?? null;
  const decision =
    entity === 'poam' ? decisionIn(field, [present, conflict.external], value ?? null) : undefined;
  if (decision !== undefined && decision !== 'cancel')
    return {
      refused: `cannot be settled so: ${field} ${refusalOfDecision(decision, entityId, value ?? null)}; settle the conflict by one of its two values first`,
    };
  if (decision === 'cancel' && !isWithin(settling.approves, conflict.boundary))
    return { refused: 'needs the right to end POA&Ms: ask an ISSM or the authorizing official' };
  const why = settling.value === undefined ? 'conflict_remote_value' : 'conflict_third_value';
  await setFields(settling, entity, entityId, { [field]: value ?? null }, { code: why });
  const base = { ...link.base, [field]: conflict.external };
  await saveLinks(tx.db, { systemId, entity, operationId: await settling.operation() }, [
    { entityId, externalId, base, version: link.remote_version },
  ]);
  // The remote is based on its own value now: ours is an edit of that, until a sync has sent it.
  if (!sameValue(value, conflict.external, comparisonOf(field)))
    await markRecordsEdited(tx.db, { entity, entityIds: [entityId] });
  return { done: {} };
}

function faultOf(entity: LinkedEntityName, field: string, value: Json): string | undefined {
  const shape = linkedEntity(entity).record as z.ZodType & { shape?: Record<string, z.ZodType> };
  const parsed = shape.shape?.[field]?.safeParse(value);
  if (parsed === undefined || parsed.success) return undefined;
  const rules = parsed.error.issues.map((issue) => issue.message).join('; ');
  const example = rules.endsWith('ISO date') ? ', as 2027-06-30' : '';
  return `is about ${field}, which cannot be ${JSON.stringify(value)}: ${rules}${example}`;
}

/** The changes that this conflict is about: refused ones of the record with the same content. */
async function refusedChanges({ tx, conflict }: Settling) {
  const rows = await listFailedRows(tx.db, conflict.systemId, conflict);
  return rows.filter((row) => sameValue(row.payload, conflict.internal));
}

async function sendAgain(settling: Settling): Promise<Carried> {
  const rows = await refusedChanges(settling);
  const opened = await retryFailed(
    settling.tx.db,
    rows.map((row) => row.id),
  );
  await journalChanges(settling, rows, 'to be sent again');
  return { done: { changes: opened.length } };
}

/** Our change does not go out, and our row says again what the remote says; a record that was never made there ends here. */
async function giveUp(settling: Settling): Promise<Carried> {
  const { tx, conflict, by, reason } = settling;
  const rows = await refusedChanges(settling);
  const why = reason ?? `conflict ${conflict.id}: given up`;
  const dropped = await dropRows(
    tx.db,
    rows.map((row) => row.id),
    { by, reason: why },
  );
  await journalChanges(settling, rows, 'dropped');
  if (!isLinked(conflict.entity)) return { done: { changes: dropped.length } };
  if (rows.some((row) => row.kind === 'create')) {
    const ended = await retire(settling);
    return 'refused' in ended ? ended : { done: { ...ended.done, changes: dropped.length } };
  }
  await takeBack(settling, conflict.entity);
  return { done: { changes: dropped.length } };
}

/** Fields of a change that is given up, as both sides last agreed on them; one that was edited again meanwhile stays. */
async function takeBack(settling: Settling, entity: LinkedEntityName): Promise<void> {
  const { tx, conflict } = settling;
  const { entityId, systemId, externalId, internal } = conflict;
  if (systemId === null || externalId === null || !isJsonObject(internal)) return;
  const link = (await fetchLinks(tx.db, systemId, entity, [externalId])).get(externalId);
  const row = (await fetchRows(tx.db, entity, [entityId])).get(entityId)?.row;
  if (!link || !row) return;
  const fields = linkedEntity(entity).fields.filter(
    (field) =>
      internal[field] !== undefined &&
      link.base[field] !== undefined &&
      sameValue(row[field], internal[field], comparisonOf(field)),
  );
  const columns = Object.fromEntries(fields.map((field) => [field, link.base[field] ?? null]));
  await setFields(settling, entity, entityId, columns, { code: 'conflict_remote_value' });
}

async function journalChanges(
  settling: Settling,
  rows: readonly { readonly payload: JsonObject }[],
  after: string,
): Promise<void> {
  const { entity, entityId } = settling.conflict;
  await journal(
    settling,
    rows.map((row) => ({
      entity,
      entityId,
      field: 'outbox',
      before: { state: 'failed', change: row.payload },
      after,
    })),
  );
}

async function readAgain({ tx, conflict }: Settling): Promise<Carried> {
  if (conflict.systemId === null) return { refused: 'belongs to a record that is not linked any more' };
  // What moves the version of what it belongs to (a milestone, its POA&M's) is read with that.
  const definition = isLinked(conflict.entity) ? linkedEntity(conflict.entity) : undefined;
  const whole = definition?.outbound.orderWith === 'parent' ? definition.parent?.entity : undefined;
  await readAnew(tx.db, conflict.systemId, whole ?? conflict.entity);
  return { done: {} };
}

async function keepBoth(settling: Settling): Promise<Carried> {
  const { tx, conflict } = settling;
  const { entity, entityId, systemId, externalId } = conflict;
  const first = sameAs(conflict.internal);
  if (systemId === null || externalId === null || first === '')
    return { refused: 'names a record that is not linked any more' };
  // A row that was linked to two records has one of them; the other becomes a row of its own.
  const [link] = first === entityId ? [] : await listLinks(tx.db, { systemId, entity, entityId: first }, 1);
  const other = link?.externalId ?? sameAs(conflict.external);
  await separate(tx.db, systemId, { entity, entityId, externalId: other }, settling);
  if (first === entityId) await readAnew(tx.db, systemId, entity);
  else await separate(tx.db, systemId, { entity, entityId: first, externalId }, settling);
  if (entity === 'poam' && first !== entityId) await giveUpKey(settling, entityId, first);
  return { done: { other } };
}

/** The closed POA&M stays as it is, and what it answered is unanswered: the next sync makes a POA&M for it. */
async function makeNew(settling: Settling): Promise<Carried> {
  const { tx, conflict } = settling;
  const unanswered = await listOpenWeaknesses(tx.db, conflict.entityId);
  // Before they point at none: the rule of the boundary may not name them any more (their severity fell below its floor, say).
  await nameFindingsOf(tx.db, conflict.entityId, {
    conflictId: conflict.id,
    by: settling.by,
    now: settling.now,
  });
  await moveWeaknesses(tx.db, conflict.entityId, undefined);
  await journal(
    settling,
    unanswered.map((each) => ({
      entity: 'poam',
      entityId: conflict.entityId,
      field: 'weakness',
      before: `${each.boundary} ${each.named}`,
      after: null,
      reason: reasonOf('conflict_new_poam', { conflict: conflict.id }),
    })),
  );
  return { done: { unanswered } };
}
