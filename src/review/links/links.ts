/**
 * Links as a person sees them: which record here is which record there. One that was made wrong is broken and made
 * again; no row and no value is lost by that.
 */
import { knownWord, TielineError } from '../../platform/errors/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { reopenCreates, supersedeCreates } from '../../engine/outbox/index.ts';
import {
  fetchRows,
  isEntity,
  isLinked,
  linkedEntity,
  listLinkedEntities,
  type LinkedEntityName,
  updateRows,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type App, withSystems } from '../../engine/run/index.ts';
import { fetchPresentAsset } from '../../record/assets/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { correlate } from '../../modules/correlation/index.ts';
import {
  breakLink,
  countLinks,
  isOnItsWay,
  type LinkEntry,
  type LinkFilter,
  listLinks,
  makeLink,
  wasEverLinked,
} from '../../engine/links/index.ts';
import { decideCorrelationPair, listSharingAssets } from '../../record/matches/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';

export type { LinkEntry };

export interface LinkQuery {
  readonly system?: string;
  readonly entity?: string;
  readonly entityId?: string;
  readonly externalId?: string;
  readonly all?: boolean;
}

export interface Decider {
  /** The user's name, for the journal. */
  readonly by: string;
  readonly reason: string | undefined;
}

export interface PairOfRecords {
  readonly system: string;
  readonly entity: string;
  readonly entityId: string;
}

/** What links assets to components; every other kind is a negotiated entity. */
const assetComponent = 'asset_component';
const linkedEntities = ['asset', assetComponent, ...listLinkedEntities().map(({ name }) => name)];

async function toLinkFilter(app: App, query: LinkQuery): Promise<LinkFilter> {
  const { system, entity, ...rest } = query;
  return {
    ...rest,
    ...(system === undefined ? {} : { systemId: (await fetchSystem(app, system)).id }),
    ...(entity === undefined ? {} : { entity: knownWord('entity', entity, linkedEntities, 'entities') }),
  };
}

/** @throws USAGE, SYSTEM_UNKNOWN: a filter that names nothing, with what may have been meant. */
export async function findLinks(app: App, query: LinkQuery, limit: number): Promise<LinkEntry[]> {
  const filter = await toLinkFilter(app, query);
  const rows = await listLinks(app.db, filter, limit);
  if (rows.length === 0) await checkRecordsKnown(app, filter);
  return rows;
}

export async function countFittingLinks(app: App, query: LinkQuery): Promise<number> {
  return countLinks(app.db, await toLinkFilter(app, query));
}

/** That a record has no link is an answer; that nothing was ever called so is a slip of the pen. */
async function checkRecordsKnown(app: App, { entityId, externalId }: LinkFilter): Promise<void> {
  const named = [
    ...(entityId === undefined ? [] : [{ entityId }]),
    ...(externalId === undefined ? [] : [{ externalId }]),
  ];
  for (const id of named)
    if (!(await wasEverLinked(app.db, id)))
      throw new TielineError(
        'USAGE',
        `No link, present or past, names the record ${Object.values(id).join()}.`,
        {
          remedy: 'List the records of an entity: tieline links list --entity ENTITY',
        },
      );
}

function checkEntity(entity: string): void {
  if (isLinked(entity) || entity === assetComponent) return;
  throw new TielineError('USAGE', `Links of ${entity} are not decided by a person.`, {
    fields: [
      {
        field: 'entity',
        message: `must be one of ${[...listLinkedEntities().map(({ name }) => name), assetComponent].join(', ')}; what an asset is, its scanner says`,
      },
    ],
  });
}

/** Our id of a record; an asset may be named by anything it is known by. @throws USAGE if no asset fits, or several do. */
async function idOfRecord(app: App, { entity, entityId }: PairOfRecords): Promise<string> {
  return entity === assetComponent ? (await fetchPresentAsset(app, entityId)).assetUuid : entityId;
}

/**
 * Breaks the link of a record of ours: both records stay, and no rule links the two again. The remote's record is read
 * again and becomes, or finds, a row of its own.
 * @throws USAGE if there is no such link, or a change of it is in progress.
 */
export async function breakOne(
  app: App,
  pair: PairOfRecords,
  decided: Decider,
): Promise<{ readonly operationId: string; readonly externalId: string }> {
  const { system, entity } = pair;
  checkEntity(entity);
  const entityId = await idOfRecord(app, pair);
  const { id: systemId } = await fetchSystem(app, system);
  return app.store.transaction(async (tx) => {
    const [link] = await listLinks(tx.db, { systemId, entity, entityId }, 1);
    if (!link)
      throw new TielineError('USAGE', `${entity} ${entityId} is not linked to ${system}.`, {
        remedy: `See \`tieline links list --system ${system} --entity ${entity}\`.`,
      });
    await refuseIfOnItsWay(tx, system, link);
    return withDecision(tx.db, { system, step: 'break link' }, async (operationId) => {
      if (entity === assetComponent) {
        const pair = { assetUuid: entityId, systemId, componentId: link.externalId };
        await decideCorrelationPair(tx.db, pair, { decision: 'rejected', ...decided }, operationId);
        await correlate(tx, systemId, operationId);
      } else {
        await breakLink(tx.db, link, decided);
        await reopenCreates(tx.db, { systemId, entity }, entityId);
        if (isLinked(entity)) await forgetRemoteIds(tx, entity, entityId);
      }
      await journal(tx, { systemId, operationId }, decided, {
        entity,
        entityId,
        before: { external_id: link.externalId, base: link.base },
        after: null,
      });
      return { operationId, externalId: link.externalId };
    });
  });
}

/**
 * Links a record of ours to a record of the remote. Nothing is agreed on yet: with the next sync an empty side yields
 * to the other, and where both have a value they are a conflict. A row that was linked to that record before stays, unlinked. What
 * was to make ours at the remote and has not gone out is withdrawn: it is there already, as this record.
 * @throws USAGE if either record is not there, ours is linked already, or it is just being made there.
 */
export async function makeOne(
  app: App,
  pair: PairOfRecords & { readonly externalId: string },
  decided: Decider,
  signal: AbortSignal,
): Promise<{
  readonly operationId: string;
  readonly replaced: string | undefined;
  /** For an asset and its component: other assets that have the component too. */
  readonly sharedWith: readonly { readonly assetUuid: string; readonly hostname: string | null }[];
}> {
  const { system, entity, externalId } = pair;
  checkEntity(entity);
  const entityId = await idOfRecord(app, pair);
  const { id: systemId } = await fetchSystem(app, system);
  await checkThere(app, pair, signal);
  return app.store.transaction(async (tx) => {
    const [linked] = await listLinks(tx.db, { systemId, entity, entityId }, 1);
    if (linked && entity !== assetComponent)
      throw new TielineError('USAGE', `${entity} ${entityId} is linked to ${linked.externalId} already.`, {
        remedy: `Break that first: tieline links break ${system} ${entity} ${entityId}`,
      });
    return withDecision(tx.db, { system, step: 'make link' }, (operationId) =>
      linkRecords(tx, { system, systemId, entity, entityId, externalId }, decided, operationId),
    );
  });
}

/** Makes a link that was checked, with its journal, in the operation of the decision. */
async function linkRecords(
  tx: Tx,
  pair: PairOfRecords & { readonly systemId: number; readonly externalId: string },
  decided: Decider,
  operationId: string,
): Promise<Awaited<ReturnType<typeof makeOne>>> {
  const { system, systemId, entity, entityId, externalId } = pair;
  let sharedWith: Awaited<ReturnType<typeof listSharingAssets>> = [];
  const [before] =
    entity === assetComponent ? [] : await listLinks(tx.db, { systemId, entity, externalId, all: true }, 1);
  if (entity === assetComponent) {
    const asked = { assetUuid: entityId, systemId, componentId: externalId };
    const made = await decideCorrelationPair(tx.db, asked, { decision: 'linked', ...decided }, operationId);
    if (made === undefined)
      throw new TielineError(
        'USAGE',
        `There is no asset ${entityId} here, or no component ${externalId} of ${system}.`,
      );
    sharedWith = await listSharingAssets(tx.db, made, entityId);
    await correlate(tx, systemId, operationId);
  } else {
    if (isLinked(entity) && !(await fetchRows(tx.db, entity, [entityId])).has(entityId))
      throw new TielineError('USAGE', `There is no ${entity} ${entityId} here.`);
    await refuseIfOnItsWay(tx, system, { systemId, entity, entityId });
    await supersedeCreates(tx.db, { systemId, entity }, { entityIds: [entityId], keep: [] });
    if (before) {
      await refuseIfOnItsWay(tx, system, before);
      await breakLink(tx.db, before, decided);
      if (isLinked(entity)) await forgetRemoteIds(tx, entity, before.entityId);
    }
    await makeLink(tx.db, { systemId, entity, entityId, externalId }, operationId);
  }
  await journal(tx, { systemId, operationId }, decided, {
    entity,
    entityId,
    before: before ? { entity_id: before.entityId, base: before.base } : null,
    after: externalId,
  });
  return { operationId, replaced: before?.entityId, sharedWith };
}

/** @throws USAGE while it is unknown whether a change of the record arrived: its answer would come over another link. */
async function refuseIfOnItsWay(
  tx: Tx,
  system: string,
  record: Pick<LinkEntry, 'systemId' | 'entity' | 'entityId'>,
): Promise<void> {
  if (await isOnItsWay(tx.db, record))
    throw new TielineError(
      'USAGE',
      `A change of ${record.entity} ${record.entityId} is on its way to ${system}.`,
      { remedy: 'Run `tieline sync run` first, so that its outcome is known.' },
    );
}

async function checkThere(
  app: App,
  { system, entity, externalId }: PairOfRecords & { readonly externalId: string },
  signal: AbortSignal,
): Promise<void> {
  if (!isEntity(entity)) return;
  const there = await withSystems(
    app,
    { systems: [system] },
    { signal, report: () => undefined },
    async ({ systems }) => systems[0]?.connector.find(entity, { by: 'id', externalId }, signal),
  );
  if (!there) throw new TielineError('USAGE', `${system} has no ${entity} ${externalId}.`);
}

/** What our row says about the remote's id is no longer true; the journal keeps it with the link. */
async function forgetRemoteIds(tx: Tx, entity: LinkedEntityName, entityId: string): Promise<void> {
  const fields = linkedEntity(entity).fields.filter((field) => linkedEntity(entity).remoteId === field);
  if (fields.length === 0) return;
  await updateRows(tx.db, entity, [
    { entityId, columns: Object.fromEntries(fields.map((field) => [field, null])) },
  ]);
}

function journal(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  decided: Decider,
  change: Pick<Parameters<typeof recordChanges>[2][number], 'entity' | 'entityId' | 'before' | 'after'>,
): Promise<void> {
  return recordChanges(tx.db, source, [
    {
      ...change,
      field: 'link',
      direction: 'internal',
      decidedBy: byPerson(decided.by),
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
  ]);
}
