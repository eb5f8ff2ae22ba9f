/**
 * Imports the records of linked entities, a page at a time: gathers all that is known of them, decides field by field (pure), and
 * applies what was decided. A report that says what it said the last time is neither mapped nor merged, unless our side moved since
 * (`record/entities/rows/side-digests.sql.ts`). The same path serves the remote's reading of what we have written, which is how an echo comes to be no change.
 */
import { hash } from 'node:crypto';
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { addCounts, type Counts, type HeldRecord, noCounts } from '../../ledger/operations/index.ts';
import {
  findKnownReports,
  heldFor,
  linkedEntity,
  type MapInbound,
  type MapperOf,
  type LinkedEntityName,
  type Sink,
} from '../../record/entities/index.ts';
import { type Tx, underSavepoint } from '../../platform/postgres/index.ts';
import { apply } from './linked-apply.ts';
import { recordUnmappable } from './linked-conflicts.ts';
import { decide } from './linked-decide.ts';
import { gather } from './linked-gather.ts';
import type { Incoming, LinkedSource } from './linked-page.ts';
import { comparisonOf } from '../../canonical/vocabulary/index.ts';

export type { LinkedSource } from './linked-page.ts';

/** How many reports are looked up at once: each page costs the same statements, whatever its size. */
const pageSize = 1000;
/** How many of them are merged at once, where they say something new. */
const mergedAtOnce = 500;

/**
 * Raised when a change of the code (what a definition's functions do, a record's schema) makes the same report mean something else: what
 * was merged before is then merged once more.
 */
const mergeEdition = 1;

/** What became of some records. */
interface Taken {
  readonly counts: Counts;
  readonly held: readonly HeldRecord[];
}

const joined = (all: readonly Taken[]): Taken => ({
  counts: all.reduce((sum, each) => addCounts(sum, each.counts), noCounts),
  held: all.flatMap((each) => each.held),
});

export function openLinkedSink(
  tx: Tx,
  entity: LinkedEntityName,
  source: LinkedSource,
  mapperOf: MapperOf,
): Sink {
  const map = mapperOf(entity, linkedEntity(entity).record);
  const edition = editionOf(entity, source, map);
  const done: Taken[] = [];
  let page = new Map<string, ExternalRecord>();

  async function store(): Promise<void> {
    const records = [...page.values()];
    page = new Map();
    if (records.length > 0) done.push(await takePage({ tx, entity, source, map }, edition, records));
  }

  return {
    async add(external) {
      // The same record twice in a page (a page delivered twice): the later one wins, and counts as nothing new.
      if (external.externalId !== '' && page.has(external.externalId))
        done.push({ counts: { ...noCounts, read: 1, unchanged: 1 }, held: [] });
      // A record without an id is held, each for itself.
      page.set(external.externalId === '' ? `\0${page.size}` : external.externalId, external);
      if (page.size >= pageSize) await store();
    },
    async finish() {
      await store();
      const { counts, held } = joined(done);
      const left = new Set(await recordUnmappable(tx, entity, source, held));
      return {
        counts: { ...counts, failed: counts.failed - left.size, unchanged: counts.unchanged + left.size },
        held: held.filter((each) => !left.has(each)),
      };
    },
    abort: () => Promise.resolve(),
  };
}

interface Taking {
  readonly tx: Tx;
  readonly entity: LinkedEntityName;
  readonly source: LinkedSource;
  readonly map: MapInbound<JsonObject>;
}

/** The digest of a report of this entity, as it is kept with the link when the report was merged. */
export function reportDigests(
  entity: LinkedEntityName,
  source: Pick<LinkedSource, 'policies'>,
  mapperOf: MapperOf,
): (report: ExternalRecord) => string {
  const edition = editionOf(entity, source, mapperOf(entity, linkedEntity(entity).record));
  return (report) => digestOf(edition, report);
}

/** What a report is merged by: another mapping, policy or definition makes another record of it. */
function editionOf(
  entity: LinkedEntityName,
  source: Pick<LinkedSource, 'policies'>,
  map: MapInbound<JsonObject>,
): string {
  const { fields, statusWords, parent, remoteId, keepsRaw } = linkedEntity(entity);
  const definition = [
    fields.map((field) => [field, comparisonOf(field)]),
    statusWords,
    parent,
    remoteId,
    keepsRaw,
  ];
  return hash('md5', JSON.stringify([mergeEdition, entity, definition, map.edition, source.policies]));
}

async function takePage(taking: Taking, edition: string, records: readonly ExternalRecord[]): Promise<Taken> {
  const { tx, entity, source } = taking;
  const digests = new Map(records.map((each) => [each.externalId, digestOf(edition, each)]));
  const known = source.echo
    ? new Set<string>()
    : await findKnownReports(tx.db, { ...source, entity }, digests);
  const moved = records.filter((each) => !known.has(each.externalId));
  const mapped = moved.map((each) => mapOne(taking, each, digests.get(each.externalId) ?? ''));
  const incoming = mapped.flatMap((each) => ('record' in each ? [each] : []));
  const held = mapped.flatMap((each) => ('record' in each ? [] : [each]));
  const same = records.length - moved.length;
  return joined([
    { counts: { ...noCounts, read: same, unchanged: same }, held: [] },
    { counts: { ...noCounts, read: held.length, failed: held.length }, held },
    ...(await storeInParts(taking, incoming)),
  ]);
}

async function storeInParts(taking: Taking, incoming: readonly Incoming[]): Promise<readonly Taken[]> {
  const parts: Taken[] = [];
  for (let at = 0; at < incoming.length; at += mergedAtOnce)
    parts.push(await storeOrHold(taking, incoming.slice(at, at + mergedAtOnce)));
  return parts;
}

/** MD5 is as long as a UUID; no one gains by a report that is mistaken for the one before it. */
const digestOf = (edition: string, { version, raw }: ExternalRecord): string =>
  hash('md5', `${edition}\n${version ?? ''}\n${JSON.stringify(raw)}`);

function mapOne({ entity, map }: Taking, external: ExternalRecord, digest: string): Incoming | HeldRecord {
  const mapped = map(external.raw);
  const faults = [
    ...(mapped.ok && external.externalId === '' ? [{ field: 'id', message: 'the record has none' }] : []),
    ...(mapped.ok ? unstorableFields(mapped.record) : mapped.faults),
  ];
  return mapped.ok && faults.length === 0
    ? { external, record: mapped.record, digest }
    : heldFor(linkedEntity(entity).row.table, external, faults);
}

/**
 * A value that this database's own rules refuse (a shorter column, a check, a trigger of the owner's) holds the one
 * record that has it, not the page.
 */
async function storeOrHold(taking: Taking, incoming: readonly Incoming[]): Promise<Taken> {
  const { tx, entity, source } = taking;
  const stored = await underSavepoint(tx, async (): Promise<Taken> => {
    const page = decide(await gather(tx, entity, source, incoming));
    return { counts: await apply(tx, page), held: page.held };
  });
  if (stored.ok) return stored.result;
  const [only, ...more] = incoming;
  if (only && more.length === 0) {
    const held = heldFor(linkedEntity(entity).row.table, only.external, [
      { field: stored.field, message: stored.message },
    ]);
    return { counts: { ...noCounts, read: 1, failed: 1 }, held: [{ ...held, type: 'database' }] };
  }
  const parts: Taken[] = [];
  for (const each of incoming) parts.push(await storeOrHold(taking, [each]));
  return joined(parts);
}

/** Texts that PostgreSQL cannot keep as they are: without the character they would look like an edit, and go back so. */
function unstorableFields(record: JsonObject): { field: string; message: string }[] {
  return Object.entries(record).flatMap(([field, value]) =>
    textsOf(value).some((text) => text.includes('\0'))
      ? [{ field, message: 'holds the character U+0000, which cannot be stored: remove it there' }]
      : [],
  );
}

const textsOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
