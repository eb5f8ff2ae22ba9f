/** What policies with a filter ask about records: read for all of them at once, and only where a policy asks. */
import type { Kysely } from 'kysely';
import { type EntityPolicy, mayGoOut, noRecord, type RecordFacts } from '../../canonical/policy/index.ts';
import { fetchRecordFacts, isLinked, type LinkedEntityName } from '../entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Whether a policy of the entity is limited to some records. */
const isLimited = (policies: readonly EntityPolicy[], entity: string): boolean =>
  policies.some((policy) => policy.entity === entity && policy.filter !== undefined);

/**
 * @param entityIds our ids of the records. No query is made where no policy of the entity has a filter.
 * @returns the facts of each; of one that there is no row of, that nothing is known.
 */
export async function readRecordFacts(
  db: Kysely<Database>,
  policies: readonly EntityPolicy[],
  entity: string,
  entityIds: readonly string[],
): Promise<(entityId: string) => RecordFacts> {
  if (!isLimited(policies, entity) || !isLinked(entity) || entityIds.length === 0) return () => noRecord;
  return factsAmong(await fetchRecordFacts(db, entity, entityIds));
}

const factsAmong =
  (found: Awaited<ReturnType<typeof fetchRecordFacts>>) =>
  (entityId: string): RecordFacts => {
    const { severity, boundary } = found.get(entityId) ?? { severity: null, boundary: null };
    return { severity: severity ?? undefined, boundary: boundary ?? undefined };
  };

/** The facts of one record, whatever policies there are: for what is asked about something inside of it. */
export async function fetchFactsOf(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityId: string,
): Promise<RecordFacts> {
  return factsAmong(await fetchRecordFacts(db, entity, [entityId]))(entityId);
}

/** The same for rows of several entities, such as those of the outbox. */
export async function readFactsOfRows(
  db: Kysely<Database>,
  policies: readonly EntityPolicy[],
  rows: readonly { readonly entity: string; readonly entityId: string }[],
): Promise<(row: { readonly entity: string; readonly entityId: string }) => RecordFacts> {
  const readers = new Map<string, (entityId: string) => RecordFacts>();
  for (const [entity, ofEntity] of Map.groupBy(rows, (row) => row.entity))
    readers.set(
      entity,
      await readRecordFacts(
        db,
        policies,
        entity,
        ofEntity.map(({ entityId }) => entityId),
      ),
    );
  return ({ entity, entityId }) => readers.get(entity)?.(entityId) ?? noRecord;
}

/** Which of the records the policies let a change of these fields out of. */
export async function readMayChange(
  db: Kysely<Database>,
  policies: readonly EntityPolicy[],
  { entity, fields }: { readonly entity: string; readonly fields: readonly string[] },
  entityIds: readonly string[],
): Promise<(entityId: string) => boolean> {
  const factsOf = await readRecordFacts(db, policies, entity, entityIds);
  return (entityId) => mayGoOut(policies, { entity, kind: 'update', fields }, factsOf(entityId));
}
