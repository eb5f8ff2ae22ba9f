/** Decisions about a record as a whole: made again, ended, or one of two. Nothing is deleted on either side. */
import { deriveUuid, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { fetchPoamContents, findSameKey } from '../../record/poams/index.ts';
import { countOpenFindings, listOpenWeaknesses, moveWeaknesses } from '../../record/weaknesses/index.ts';
import { deleteLinks, moveLink, retireLinks } from '../../ledger/links/index.ts';
import { closeConflictsOf, recordConflicts } from '../../ledger/conflicts/index.ts';
import {
  fetchRows,
  inCanonicalWords,
  isLinked,
  linkedEntity,
  type LinkedEntityName,
  updateRows,
  listWithContents,
  type RecordKey,
} from '../../record/entities/index.ts';
import { enqueueChanges, freeIdempotencyKey, supersedeAll } from '../../engine/outbox/index.ts';
import { needsApproval } from '../../canonical/policy/index.ts';
import { journal, sameAs, setFields, type Carried, type Settling } from './effect-context.ts';
import { isOnItsWay, listLinks } from '../../engine/links/index.ts';
import { readAnew } from '../../ledger/external-systems/index.ts';

const underWay = 'is about a record of which a change is on its way: run `tieline sync run` first';
const oneRow = 'is about one row here, which cannot be one of two: choose both';
const unlinked = 'belongs to a record that is not linked any more';

/** Links of a record that has no link yet, or that has lost it: what the remote called it is forgotten, and journaled. */
async function forgetIds(settling: Settling, records: readonly RecordKey[]): Promise<void> {
  for (const { entity, entityId } of records) {
    if (!isLinked(entity)) continue;
    const ids = linkedEntity(entity).fields.filter((field) => linkedEntity(entity).remoteId === field);
    const columns = Object.fromEntries(ids.map((field): [string, Json] => [field, null]));
    await setFields(settling, entity, entityId, columns, { code: 'conflict_unlinked' });
  }
}

/** A POA&M that the remote no longer has is put into the outbox as a new one, with its milestones, under the same key. */
export async function makeAgain(settling: Settling): Promise<Carried> {
  const { tx, conflict, facts } = settling;
  const { entityId, systemId } = conflict;
  if (systemId === null) return { refused: unlinked };
  if (await isOnItsWay(tx.db, { ...conflict, systemId })) return { refused: underWay };
  const row = (await fetchRows(tx.db, 'poam', [entityId])).get(entityId)?.row;
  if (!row) return { refused: 'belongs to a record that is not there any more' };
  const restored = await findSameKey(tx.db, systemId, entityId);
  if (restored)
    return {
      refused: `is about a POA&M that is there again as ${restored.externalId}: settle the conflict of type duplicate about ${restored.externalId}`,
    };
  const boundary = scalarText(row['system_id']);
  const [parent] = await listLinks(tx.db, { systemId, entity: 'system', entityId: boundary }, 1);
  if (!parent || parent.missingSince !== null)
    return { refused: `is in the system ${boundary}, which the remote does not have` };

  const records = await listWithContents(tx.db, conflict);
  await supersedeAll(tx.db, systemId, records);
  await deleteLinks(tx.db, systemId, records);
  await forgetIds(settling, records);
  const known = scalarText(row['external_uid']);
  const key = known === '' ? deriveUuid('poam made again', String(systemId), entityId) : known;
  await setFields(
    settling,
    'poam',
    entityId,
    { external_uid: key, sync_status: 'pending' },
    { code: 'conflict_made_again' },
  );
  await freeIdempotencyKey(tx.db, systemId, key);
  const payload = await composeAgain(settling, records, { ...row, external_uid: key });
  const severity = scalarText(row['weakness_risk_level'] ?? row['risk_rating']) || undefined;
  const waits = needsApproval(
    facts.policies,
    { entity: 'poam', kind: 'create', fields: Object.keys(payload), severity },
    facts.record,
  );
  const source = { systemId, operationId: await settling.operation() };
  await enqueueChanges(tx.db, source, [
    {
      entity: 'poam',
      entityId,
      kind: 'create',
      parentExternalId: parent.externalId,
      idempotencyKey: key,
      reason: `made again: ${conflict.externalId ?? 'it'} is gone, and ${settling.by} keeps ours (conflict ${conflict.id})`,
      payload,
      severity,
      needsApproval: waits,
    },
  ]);
  await closeConflictsOf(tx.db, systemId, records, { by: settling.by, conflict: conflict.id });
  return { done: { waitsForApproval: waits } };
}

/** What our POA&M says, with its assets, CVEs and the milestones that still bind. */
async function composeAgain(
  { tx }: Settling,
  records: readonly RecordKey[],
  row: JsonObject,
): Promise<JsonObject> {
  const said = (entity: 'poam' | 'milestone', given: JsonObject): JsonObject => {
    const words = inCanonicalWords(entity, given);
    const fields = linkedEntity(entity).fields.filter(
      (field) => linkedEntity(entity).remoteId !== field && (words[field] ?? null) !== null,
    );
    return Object.fromEntries(fields.map((field): [string, Json] => [field, words[field] ?? null]));
  };
  const inside = records.filter((each) => each.entity === 'milestone').map((each) => each.entityId);
  const milestones = await fetchRows(tx.db, 'milestone', inside);
  const { assets, cves } = await fetchPoamContents(tx.db, scalarText(row['poam_id']));
  return {
    ...said('poam', row),
    affected_assets: assets,
    cves,
    milestones: inside.flatMap((id) => {
      const words = said('milestone', milestones.get(id)?.row ?? {});
      return words['status'] === 'Cancelled' || Object.keys(words).length === 0 ? [] : [words];
    }),
  };
}

/** Our record ends with the remote's. An open weakness that it answered becomes a contradiction, which a person decides. */
export async function retire(settling: Settling): Promise<Carried> {
  const { tx, conflict } = settling;
  const { entity, entityId, systemId } = conflict;
  if (!isLinked(entity) || systemId === null) return { refused: unlinked };
  if (await isOnItsWay(tx.db, { ...conflict, systemId })) return { refused: underWay };
  const records = await listWithContents(tx.db, conflict);
  await supersedeAll(tx.db, systemId, records);
  if (entity === 'system') {
    await retireLinks(tx.db, systemId, records, {});
    await closeConflictsOf(tx.db, systemId, records, { by: settling.by, conflict: conflict.id });
    return { done: { openFindings: await countOpenFindings(tx.db, entityId) } };
  }
  for (const [each, ofKind] of Map.groupBy(records, (record) => record.entity))
    if (isLinked(each)) await end(settling, each, ofKind);
  await journal(settling, [{ entity, entityId, field: 'link', before: conflict.externalId, after: null }]);
  await closeConflictsOf(tx.db, systemId, records, { by: settling.by, conflict: conflict.id });
  const unanswered = entity === 'poam' ? await listOpenWeaknesses(tx.db, entityId) : [];
  if (unanswered.length > 0)
    await recordConflicts(tx.db, { systemId, operationId: await settling.operation() }, [
      {
        entity: 'poam',
        entityId,
        type: 'contradiction',
        internal: {
          weaknesses: unanswered.map((each) => `${each.boundary}: ${each.named}`),
          open_findings: unanswered.reduce((sum, each) => sum + each.openFindings, 0),
        },
        external: { status: 'Cancelled', ended_on: null },
      },
    ]);
  return { done: { unanswered } };
}

/** Ends records of one entity: the link, and the status where that has a word for it. What is done stays done. */
async function end(
  settling: Settling,
  entity: LinkedEntityName,
  records: readonly RecordKey[],
): Promise<void> {
  const { tx, conflict } = settling;
  const { ended } = linkedEntity(entity).atEnd;
  const ids = records.map((each) => each.entityId);
  const rows = await fetchRows(tx.db, entity, ids);
  const open = records.filter(
    (each) => inCanonicalWords(entity, rows.get(each.entityId)?.row ?? {})['status'] !== 'Completed',
  );
  const done = records.filter((each) => !open.includes(each));
  await retireLinks(tx.db, conflict.systemId ?? 0, open, ended);
  await retireLinks(tx.db, conflict.systemId ?? 0, done, {});
  for (const each of open) await setFields(settling, entity, each.entityId, ended, { code: 'conflict_ends' });
}

/** The two records of a conflict of type `duplicate`, by what we call them; none where one row is linked to both. */
function pairOf({ conflict }: Settling): { readonly first: string; readonly copy: string } | undefined {
  const first = sameAs(conflict.internal);
  return first === '' || first === conflict.entityId || conflict.systemId === null
    ? undefined
    : { first, copy: conflict.entityId };
}

/**
 * A copy carries the integrator's key of what it was copied from, and a remote that holds keys to be unique refuses every edit of
 * either: the one that is no longer that record gives it up, here and with the next sync there.
 */
export async function giveUpKey(settling: Settling, entityId: string, other: string): Promise<void> {
  const rows = await fetchRows(settling.tx.db, 'poam', [entityId, other]);
  const key = rows.get(entityId)?.row['external_uid'] ?? null;
  if (key === null || key !== rows.get(other)?.row['external_uid']) return;
  await setFields(settling, 'poam', entityId, { external_uid: null }, { code: 'conflict_key', other });
}

/** One of two is cancelled here; the next sync sends that. What it answered is answered by the other. */
export async function cancelOne(settling: Settling, which: 'first' | 'copy'): Promise<Carried> {
  const pair = pairOf(settling);
  if (!pair) return { refused: oneRow };
  const cancelled = pair[which];
  const stands = pair[which === 'copy' ? 'first' : 'copy'];
  await moveWeaknesses(settling.tx.db, cancelled, stands);
  await giveUpKey(settling, cancelled, stands);
  await setFields(settling, 'poam', cancelled, linkedEntity('poam').atEnd.ended, {
    code: 'conflict_same',
    other: stands,
  });
  return { done: { other: stands } };
}

/**
 * The later record is ours under another id (restored, or moved by an import there): ours follows it, based on what both sides
 * agreed on last, and the row that was made for it ends.
 */
export async function follow(settling: Settling): Promise<Carried> {
  const { tx, conflict, by } = settling;
  const pair = pairOf(settling);
  const { systemId, externalId } = conflict;
  if (!pair) return { refused: oneRow };
  if (systemId === null || externalId === null) return { refused: unlinked };
  const [before] = await listLinks(tx.db, { systemId, entity: 'poam', entityId: pair.first }, 1);
  if (before && before.missingSince === null)
    return {
      refused: `cannot be settled so while ${before.externalId} is there too, as far as the last full read shows (tieline sync run --full reads again)`,
    };
  const ours = await listWithContents(tx.db, { entity: 'poam', entityId: pair.first });
  const theirs = await listWithContents(tx.db, { entity: 'poam', entityId: pair.copy });
  const inside = [...ours, ...theirs].filter((each) => each.entity === 'milestone');
  await supersedeAll(tx.db, systemId, [...ours, ...theirs]);
  await deleteLinks(tx.db, systemId, [{ entity: 'poam', entityId: pair.first }, ...inside]);
  await forgetIds(settling, inside);
  const move = {
    entity: 'poam',
    from: pair.copy,
    to: pair.first,
    base: { ...before?.base, remote_id: externalId },
  };
  await moveLink(tx.db, systemId, move);
  const nobody = { ...linkedEntity('poam').atEnd.ended, remote_id: null, external_uid: null };
  await setFields(settling, 'poam', pair.copy, nobody, { code: 'conflict_same', other: pair.first });
  for (const each of theirs.filter(({ entity }) => entity === 'milestone'))
    await setFields(settling, 'milestone', each.entityId, linkedEntity('milestone').atEnd.ended, {
      code: 'conflict_same',
      other: pair.first,
    });
  await updateRows(tx.db, 'poam', [{ entityId: pair.first, columns: { remote_id: externalId } }]);
  await journal(settling, [
    {
      entity: 'poam',
      entityId: pair.first,
      field: 'link',
      before: before?.externalId ?? null,
      after: externalId,
    },
  ]);
  await moveWeaknesses(tx.db, pair.copy, pair.first);
  await closeConflictsOf(tx.db, systemId, [...ours, ...theirs], { by, conflict: conflict.id });
  await readAnew(tx.db, systemId, 'poam');
  return { done: { other: externalId } };
}
