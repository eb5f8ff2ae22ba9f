/** A file becomes part of the record, in the caller's transaction: POA&Ms and milestones are merged field by field, what is gone is marked missing. */
import {
  openLinkedSink,
  type LinkedSource,
  countAbsent,
  forgetSeen,
  mapperFrom,
  markAbsent,
  recordSeen,
} from '../../engine/inbound/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { fetchLinks, insertLink } from '../../ledger/links/index.ts';
import {
  addCounts,
  type Counts,
  type HeldRecord,
  insertHeldRecords,
  noCounts,
  withOperation,
} from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Tx } from '../../platform/postgres/index.ts';
import { entityName } from '../../record/entities/index.ts';
import { recordsOf } from './file-records.ts';
import type { FileSource } from './file-sources.ts';
import { keepBeside } from './known-poams.sql.ts';
import type { FileItem, HeldRow, PoamFile } from './poam-file.ts';

export interface Taking {
  readonly source: FileSource;
  readonly boundary: string;
  readonly file: PoamFile;
  readonly fileName: string;
  readonly importId: string;
  /** The operation of the whole import. */
  readonly operationId: string;
  /** How much may be missing at once; undefined: any share. */
  readonly absence: { readonly sharePercent: number; readonly atLeast: number } | undefined;
}

export interface Taken {
  readonly counts: Counts;
  readonly held: readonly HeldRow[];
  /** Operations under which the journal says what was done. */
  readonly operationIds: readonly string[];
}

/** @throws TielineError TOO_MANY_MISSING. */
export async function takeFile(tx: Tx, taking: Taking): Promise<Taken> {
  const { source, boundary, file, operationId } = taking;
  const systemId = source.row.id;
  await linkBoundary(tx, { systemId, operationId }, boundary);
  const steps: string[] = [];
  const step = (name: 'poam' | 'milestone', work: StepWork) =>
    takeStep(tx, taking, name, async (id) => {
      steps.push(id);
      return work(id);
    });
  let milestones: readonly ExternalRecord[] = [];
  let items: ReadonlyMap<string, FileItem> = new Map();
  const poams = await step('poam', async (id) => {
    const records = await recordsOf(
      tx,
      { systemId, boundary, operationId: id, layout: file.layout },
      file.items,
    );
    milestones = records.milestones;
    items = records.items;
    const merged = await merge(tx, taking, { entity: 'poam', operationId: id, records: records.poams });
    await settleAbsence(tx, taking, {
      entity: 'poam',
      operationId: id,
      seen: [...records.items.keys(), ...named(file.held), ...named(records.held)],
    });
    return { counts: merged.counts, held: [...file.held, ...records.held, ...placed(merged.held, items)] };
  });
  const of = await step('milestone', async (id) => {
    const held = new Set(named(poams.held));
    const own = milestones.filter(({ parentId }) => !held.has(parentId ?? ''));
    const merged = await merge(tx, taking, { entity: 'milestone', operationId: id, records: own });
    await settleAbsence(tx, taking, {
      entity: 'milestone',
      operationId: id,
      seen: milestones.map(({ externalId }) => externalId),
    });
    return { counts: merged.counts, held: placed(merged.held, items) };
  });
  await keepBeside(
    tx.db,
    { systemId, importId: taking.importId },
    [...items].map(([id, { sheet, cell, beside }]) => ({ id, place: `${sheet}!${cell}`, beside })),
  );
  return {
    counts: addCounts(poams.counts, of.counts),
    held: [...poams.held, ...of.held],
    operationIds: steps,
  };
}

type StepWork = (
  operationId: string,
) => Promise<{ readonly counts: Counts; readonly held: readonly HeldRow[] }>;

/** One kind of record as an operation of its own, below that of the import: what it holds is held until a later file. */
function takeStep(
  tx: Tx,
  { source, operationId: parent, fileName }: Taking,
  name: 'poam' | 'milestone',
  work: StepWork,
): ReturnType<StepWork> {
  const operation = {
    type: 'import',
    system: source.row.system_name,
    step: name,
    parent,
    metadata: { file: fileName },
  } as const;
  return withOperation(tx.db, operation, async ({ id, count, conclude }) => {
    const { counts, held } = await work(id);
    await insertHeldRecords(
      tx.db,
      id,
      held.map((row) => heldRecord(name, row)),
    );
    const all = { ...counts, read: counts.read + held.length, failed: counts.failed + held.length };
    await count(all);
    conclude({ status: all.failed > 0 || all.held > 0 ? 'completed_with_issues' : 'completed' });
    return { counts: all, held };
  });
}

const named = (held: readonly HeldRow[]): string[] =>
  held.map(({ record }) => record).filter((record) => record !== '');

/** The boundary is what the file calls by our id of it. */
async function linkBoundary(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  boundary: string,
): Promise<void> {
  const links = await fetchLinks(tx.db, source.systemId, 'system', [boundary]);
  if (!links.has(boundary))
    await insertLink(tx.db, source, { entity: 'system', entityId: boundary, externalId: boundary });
}

async function merge(
  tx: Tx,
  { source: { row } }: Taking,
  {
    entity,
    operationId,
    records,
  }: {
    readonly entity: 'poam' | 'milestone';
    readonly operationId: string;
    readonly records: readonly ExternalRecord[];
  },
): Promise<{ readonly counts: Counts; readonly held: readonly HeldRecord[] }> {
  if (records.length === 0) return { counts: noCounts, held: [] };
  const source: LinkedSource = {
    systemId: row.id,
    systemType: row.system_type,
    operationId,
    policies: await fetchPolicies(tx.db, row.id),
    echo: undefined,
    leavesRaw: true,
  };
  const sink = openLinkedSink(tx, entityName(entity), source, mapperFrom(await fetchMappings(tx.db, row.id)));
  for (const record of records) await sink.add(record);
  const { counts, held } = await sink.finish();
  // What is held is counted where all of it is.
  return {
    counts: { ...counts, read: counts.read - held.length, failed: counts.failed - held.length },
    held,
  };
}

/** What the merge holds, by the cell that says it. */
const placed = (held: readonly HeldRecord[], items: ReadonlyMap<string, FileItem>): HeldRow[] =>
  held.map(({ identifier, message }) => {
    const item = items.get(identifier) ?? items.get(identifier.replace(/\/[^/]*$/, ''));
    const field = /^([a-z_]+): /.exec(message)?.[1] ?? '';
    return {
      sheet: item?.sheet ?? '',
      cell: item?.cells[field] ?? item?.cell ?? '',
      record: identifier,
      rule: message,
      remedy: 'Correct the cell, and import the file again.',
    };
  });

const heldRecord = (entity: string, { sheet, cell, record, rule, remedy }: HeldRow): HeldRecord => ({
  table: entity === 'poam' ? 'ingestion_poams' : 'ingestion_poam_milestones',
  identifier: record === '' ? `${sheet}!${cell}` : record,
  type: 'file',
  message: `${sheet}!${cell}: ${rule}. ${remedy}`,
  raw: { sheet, cell, record, rule, remedy },
});

/** What the file no longer shows is missing, never deleted; too much at once is rather a wrong file. */
async function settleAbsence(
  tx: Tx,
  { source, absence, fileName }: Taking,
  read: {
    readonly entity: 'poam' | 'milestone';
    readonly operationId: string;
    readonly seen: readonly string[];
  },
): Promise<void> {
  const where = { systemId: source.row.id, entity: read.entity, operationId: read.operationId };
  await recordSeen(tx.db, where, read.seen);
  const { expected, missing, examples, isSettled } = await countAbsent(tx.db, where);
  const allowed = absence && Math.max(absence.atLeast, Math.floor((expected * absence.sharePercent) / 100));
  if (allowed !== undefined && missing > allowed)
    throw new TielineError(
      'TOO_MANY_MISSING',
      `${fileName} no longer has ${missing} of ${expected} ${read.entity === 'poam' ? 'POA&Ms' : 'milestones'} (${examples.join(', ')}, …); more than ${allowed} at once are not believed.`,
      {
        remedy:
          'Check that it is the whole file of this boundary. If they are gone on purpose: --accept-missing. Nothing was imported.',
      },
    );
  if (!isSettled) await markAbsent(tx.db, where, read.entity === 'poam');
  await forgetSeen(tx.db, where);
}
