/** What the journal says about a page of linked records. */
import type { Json } from '../../platform/values/index.ts';
import type { JournalEntry } from '../../ledger/operations/index.ts';
import type { LinkedEntityName } from '../../record/entities/index.ts';
import { isEcho } from './linked-decide.ts';
import { moveEntry } from './linked-moves.ts';
import type { LinkedSource, Settled } from './linked-page.ts';
import { byRule, reasonOf } from '../../canonical/vocabulary/index.ts';

export function journalOf(entity: LinkedEntityName, one: Settled, source: LinkedSource): JournalEntry[] {
  const common = { entity, entityId: one.entityId, direction: 'inbound' } as const;
  const { stored } = one;
  if (!stored)
    return [
      {
        ...common,
        decidedBy: byRule('remote_changed'),
        after: one.decision.take,
        reason: reasonOf('created_from', { externalId: one.each.external.externalId }),
      },
    ];
  const linked: JournalEntry[] = one.isNewLink
    ? [
        {
          ...common,
          before: { raw_json: stored.row['raw_json'] ?? null },
          after: one.each.external.externalId,
          decidedBy: byRule('natural_key'),
          reason: reasonOf(source.echo ? 'confirmed_by_remote' : 'linked'),
        },
      ]
    : [];
  return [
    ...linked,
    ...one.decision.changes.map(({ field, after, decidedBy }) => ({
      ...common,
      decidedBy: isEcho(source, field) ? byRule('remote_reading') : decidedBy,
      field,
      // As it was spelled here, so that it can be restored as it was.
      before: stored.row[field] ?? null,
      after: after as Json,
    })),
    ...one.decision.agreed.map(({ field, before, after, decidedBy }) => ({
      ...common,
      decidedBy,
      field,
      before: before ?? null,
      after: after ?? null,
    })),
    // What the remote had, and loses when ours goes out.
    ...one.decision.overruled.map(({ field, before, after, decidedBy }) => ({
      ...common,
      direction: 'internal' as const,
      decidedBy,
      field,
      before: before ?? null,
      after: after ?? null,
      reason: reasonOf('gives_way'),
    })),
    ...(one.move ? [moveEntry(entity, one.entityId, one.move)] : []),
  ];
}
