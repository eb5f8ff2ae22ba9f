/**
 * Reads hosts and findings page by page: a repository after the other; of findings first what is open (`cumulative`), then what was
 * mitigated (`patched`, a database of its own). Windows of time are absolute: relative ones move while pages are turned, and rows are
 * lost (pySecurityCenter issue 60).
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import { type Json, type JsonObject, throwIfAborted } from '../../../platform/values/index.ts';
import { type ExternalRecord, PageWalk, type ReadEvent, type ReadOptions } from '../../kit/index.ts';
import { analysisRecord, hostRecord, type SourceType } from '../rows.ts';
import { fetchRepositories, type Reading } from './repositories.ts';
import { changedRules, fetchRuleStands, ruleStands } from './risk-rule-changes.ts';

/** Seconds by which a mark is older than the read's start: what a scan imports meanwhile carries earlier times. */
const overlapSeconds = 3600;

/** The window ends far ahead: a row that is seen again while pages are turned is to stay in it. */
const windowSeconds = 30 * 86_400;

/** Counts come as texts, numbers and, it was seen, fractions. */
const page = z.object({
  totalRecords: z.coerce.number().transform(Math.ceil),
  results: z.array(z.record(z.string(), z.unknown())),
});

/** So often in a row a list may become shorter while its pages are turned. */
const stepsBack = 100;

/** Plugins in one query. */
const pluginsAtOnce = 500;

/** Where a read is: which repository, which list of it, and from which row on. */
const place = z.object({
  startedAt: z.int(),
  repositories: z.array(z.string()),
  /** The rules at the start, and the plugins whose rules had changed; for findings. */
  rules: ruleStands,
  plugins: z.array(z.string()),
  repository: z.int(),
  list: z.enum(['cumulative', 'ruled', 'patched']),
  /** How many of `plugins` are read at once for `ruled`. */
  group: z.int(),
  offset: z.int(),
  /** For this list, at the previous page. */
  total: z.int().optional(),
});
type Place = z.output<typeof place>;

const readMark = z.object({ since: z.int(), rules: ruleStands });
type Mark = z.output<typeof readMark>;

function markOf(told: string | undefined): Mark {
  const never = { since: 0, rules: {} };
  return told === undefined ? never : (readMark.safeParse(JSON.parse(told)).data ?? never);
}

/** Reads hosts or findings as `Connector.read` promises. The mark's time is in epoch seconds, by our clock, an hour early. */
export async function* readAnalysis(
  reading: Reading,
  entity: 'asset' | 'finding',
  options: ReadOptions,
): AsyncGenerator<ReadEvent, void, undefined> {
  const { signal } = options;
  const { settings } = reading;
  const mark = markOf(options.mark);
  const resumed = place.safeParse(options.position);
  let at = resumed.success ? resumed.data : await begin(reading, entity, mark, signal);
  if (!resumed.success) yield { type: 'position', position: { ...at } };
  const openWalk = (): PageWalk => new PageWalk('POST /rest/analysis');
  let walk = openWalk();
  let shrunk = 0;
  for (
    let repository = at.repositories[at.repository];
    repository !== undefined;
    repository = at.repositories[at.repository]
  ) {
    throwIfAborted(signal);
    const rows = await fetchRows(reading, entity, { at, repository, since: mark.since }, signal);
    const vanished = (at.total ?? rows.totalRecords) - rows.totalRecords;
    if (at.offset === 0) walk = openWalk();
    shrunk = vanished > 0 && at.offset > 0 ? shrunk + 1 : 0;
    if (shrunk > stepsBack)
      throw new TielineError(
        'REMOTE_UNEXPECTED',
        `POST /rest/analysis: the list became shorter ${stepsBack} times in a row while it was read.`,
      );
    if (vanished > 0 && at.offset > 0) {
      // What left the list while pages were turned moved all that follows: as many rows back, and again.
      at = { ...at, offset: Math.max(0, at.offset - vanished), total: rows.totalRecords };
      continue;
    }
    // A row repeated within the page is no progress.
    const next = at.offset + Math.min(rows.results.length, settings.page_size);
    const isLast = rows.results.length === 0 || next >= rows.totalRecords;
    const source = sourceOf(at.list);
    at = isLast ? following(at, entity) : { ...at, offset: next, total: rows.totalRecords };
    const fixedAfter = mark.since > 0 ? new Date(mark.since * 1000).toISOString() : undefined;
    const records = rows.results.map(
      (row) =>
        entity === 'asset'
          ? hostRecord(row as JsonObject)
          : analysisRecord(row as JsonObject, source, fixedAfter), // parsed JSON
    );
    walk.note({ next: isLast ? undefined : String(next), ids: records.map((record) => record.externalId) });
    yield {
      type: 'page',
      records: streamOf(records),
      position: { ...at },
      progress: { done: next, total: rows.totalRecords, unit: 'pages' },
    };
  }
  const next: Mark = { since: at.startedAt - overlapSeconds, rules: at.rules };
  yield { type: 'end', mark: JSON.stringify(next) };
}

async function begin(
  reading: Reading,
  entity: 'asset' | 'finding',
  mark: Mark,
  signal: AbortSignal,
): Promise<Place> {
  const startedAt = Math.floor(reading.now().getTime() / 1000);
  const repositories = await fetchRepositories(reading, signal);
  // Before any row is read: what changes from now on is seen by the next read.
  const rules = entity === 'asset' ? {} : await fetchRuleStands(reading, repositories, mark.rules, signal);
  const plugins = mark.since > 0 ? changedRules(mark.rules, rules, startedAt) : [];
  return { startedAt, repositories, rules, plugins, repository: 0, list: 'cumulative', group: 0, offset: 0 };
}

const sourceOf = (list: Place['list']): SourceType => (list === 'patched' ? 'patched' : 'cumulative');

function following(at: Place, entity: 'asset' | 'finding'): Place {
  const first = { ...at, group: 0, offset: 0, total: undefined };
  if (entity === 'finding') {
    const group = at.list === 'ruled' ? at.group + 1 : 0;
    if (at.list !== 'patched' && group * pluginsAtOnce < at.plugins.length)
      return { ...first, list: 'ruled', group };
    if (at.list !== 'patched') return { ...first, list: 'patched' };
  }
  return { ...first, repository: at.repository + 1, list: 'cumulative' };
}

async function fetchRows(
  { session, settings }: Reading,
  entity: 'asset' | 'finding',
  wanted: { readonly at: Place; readonly repository: string; readonly since: number },
  signal: AbortSignal,
): Promise<z.output<typeof page>> {
  const { at, repository, since } = wanted;
  const equal = (filterName: string, value: Json): Json => ({ filterName, operator: '=', value });
  const window = `${since}-${at.startedAt + windowSeconds}`;
  const narrowed: Record<Place['list'], () => Json[]> = {
    cumulative: () => (since > 0 ? [equal('lastSeen', window)] : []),
    ruled: () => [
      equal('pluginID', at.plugins.slice(at.group * pluginsAtOnce, (at.group + 1) * pluginsAtOnce).join(',')),
    ],
    patched: () => (since > 0 ? [equal('lastMitigated', window)] : []),
  };
  const filters = [equal('repository', [{ id: repository }]), ...narrowed[at.list]()];
  // Recorded calls that work have the offsets inside the query; the documents show them outside: both are said.
  const offsets = { startOffset: at.offset, endOffset: at.offset + settings.page_size };
  const json: Json = {
    type: 'vuln',
    sourceType: sourceOf(at.list),
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
