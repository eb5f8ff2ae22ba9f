/** Statements of disagreement under the Privacy Act: filed with records that there are, and shown with them. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import {
  disagreeWithRefusal,
  listStatementsWith,
  type PrivacyRequest,
  type StatedRecord,
  type StatementRow,
} from '../../modules/privacy/index.ts';
import { fetchBoundariesOf } from '../../record/entities/index.ts';

/** Entities that a statement can stay with. */
type Statable = 'poam' | 'asset' | 'system';

/** The boundary of a record; undefined where there is no such record. */
async function boundaryOf(
  { db }: Pick<App, 'db'>,
  { entity, id }: { readonly entity: Statable; readonly id: string },
): Promise<string | null | undefined> {
  return (await fetchBoundariesOf(db, entity === 'asset' ? 'asset_context' : entity, [id])).get(id);
}

/**
 * The statements that stay with a record, shown where it is shown.
 * @throws TielineError RECORD_UNKNOWN where it is not there or out of scope.
 */
export async function listRecordStatements(
  app: Pick<App, 'db'>,
  scope: Scope,
  record: { readonly entity: Statable; readonly id: string },
): Promise<StatementRow[]> {
  const systemId = await boundaryOf(app, record);
  if (systemId === undefined || !isWithin(scope, systemId))
    throw new TielineError('RECORD_UNKNOWN', `There is no ${record.entity} ${record.id}.`);
  return listStatementsWith(app.db, record);
}

/**
 * Files the person's statement of disagreement with records that there are.
 * @throws TielineError USAGE where there is no such record.
 */
export async function fileDisagreement(
  app: App,
  actor: Actor,
  id: number,
  asked: {
    readonly statement: string;
    readonly records: readonly { readonly entity: Statable; readonly id: string }[];
  },
): Promise<PrivacyRequest> {
  const records: StatedRecord[] = [];
  for (const { entity, id: recordId } of asked.records) {
    const systemId = await boundaryOf(app, { entity, id: recordId });
    if (systemId === undefined)
      throw new TielineError('RECORD_UNKNOWN', `There is no ${entity} ${recordId}.`);
    records.push({ entity, id: recordId, systemId });
  }
  return disagreeWithRefusal(app, id, { statement: asked.statement, records, by: actor });
}
