/** Which exports make up a read, and whether a job that runs already is one of them. Pure. */
import { isJsonObject, type Json, type JsonObject } from '../../../../platform/values/index.ts';
import type { TenableSettings } from '../../settings.ts';

export type ExportKind = 'assets' | 'vulns' | 'compliance';

export interface ExportRequest {
  readonly kind: ExportKind;
  /** The body of POST /assets/export, /vulns/export or /compliance/export. */
  readonly body: JsonObject;
}

/**
 * 2001-09-09: before the product existed, so it covers everything. Without a time filter only the last 30 days come
 * (OpenAPI of /vulns/export), and a time is documented to have ten digits. The odd second makes the job recognizable:
 * no other tool asks for it, so a running job with this filter is Tieline's own.
 */
const beforeEverything = 1_000_000_019;

/** The exports of a read of all (`mark` undefined) or of what changed since `mark` (epoch seconds). */
export function planExports(
  kind: ExportKind,
  mark: string | undefined,
  settings: TenableSettings,
): ExportRequest[] {
  if (kind === 'vulns')
    return [
      {
        kind,
        body: {
          num_assets: settings.num_assets_per_chunk,
          // False would leave out what is found on assets beyond the licence.
          include_unlicensed: true,
          filters: {
            // The documentation contradicts itself on the default; fixed ones must come.
            state: ['OPEN', 'REOPENED', 'FIXED'],
            // Not `since`: that goes by scan time and misses what was indexed late.
            ...(mark === undefined ? { since: beforeEverything } : { indexed_at: Number(mark) }),
          },
        },
      },
    ];
  if (kind === 'compliance')
    return [
      {
        kind,
        body: {
          num_findings: settings.num_results_per_chunk,
          // `since` goes by indexed_at here. Without a state all come (OpenAPI of /compliance/export).
          filters: mark === undefined ? { since: beforeEverything } : { indexed_at: Number(mark) },
        },
      },
    ];
  const asset = (filters: JsonObject | undefined): ExportRequest => ({
    kind,
    body: { chunk_size: settings.chunk_size, ...(filters === undefined ? {} : { filters }) },
  });
  if (mark === undefined) return [asset(undefined)];
  // Filters of one request are combined with AND, so each kind of change is a request of its own.
  return ['updated_at', 'deleted_at', 'terminated_at'].map((field) => asset({ [field]: Number(mark) }));
}

/** What a job list shows for a filter that was not given: nothing, 0, or empties all the way down. */
function isUnset(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === 0 || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.every(isUnset);
  return isJsonObject(value) && Object.values(value).every(isUnset);
}

function sameValue(mine: Json | undefined, theirs: Json | undefined): boolean {
  if (Array.isArray(mine) && Array.isArray(theirs)) {
    const texts = (list: Json[]): string =>
      list
        .map((each) => JSON.stringify(each).toUpperCase())
        .toSorted()
        .join(' ');
    return texts(mine) === texts(theirs);
  }
  // The job list of assets is known to give numbers as text.
  const text = (value: Json | undefined): string | undefined =>
    typeof value === 'string' ? value : JSON.stringify(value);
  return text(mine) === text(theirs);
}

/**
 * Whether a job with the filters that the remote reports (an object, or JSON text, as the asset job list has it) is one
 * for this very request; undefined if it does not report them.
 */
export function isSameExport(request: ExportRequest, told: Json | undefined): boolean | undefined {
  let theirs = told;
  if (typeof theirs === 'string')
    try {
      theirs = JSON.parse(theirs) as Json;
    } catch {
      return undefined;
    }
  if (!isJsonObject(theirs)) return undefined;
  const mine = isJsonObject(request.body['filters']) ? request.body['filters'] : {};
  const their = theirs;
  return [...new Set([...Object.keys(mine), ...Object.keys(their)])].every((name) =>
    name in mine ? sameValue(mine[name], their[name]) : isUnset(their[name]),
  );
}
