/**
 * Corrects a record as a person asked under the Privacy Act: the same edit that any page makes, judged by the same policies, so that the next
 * sync carries it to the system that owns the field. What came before stays in the journal.
 */
import { type Actor, type Permission, type Scope, scopeFor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import {
  fetchPrivacyRequest,
  lockRequest,
  noteStep,
  type PrivacyRequest,
  requireOpenForAmendment,
} from '../../modules/privacy/index.ts';
import { editWithin } from '../records/index.ts';

/** Records that hold names and addresses of people and may be edited here, with what one must hold to do so. */
export const amendable = {
  poam: 'poam:write',
  milestone: 'poam:write',
  asset_context: 'asset:write',
  system: 'asset:write',
  control: 'control:write',
} as const satisfies Record<string, Permission>;
export type Amendable = keyof typeof amendable;

export interface Amendment {
  readonly entity: Amendable;
  readonly id: string;
  readonly changes: JsonObject;
}

/**
 * Corrects fields of a record for an amendment request. The edit and the step of the request commit together.
 * @throws TielineError NOT_ALLOWED where the officer may not edit such records; EDIT_REFUSED with a fault for each field; USAGE, RECORD_UNKNOWN.
 */
export async function amendRecord(
  app: App,
  actor: Actor,
  id: number,
  { entity, id: recordId, changes }: Amendment,
): Promise<PrivacyRequest> {
  const now = app.now();
  const scope: Scope | undefined = scopeFor(actor, amendable[entity], now);
  if (!scope)
    throw new TielineError(
      'NOT_ALLOWED',
      `You may not edit this record: it takes the permission ${amendable[entity]}.`,
    );
  return app.store.transaction(async (tx) => {
    await lockRequest(tx.db, id);
    const request = await fetchPrivacyRequest(tx.db, id, now);
    requireOpenForAmendment(request);
    const reason = `privacy request ${id}`;
    const outcome = await editWithin(app, tx, {
      actor,
      scope,
      edit: { entity, id: recordId, changes, reason },
    });
    await noteStep(tx.db, request, {
      step: 'amend',
      details: {
        entity,
        record: outcome.id,
        fields: outcome.changes.map(({ field }) => field),
        operation: outcome.operationId ?? null,
      },
      by: actor,
      now,
    });
    return fetchPrivacyRequest(tx.db, id, now);
  });
}
