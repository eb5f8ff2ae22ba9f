import type { Kysely } from 'kysely';
import { stepTitle } from '../../engine/run/index.ts';
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { inOrderOf, type ListCount, type Page } from '../../platform/lists/index.ts';
import {
  countCalls,
  countChanges,
  type Counts,
  countsOf,
  fetchDeciders,
  fetchJournalTitles,
  findOperationsByPrefix,
  type FoundConflict,
  type JournalFilter,
  listFoundConflicts,
  listHeldRecords,
  listOperationRows,
  listRuns,
  listSteps,
  type NamedJournalRow,
  type OperationRow,
  pageJournal,
} from '../../ledger/operations/index.ts';
import { fetchRecordTitles } from '../../record/entities/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import type { DeciderKind, ReasonCode, RuleCode } from '../../canonical/vocabulary/index.ts';
import { listRefusedRows } from '../../engine/outbox/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import {
  type ChangeListFilter,
  type ChangeListQuery,
  countFittingChanges,
  selectChanges,
} from './change-list.sql.ts';
import { type OperationListQuery, selectOperations } from './operation-list.sql.ts';

export interface OperationFacts {
  readonly operationId: string;
  readonly type: string;
  /** In plain words; of a step, its code in `step` says which. */
  readonly what: string;
  /** Who started it or decided; null where a rule did, or it is not known. */
  readonly by: string | null;
  readonly step: string | null;
  readonly system: string;
  readonly status: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly counts: Counts;
  /** For a plan: how many items it holds; null for anything else. */
  readonly planned: number | null;
  readonly retries: number;
  readonly error: string | null;
  /** The run of a workflow that did it. */
  readonly workflowRun: string | null;
  /** Address of its system when it began. */
  readonly address: string | null;
}

/** One change of one value, or of a record as a whole (`field` null). */
export interface JournalEntryFacts {
  readonly id: number;
  readonly system: string | null;
  readonly entity: string;
  readonly entityId: string;
  /** The remote's id of the record, else ours. */
  readonly record: string;
  /** What the record is called; null where it is not known. */
  readonly title: string | null;
  /** `linked`: recognised as a record that was there; `missing`: no longer shown by the remote, or shown again. */
  readonly kind: 'created' | 'changed' | 'linked' | 'missing';
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly direction: string;
  readonly decidedBy: string;
  readonly decidedByKind: DeciderKind;
  /** A code of src/canonical/vocabulary/rule-codes.ts; null where no rule decided. */
  readonly ruleCode: RuleCode | null;
  readonly reason: string | null;
  /** Null where no reason was given, or one in a person's own words. */
  readonly reasonCode: ReasonCode | null;
  readonly at: Date;
}

export interface JournalPage {
  readonly entries: readonly JournalEntryFacts[];
  /** How many fit in all. */
  readonly total: number;
  /** Give it as `after` for the next page; null: that was the last. */
  readonly next: number | null;
}

export interface JournalQuery extends JournalFilter {
  readonly after?: number;
  readonly limit: number;
}

export interface OperationDetail extends OperationFacts {
  readonly steps: readonly OperationFacts[];
  readonly journal: JournalPage;
  /** Conflicts that it found. */
  readonly conflicts: readonly (FoundConflict & { readonly title: string | null })[];
  readonly changes: readonly {
    readonly direction: string;
    readonly entity: string;
    readonly changes: number;
  }[];
  readonly held: readonly { readonly identifier: string; readonly reason: string }[];
  readonly refused: readonly { readonly identifier: string; readonly reason: string }[];
  /** Which of these lists end before their end. */
  readonly cut: readonly ('conflicts' | 'held' | 'refused')[];
  readonly calls: {
    readonly total: number;
    readonly byStatus: readonly { readonly status: number | null; readonly n: number }[];
  };
}

const shownAtMost = 50;

/** What an operation was, by its step where it is a decision, else by its type. */
const words: Readonly<Record<string, string>> = {
  sync: 'sync',
  import: 'import of a scan file',
  plan: 'plan of a sync',
  undo: 'undo',
  backfill: 'backfill of older rows',
  send: 'changes sent',
  'resolve conflicts': 'conflict resolved',
  approve: 'approval',
  reject: 'rejection',
  'ask for an acceptance': 'acceptance asked for',
  'withdraw an acceptance': 'acceptance withdrawn',
  'ask for a scan': 'scan asked for',
  scans: 'scans followed',
  'retry outbox': 'refused change sent again',
  'drop outbox': 'change dropped',
  'set asset context': 'business context set',
  'make link': 'link made',
  'break link': 'link broken',
  'merge assets': 'assets merged',
  'split an asset': 'asset split',
  'change connection': 'connection changed',
  'pause connection': 'connection paused',
  'resume connection': 'connection resumed',
  'remove connection': 'connection removed',
};

function wordsFor(row: OperationRow): string {
  const type = row.operation_type ?? row.batch_type ?? 'import';
  // An import's step is the file's name; a step of a run is named by its own code.
  if (type === 'import' && row.parent_operation_id === null)
    return row.batch_type === null ? (words['import'] ?? type) : `import of ${row.batch_type}`;
  if (row.parent_operation_id !== null && row.batch_type !== null)
    return words[row.batch_type] ?? stepTitle(row.batch_type);
  return words[row.batch_type ?? ''] ?? words[type] ?? row.batch_type ?? type;
}

const startedBy = (row: OperationRow): string | null =>
  isJsonObject(row.metadata) && typeof row.metadata['by'] === 'string' ? row.metadata['by'] : null;
const plannedBy = (row: OperationRow): number | null =>
  row.operation_type === 'plan' && isJsonObject(row.metadata) && typeof row.metadata['items'] === 'number'
    ? row.metadata['items']
    : null;

function factsOf(row: OperationRow, by?: string): OperationFacts {
  return {
    operationId: row.batch_id,
    type: row.operation_type ?? row.batch_type ?? 'import',
    what: wordsFor(row),
    by: startedBy(row) ?? by ?? null,
    step: row.parent_operation_id === null ? null : row.batch_type,
    system: row.external_system ?? row.source_system,
    status: row.status ?? 'unknown',
    startedAt: row.started_at,
    completedAt: row.completed_at,
    counts: countsOf(row),
    planned: plannedBy(row),
    retries: row.retry_count ?? 0,
    error: row.error_details,
    workflowRun: row.correlation_id,
    address: row.api_endpoint,
  };
}

/** @param id the whole id or its first characters. @throws TielineError OPERATION_UNKNOWN if none or several fit. */
export async function findOneOperation(db: Kysely<Database>, id: string): Promise<OperationRow> {
  const found = await findOperationsByPrefix(db, id);
  const [row] = found;
  if (!row || !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new TielineError(
      'OPERATION_UNKNOWN',
      `No operation starts with "${id}" (give at least four characters of the id).`,
    );
  if (found.length > 1)
    throw new TielineError(
      'OPERATION_UNKNOWN',
      `More than one operation starts with "${id}": give more of the id.`,
    );
  return row;
}

/** Operations, a page of them; with a `connection` in the filter, its timeline. */
export async function listOperations(
  { db }: { readonly db: Kysely<Database> },
  query: OperationListQuery,
): Promise<Page<OperationFacts>> {
  const { items: keys, ...page } = await selectOperations(db, query);
  const rows = keys.length === 0 ? [] : await listOperationRows(db, keys.map(Number));
  const runs = inOrderOf(keys, rows, (row) => row.id);
  return { items: await factsOfRuns(db, runs), ...page };
}

/** The latest operations, newest first. */
export async function listLatestOperations(
  { db }: { readonly db: Kysely<Database> },
  limit: number,
): Promise<OperationFacts[]> {
  return factsOfRuns(db, await listRuns(db, limit));
}

async function factsOfRuns(db: Kysely<Database>, runs: readonly OperationRow[]): Promise<OperationFacts[]> {
  const deciders = await fetchDeciders(
    db,
    runs.map((row) => row.batch_id),
  );
  return runs.map((row) => factsOf(row, deciders.get(row.batch_id)));
}

function kindOf(row: NamedJournalRow): JournalEntryFacts['kind'] {
  if (row.field !== null) return 'changed';
  if (row.ruleCode === 'full_read') return 'missing';
  return row.ruleCode === 'natural_key' || row.reasonCode === 'linked' ? 'linked' : 'created';
}

async function journalOf(
  db: Kysely<Database>,
  ids: readonly string[],
  { after = 0, limit, ...filter }: JournalQuery,
): Promise<JournalPage> {
  const { rows, total } = await pageJournal(db, ids, filter, { afterId: after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return {
    entries: await entriesOf(db, page),
    total,
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

async function entriesOf(
  db: Kysely<Database>,
  rows: readonly NamedJournalRow[],
): Promise<JournalEntryFacts[]> {
  const titles = await fetchTitles(db, rows);
  return rows.map((named) => {
    const { externalId, systemId: _systemId, at, ...row } = named;
    return {
      ...row,
      record: externalId ?? row.entityId,
      kind: kindOf(named),
      title: titles.get(`${row.entity} ${row.entityId}`) ?? null,
      at,
    };
  });
}

/** What an operation and its steps changed within the scope, a page of it. @throws TielineError OPERATION_UNKNOWN. */
export async function listChanges(
  { db }: { readonly db: Kysely<Database> },
  scope: Scope,
  operationId: string,
  query: ChangeListQuery,
): Promise<Page<JournalEntryFacts>> {
  const operationIds = await withSteps(db, operationId);
  const { items: keys, ...page } = await selectChanges(db, scope, operationIds, query);
  if (keys.length === 0) return { items: [], ...page };
  const ids = keys.map(Number);
  const found = await pageJournal(db, operationIds, { ids }, { afterId: 0, limit: ids.length });
  const rows = inOrderOf(keys, found.rows, (row) => row.id);
  return { items: await entriesOf(db, rows), ...page };
}

/** @throws TielineError OPERATION_UNKNOWN. */
export async function countOperationChanges(
  { db }: { readonly db: Kysely<Database> },
  scope: Scope,
  operationId: string,
  filter: ChangeListFilter,
): Promise<ListCount> {
  return countFittingChanges(db, scope, await withSteps(db, operationId), filter);
}

/** The ids of an operation and its steps. @throws TielineError OPERATION_UNKNOWN. */
async function withSteps(db: Kysely<Database>, operationId: string): Promise<string[]> {
  const { batch_id: id } = await findOneOperation(db, operationId);
  return [id, ...(await listSteps(db, id)).map((step) => step.batch_id)];
}

/**
 * One operation with its steps and a page of what it changed. Of the records it could not import, of those that the remote refused and of
 * the conflicts that it found as many are listed as of changes, at least 50; `cut` says of which there are more.
 * @param id the whole id or its first characters. @param query which page of the journal.
 * @throws TielineError OPERATION_UNKNOWN if none or several fit.
 */
export async function fetchOperation(
  { db }: { readonly db: Kysely<Database> },
  id: string,
  query: JournalQuery = { limit: shownAtMost },
): Promise<OperationDetail> {
  const row = await findOneOperation(db, id);
  const steps = await listSteps(db, row.batch_id);
  const ids = [row.batch_id, ...steps.map((step) => step.batch_id)];
  const byStatus = await countCalls(db, ids);
  const listed = Math.max(shownAtMost, query.limit);
  const lists = {
    conflicts: await listFoundConflicts(db, ids, listed + 1),
    held: await listHeldRecords(db, ids, listed + 1),
    refused: await listRefusedRows(db, ids, listed + 1),
  };
  const conflicts = lists.conflicts.slice(0, listed);
  const titles = await fetchTitles(db, conflicts);
  return {
    ...factsOf(row, (await fetchDeciders(db, [row.batch_id])).get(row.batch_id)),
    steps: steps.map((step) => factsOf(step)),
    changes: (await countChanges(db, ids)).map(({ direction, entity_type, changes }) => ({
      direction,
      entity: entity_type,
      changes,
    })),
    journal: await journalOf(db, ids, query),
    conflicts: conflicts.map((each) => ({
      ...each,
      title: titles.get(`${each.entity} ${each.entityId}`) ?? null,
    })),
    held: lists.held.slice(0, listed).map((each) => ({
      identifier: each.record_identifier ?? '–',
      reason: each.error_message ?? each.error_type ?? '–',
    })),
    refused: lists.refused.slice(0, listed),
    cut: (['conflicts', 'held', 'refused'] as const).filter((list) => lists[list].length > listed),
    calls: { total: byStatus.reduce((sum, each) => sum + each.n, 0), byStatus },
  };
}

/** Titles by `entity entityId`, of records and of what else a journal names. */
async function fetchTitles(
  db: Kysely<Database>,
  named: readonly { readonly entity: string; readonly entityId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const records = [...(await fetchRecordTitles(db, named))].map(([key, { title }]) => [key, title] as const);
  return new Map([...records, ...(await fetchJournalTitles(db, named))]);
}
