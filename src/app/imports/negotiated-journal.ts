/** What the journal says of a page of negotiated records. */
import type { Json } from '../../model/json.ts';
import { linkedReason, remoteReading, type JournalEntry } from '../../store/changes.ts';
import type { NegotiatedEntity } from '../../store/negotiated.ts';
import { isEcho } from './negotiated-decide.ts';
import { moveEntry } from './negotiated-moves.ts';
import type { NegotiatedSource, Settled } from './negotiated-page.ts';

export function journalOf(entity: NegotiatedEntity, one: Settled, source: NegotiatedSource): JournalEntry[] {
  const common = { entity, entityId: one.entityId, direction: 'inbound' } as const;
  const { stored } = one;
  if (!stored)
    return [
      {
        ...common,
        decidedBy: 'rule:the remote changed it',
        after: one.decision.take,
        reason: `created from ${one.each.external.externalId}`,
      },
    ];
  const linked: JournalEntry[] = one.isNewLink
    ? [
        {
          ...common,
          before: { raw_json: stored.row['raw_json'] ?? null },
          after: one.each.external.externalId,
          decidedBy: 'rule:natural key',
          reason: source.echo ? 'confirmed by the remote' : linkedReason,
        },
      ]
    : [];
  return [
    ...linked,
    ...one.decision.changes.map(({ field, after, decidedBy }) => ({
      ...common,
      decidedBy: isEcho(source, field) ? remoteReading : decidedBy,
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
      reason: 'the value of the remote gives way to ours',
    })),
    ...(one.move ? [moveEntry(entity, one.entityId, one.move)] : []),
  ];
}
