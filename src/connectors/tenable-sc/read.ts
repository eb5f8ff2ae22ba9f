/**
 * Reads hosts and findings page by page: a repository after the other; of findings first what is open (`cumulative`), then what was
 * mitigated (`patched`, a database of its own). Windows of time are absolute: relative ones move while pages are turned, and rows are
 * lost (pySecurityCenter issue 60).
 */
import { z } from 'zod';
import { TielineError } from '../../errors/tieline-error.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { throwIfAborted } from '../kit/abort.ts';
import type { ExternalRecord, ReadEvent, ReadOptions } from '../kit/contract.ts';
import { findingRecord, hostRecord, type SourceType } from './rows.ts';
import type { ScSession } from './session.ts';
import type { TenableScSettings } from './settings.ts';

/** Seconds by which a mark is older than the read's start: what a scan imports meanwhile bears earlier times. */
const overlapSeconds = 3600;

/** The window ends far ahead: a row that is seen anew while pages are turned is to stay in it. */
const windowSeconds = 30 * 86_400;

const repositoryList = z.array(z.looseObject({ id: z.coerce.string() }));
/** Counts come as texts, numbers and, it was seen, fractions. */
const page = z.object({
  totalRecords: z.coerce.number().transform(Math.ceil),
  results: z.array(z.record(z.string(), z.unknown())),
});

/** Where a read is: which repository, which database of it, and from which row on. */
const place = z.object({
  startedAt: z.int(),
  repositories: z.array(z.string()),
  repository: z.int(),
  source: z.enum(['cumulative', 'patched']),
  offset: z.int(),
  /** Of this repository and database, at the page before. */
  total: z.int().optional(),
});
type Place = z.output<typeof place>;

export interface Reading {
  readonly session: ScSession;
  readonly settings: TenableScSettings;
  readonly now: () => Date;
}

export async function fetchRepositories(
  { session, settings }: Reading,
  signal: AbortSignal,
): Promise<string[]> {
  const all = await session.fetch(
    { method: 'GET', path: '/rest/repository', query: { fields: 'id,name' }, signal },
    repositoryList,
  );
  const ids = all.map((each) => each.id);
  const unknown = settings.repositories?.filter((id) => !ids.includes(id)) ?? [];
  if (unknown.length > 0)
    throw new TielineError('SETTING_INVALID', `The account sees no repository ${unknown.join(', ')}.`, {
      fields: [{ field: 'repositories', message: `there are ${ids.join(', ')}` }],
    });
  return settings.repositories ?? ids;
}

/** Reads hosts or findings as `Connector.read` promises. The mark is in epoch seconds, by our clock, an hour early. */
export async function* readAnalysis(
  reading: Reading,
  entity: 'asset' | 'finding',
  options: ReadOptions,
): AsyncGenerator<ReadEvent, void, undefined> {
  const { signal, mark } = options;
  const { settings } = reading;
  const since = mark === undefined ? 0 : Number(mark);
  const resumed = place.safeParse(options.position);
  let at: Place = resumed.success
    ? resumed.data
    : {
        startedAt: Math.floor(reading.now().getTime() / 1000),
        repositories: await fetchRepositories(reading, signal),
        repository: 0,
        source: 'cumulative',
        offset: 0,
      };
  if (!resumed.success) yield { type: 'position', position: { ...at } };
  for (
    let repository = at.repositories[at.repository];
    repository !== undefined;
    repository = at.repositories[at.repository]
  ) {
    throwIfAborted(signal);
    const rows = await fetchRows(reading, entity, { at, repository, since }, signal);
    const vanished = (at.total ?? rows.totalRecords) - rows.totalRecords;
    if (vanished > 0 && at.offset > 0) {
      // What left the list while pages were turned moved all that follows: as many rows back, and again.
      at = { ...at, offset: Math.max(0, at.offset - vanished), total: rows.totalRecords };
      continue;
    }
    // A row repeated within the page is no way further.
    const next = at.offset + Math.min(rows.results.length, settings.page_size);
    const isLast = rows.results.length === 0 || next >= rows.totalRecords;
    const { source } = at;
    at = isLast ? following(at, entity) : { ...at, offset: next, total: rows.totalRecords };
    const fixedAfter = since > 0 ? new Date(since * 1000).toISOString() : undefined;
    const records = rows.results.map(
      (row) =>
        entity === 'asset'
          ? hostRecord(row as JsonObject)
          : findingRecord(row as JsonObject, source, fixedAfter), // parsed JSON
    );
    yield {
      type: 'page',
      records: streamOf(records),
      position: { ...at },
      progress: { done: next, total: rows.totalRecords, unit: 'pages' },
    };
  }
  yield { type: 'end', mark: String(at.startedAt - overlapSeconds) };
}

function following(at: Place, entity: 'asset' | 'finding'): Place {
  const begin = { offset: 0, total: undefined };
  if (entity === 'finding' && at.source === 'cumulative') return { ...at, source: 'patched', ...begin };
  return { ...at, repository: at.repository + 1, source: 'cumulative', ...begin };
}

async function fetchRows(
  { session, settings }: Reading,
  entity: 'asset' | 'finding',
  wanted: { readonly at: Place; readonly repository: string; readonly since: number },
  signal: AbortSignal,
): Promise<z.output<typeof page>> {
  const { at, repository, since } = wanted;
  const seen: Record<SourceType, string> = { cumulative: 'lastSeen', patched: 'lastMitigated' };
  const filters: Json[] = [
    { filterName: 'repository', operator: '=', value: [{ id: repository }] },
    ...(since > 0
      ? [{ filterName: seen[at.source], operator: '=', value: `${since}-${at.startedAt + windowSeconds}` }]
      : []),
  ];
  // Recorded calls that work have the offsets inside the query; the documents show them outside: both are said.
  const offsets = { startOffset: at.offset, endOffset: at.offset + settings.page_size };
  const json: Json = {
    type: 'vuln',
    sourceType: at.source,
    query: { type: 'vuln', tool: entity === 'asset' ? 'sumip' : 'vulndetails', filters, ...offsets },
    ...offsets,
    sortField: entity === 'asset' ? 'ip' : 'pluginID',
    sortDir: 'asc',
  };
  return await session.fetch({ method: 'POST', path: '/rest/analysis', json, signal }, page);
}

async function* streamOf(records: readonly ExternalRecord[]): AsyncGenerator<ExternalRecord> {
  yield* records;
}
