/** All that a page of linked records asks of the database before anything is decided. */
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import type { HeldRecord } from '../../ledger/operations/index.ts';
import { fetchLinks, findLinkedElsewhere, type LinkRow } from '../../ledger/links/index.ts';
import {
  fetchRows,
  findByNaturalKey,
  heldFor,
  linkedEntity,
  type LinkedEntityName,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { fetchExcludedOwners } from './excluded.ts';
import { findTwinsOf } from './linked-conflicts.ts';
import { isPassed, ownedBy } from './linked-decide.ts';
import { gatherPlaces } from './linked-moves.ts';
import type { Incoming, Known, LinkedSource } from './linked-page.ts';

/** @param page records as mapped, each of the remote's ids once. */
export async function gather(
  tx: Tx,
  entity: LinkedEntityName,
  source: LinkedSource,
  page: readonly Incoming[],
): Promise<Known> {
  const { records, orphans } = await resolveParents(tx, entity, source, page);
  const links = await fetchLinks(
    tx.db,
    source.systemId,
    entity,
    records.map((each) => each.external.externalId),
  );
  const rows = await fetchRows(
    tx.db,
    entity,
    [...links.values()].map((link) => link.entity_id),
  );
  const excludedOwners = await fetchExcludedOwners(tx.db, entity, [
    ...records.map((each) => ownedBy(entity, links, each)),
    ...[...rows.values()].map((stored) => stored.row),
  ]);
  const known = { entity, source, records, orphans, links, rows, excludedOwners };
  const unlinked = records.filter((each) => !links.has(each.external.externalId) && !isPassed(known, each));
  const recognized = await recognize(tx, entity, source, unlinked);
  const ours = [...rows.keys(), ...[...recognized.values()].map((stored) => stored.entityId)];
  const elsewhere = await findLinkedElsewhere(tx.db, { ...source, entity }, ours);
  const factsOf = await readRecordFacts(tx.db, source.policies, entity, ours);
  const places = await gatherPlaces(tx, entity, source.systemId, placed(links, rows, recognized, records));
  const rowless = records.filter(
    (each) => !rows.has(links.get(each.external.externalId)?.entity_id ?? '') && !isPassed(known, each),
  );
  const twins = await findTwinsOf(tx, entity, source.systemId, rowless);
  return {
    ...known,
    recognized,
    elsewhere,
    factsOf,
    places,
    twins: new Map(
      twins.flatMap((twin) => {
        const { externalId } = rowless[twin.index]?.external ?? {};
        return externalId === undefined ? [] : [[externalId, twin] as const];
      }),
    ),
  };
}

/** Replaces the remote's id of the parent by ours; a record whose parent is not known is held. */
async function resolveParents(
  tx: Tx,
  entity: LinkedEntityName,
  source: LinkedSource,
  page: readonly Incoming[],
): Promise<{ readonly records: readonly Incoming[]; readonly orphans: readonly HeldRecord[] }> {
  const {
    parent,
    row: { table },
  } = linkedEntity(entity);
  if (!parent) return { records: page, orphans: [] };
  const nameOf = (each: Incoming): string => scalarText(each.record[parent.field]);
  const links = await fetchLinks(tx.db, source.systemId, parent.entity, [...new Set(page.map(nameOf))]);
  const message = (each: Incoming): string =>
    `names the ${parent.entity} ${nameOf(each)}, which is not known here`;
  return {
    records: page.flatMap((each) => {
      const link = links.get(nameOf(each));
      return link ? [{ ...each, record: { ...each.record, [parent.column]: link.entity_id } }] : [];
    }),
    orphans: page.flatMap((each) =>
      links.has(nameOf(each))
        ? []
        : [heldFor(table, each.external, [{ field: parent.field, message: message(each) }])],
    ),
  };
}

async function recognize(
  tx: Tx,
  entity: LinkedEntityName,
  source: LinkedSource,
  unlinked: readonly Incoming[],
): Promise<Known['recognized']> {
  const found = await findByNaturalKey(
    tx.db,
    entity,
    source.systemId,
    unlinked.map(({ external, record }): JsonObject => ({
      ...record,
      external_system_id: source.systemId,
      external_id: external.externalId,
    })),
  );
  return new Map(
    unlinked.flatMap(({ external }, index) => {
      const stored = found.get(index);
      return stored ? [[external.externalId, stored] as const] : [];
    }),
  );
}

function placed(
  links: ReadonlyMap<string, LinkRow>,
  rows: Known['rows'],
  recognized: Known['recognized'],
  records: readonly Incoming[],
) {
  return records.flatMap(({ external, record }) => {
    const link = links.get(external.externalId);
    const stored = link ? rows.get(link.entity_id) : recognized.get(external.externalId);
    return stored ? [{ stored, record }] : [];
  });
}
