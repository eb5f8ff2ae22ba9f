/** What stays with a record at the wish of a person: statements of disagreement, annotations of what is never changed. */
import {
  fetchPrivacyRequest,
  type By,
  type Handling,
  noteStep,
  type PrivacyRequest,
  refused,
  required,
  takeStep,
} from './requests.ts';
import type { PrivacyRequestRow } from './request-list.sql.ts';
import { insertStatement, lockRequest } from './write-request.sql.ts';

/** A record that a statement stays with. */
export interface StatedRecord {
  readonly entity: string;
  readonly id: string;
  readonly systemId: string | null;
}

/** The person's statement of disagreement: kept with the record, and shown where it is shown. */
export async function disagreeWithRefusal(
  app: Handling,
  id: number,
  {
    statement,
    records,
    by,
  }: { readonly statement: string; readonly records: readonly StatedRecord[]; readonly by: By },
): Promise<PrivacyRequest> {
  const text = required('statement', statement, 'give the statement of the person');
  if (records.length === 0)
    throw refused('records', 'name at least one record that the person disagrees with');
  return takeStep(app, {
    id,
    step: 'disagree',
    by,
    details: { records: records.map(({ entity, id: recordId }) => ({ entity, id: recordId })) },
    async also(db) {
      for (const { entity, id: recordId, systemId } of records)
        await insertStatement(db, {
          request: id,
          kind: 'disagreement',
          entity,
          recordId,
          systemId,
          statement: text,
          at: app.now(),
          by: by.name,
        });
      return undefined;
    },
  });
}

/**
 * Annotates what is never changed, as the journal and the logs: the correction stands beside it.
 * @param to what it is: schema.table and the key of the row, or an entity and its id.
 */
export async function annotateRecord(
  app: Handling,
  id: number,
  { note, to, by }: { readonly note: string; readonly to: StatedRecord; readonly by: By },
): Promise<PrivacyRequest> {
  const statement = required('note', note, 'say what is correct');
  const now = app.now();
  return app.store.transaction(async ({ db }) => {
    await lockRequest(db, id);
    const request = await fetchPrivacyRequest(db, id, now);
    requireOpenForAmendment(request);
    await insertStatement(db, {
      request: id,
      kind: 'annotation',
      entity: to.entity,
      recordId: to.id,
      systemId: to.systemId,
      statement,
      at: now,
      by: by.name,
    });
    await noteStep(db, request, {
      step: 'annotate',
      details: { entity: to.entity, record: to.id },
      by,
      now,
    });
    return fetchPrivacyRequest(db, id, now);
  });
}

/** Only what is being reviewed or was granted is corrected, and only where an amendment was asked for. @throws TielineError USAGE. */
export function requireOpenForAmendment({ type, status }: Pick<PrivacyRequestRow, 'type' | 'status'>): void {
  if (type !== 'amendment')
    throw refused('type', `it asks for ${type.replaceAll('_', ' ')}, not for an amendment`);
  if (!['review', 'granted', 'partly_granted', 'appealed'].includes(status))
    throw refused('status', 'review it first: `tieline privacy review`');
}
