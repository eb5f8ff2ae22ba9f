/** What becomes of a page of linked records: pure, of what was gathered (`linked-gather.ts`) alone. */
import type { JsonObject } from '../../platform/values/index.ts';
import type { LinkRow } from '../../ledger/links/index.ts';
import {
  inCanonicalWords,
  linkedEntity,
  type LinkedEntityName,
  type StoredRecord,
} from '../../record/entities/index.ts';
import type { Counts } from '../../ledger/operations/index.ts';
import { decideInbound, sameValue } from '../merge/index.ts';
import { defaultPolicy, lookUpPolicy, noRecord } from '../../canonical/policy/index.ts';
import { isDeepStrictEqual } from 'node:util';
import { isOwnedBy } from './excluded.ts';
import { moveOf } from './linked-moves.ts';
import type { Decided, Incoming, Known, LinkedSource, PageDecision } from './linked-page.ts';

/** What says to whom a record belongs. A system may carry another id here than there. */
export const ownedBy = (
  entity: LinkedEntityName,
  links: ReadonlyMap<string, LinkRow>,
  { external, record }: Incoming,
): JsonObject =>
  linkedEntity(entity).isBoundary
    ? { [linkedEntity(entity).row.key]: links.get(external.externalId)?.entity_id ?? null }
    : record;

export const isEcho = ({ echo }: LinkedSource, field: string): boolean =>
  echo === 'all' || (echo?.has(field) ?? false);

/**
 * Whether nothing is to be done of a record. What moves out of the systems that take part in sync is taken that far; and a page that was
 * asked for before the remote confirmed what a worker wrote meanwhile may show the earlier value.
 */
export function isPassed(
  known: Pick<Known, 'entity' | 'source' | 'links' | 'rows' | 'excludedOwners'>,
  each: Incoming,
): boolean {
  const { entity, source, links, excludedOwners } = known;
  if (source.echo) return false;
  const link = links.get(each.external.externalId);
  const stored = known.rows.get(link?.entity_id ?? '');
  const staysOutside =
    isOwnedBy(excludedOwners, entity, ownedBy(entity, links, each)) &&
    (!stored || isOwnedBy(excludedOwners, entity, stored.row));
  const isOutdated = link !== undefined && source.askedAt !== undefined && link.confirmed_at > source.askedAt;
  return staysOutside || isOutdated;
}

/** Decides the page, record by record; of two records that mean one row, the first in the page has it. */
export function decide(known: Known): PageDecision {
  const { entity, source } = known;
  const incoming = known.records.filter((each) => !isPassed(known, each));
  const claimed = new Set<string>();
  const decided = incoming.map((each) => {
    const link = known.links.get(each.external.externalId);
    const candidate = link ? undefined : known.recognized.get(each.external.externalId);
    const isFree = candidate !== undefined && !claimed.has(candidate.entityId);
    if (isFree) claimed.add(candidate.entityId);
    return decideOne(
      known,
      each,
      link,
      link ? known.rows.get(link.entity_id) : isFree ? candidate : undefined,
    );
  });
  const created = new Set(decided.filter((one) => !one.stored).map((one) => one.each.external.externalId));
  return {
    entity,
    source,
    decided,
    twins: new Map([...known.twins].filter(([externalId]) => created.has(externalId))),
    held: known.orphans,
    passed: known.records.length - incoming.length,
  };
}

function decideOne(
  known: Known,
  each: Incoming,
  link: LinkRow | undefined,
  stored: StoredRecord | undefined,
): Decided {
  const { entity, source } = known;
  const shape = linkedEntity(entity);
  const isElsewhere = known.elsewhere.has(stored?.entityId ?? '');
  const facts = stored === undefined ? noRecord : known.factsOf(stored.entityId);
  return {
    each,
    stored,
    decision: decideInbound({
      // Our row keeps what the first system calls it; what another, or a file, calls it is in the link to that one.
      fields:
        isElsewhere || (stored !== undefined && source.leavesRaw === true)
          ? shape.fields.filter((field) => linkedEntity(entity).remoteId !== field)
          : shape.fields,
      record: each.record,
      row: stored && inCanonicalWords(entity, stored.row),
      base: link?.base,
      policyOf: (field) =>
        isEcho(source, field) ? defaultPolicy : lookUpPolicy(source.policies, entity, field, facts),
      // Neither side reports when a single field was edited.
      times: { internal: undefined, external: undefined },
    }),
    isNewLink: link === undefined,
    agreedAt: link?.confirmed_at,
    move: stored && moveOf(entity, known.places, { stored, record: each.record }),
    isRawMoved:
      stored !== undefined && shape.keepsRaw && source.leavesRaw === undefined && isRawMoved(stored, each),
    isElsewhere,
  };
}

/** What is identical need not be converted to canonical form to be compared. */
function isRawMoved(stored: StoredRecord, { external }: Incoming): boolean {
  const before = stored.row['raw_json'];
  return !isDeepStrictEqual(before, external.raw) && !sameValue(before, external.raw);
}

export const isChanged = (one: Decided): boolean =>
  one.stored !== undefined &&
  (Object.keys(one.decision.take).length > 0 || one.isRawMoved || one.move !== undefined);

/**
 * Whether the same report need not be merged again while our side stays as this page leaves it. Not one with an open conflict, nor the
 * remote's reading of our own write, which is judged by other policies, nor a row that another system has too: when it lets go of it, the
 * same report means more. Of boundaries no digest covers the impact levels.
 */
export const isRepeatable = (one: Decided, source: LinkedSource, entity: LinkedEntityName): boolean =>
  !linkedEntity(entity).isBoundary &&
  source.echo === undefined &&
  one.decision.conflicts.length === 0 &&
  !one.isElsewhere;

/** The counts of a page. @param beside our ids of records for which something besides the row changed. */
export function countsOf(page: PageDecision, beside: ReadonlySet<string>): Counts {
  const count = (test: (one: Decided) => boolean): number => page.decided.filter(test).length;
  const isHeld = (one: Decided): boolean => one.stored !== undefined && one.decision.conflicts.length > 0;
  const created = count((one) => !one.stored);
  const held = count(isHeld);
  const updated = count(
    (one) => one.stored !== undefined && !isHeld(one) && (isChanged(one) || beside.has(one.stored.entityId)),
  );
  return {
    read: page.decided.length + page.passed + page.held.length,
    created,
    updated,
    held,
    failed: page.held.length,
    unchanged: page.decided.length + page.passed - created - updated - held,
  };
}
