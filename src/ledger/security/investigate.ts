/**
 * Investigation of an event: who looks at it, what they found, whether it was harmless, that it is over. Kept beside what was recorded, which
 * stays as it was; each step is an event itself, with its reason, so that the story of an investigation is evidence too.
 */
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Store, storableText } from '../../platform/postgres/index.ts';
import { fetchSecurityEvent, type SecurityEventDetail } from './event-list.sql.ts';
import { type InvestigationStep, writeInvestigation } from './investigation.sql.ts';
import { type Origin, recordSecurityEvent } from './security-events.sql.ts';

/** @throws TielineError RECORD_UNKNOWN; USAGE without notes. */
export async function investigateEvent(
  { store, now }: { readonly store: Store; readonly now: () => Date },
  { scope, origin }: { readonly scope: Scope; readonly origin: Origin },
  id: string,
  { notes, state }: InvestigationStep,
): Promise<SecurityEventDetail> {
  if (notes.trim() === '')
    throw new TielineError('USAGE', 'The event was not changed.', {
      fields: [{ field: 'notes', message: 'say what was looked at and found' }],
    });
  return store.transaction(async ({ db }) => {
    const event = await fetchSecurityEvent(db, scope, id);
    if (!event) throw new TielineError('RECORD_UNKNOWN', `There is no security event ${id}.`);
    const at = now();
    await writeInvestigation(db, event, { notes, state, by: origin.actor?.name ?? 'unknown', at });
    await recordSecurityEvent(db, {
      kind: 'investigation',
      at,
      origin,
      object: { type: 'security_event', id, boundary: event.systemId ?? undefined },
      details: { state, notes: storableText(notes), before: stateOf(event) },
      correlationId: id,
    });
    const changed = await fetchSecurityEvent(db, scope, id);
    if (!changed) throw new TielineError('RECORD_UNKNOWN', `There is no security event ${id}.`);
    return changed;
  });
}

const stateOf = (
  event: Pick<SecurityEventDetail, 'resolvedAt' | 'isFalsePositive' | 'investigatedBy'>,
): string =>
  event.isFalsePositive
    ? 'harmless'
    : event.resolvedAt
      ? 'resolved'
      : event.investigatedBy
        ? 'open'
        : 'not looked at';
