/** Parts that several kinds of records are read with: each SQL of a JSON object or list, its fields named as the shapes of conditions name them. */
import { type RawBuilder, sql } from 'kysely';
import { isAcceptedFinding, severityWord } from '../../../../record/findings/index.ts';
import type { PoamColumns } from '../../../../record/poams/index.ts';

/** SQL of an instant as ISO in UTC: of a day, or of a time that is kept in UTC, or with a zone (each connection is set to UTC). */
export const instant = (column: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql`to_char((${column})::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** SQL of whether finding `v` was fixed and a scan said so after somebody had reported the fix, else after it was last seen. */
const isVerified = sql`(v.lifecycle_state = 'fixed' and v.last_fixed >= coalesce(v.fix_reported_at::timestamp, v.last_found, v.last_fixed))`;

/** SQL of finding `v` as a part of another record. */
export const findingPart = sql`jsonb_build_object(
  'id', v.id, 'plugin', v.plugin_id::text, 'severity', ${sql.raw(severityWord('v.severity_rank'))}, 'state', v.lifecycle_state,
  'accepted', ${sql.raw(isAcceptedFinding('v'))}, 'last_found', ${instant(sql`v.last_found`)},
  'fix_reported', ${instant(sql`v.fix_reported_at`)}, 'verified', ${isVerified}, 'first_found', ${instant(sql`v.first_found`)}, 'missing', ${instant(sql`v.missing_since`)})`;

/** So many of a list are read: one more than a condition may ask about, so that it is known that there are more. */
/**
 * SQL of whether a column is one of the ids. A step of a run reads one record, and only where the statement says that does PostgreSQL keep its plan: of a
 * list it would rather plan each time for the ids that are given.
 */
export const isAmong = (
  column: string,
  ids: readonly (string | number)[],
  type: 'int' | 'text' | 'uuid',
): RawBuilder<boolean> =>
  ids.length === 1
    ? sql<boolean>`${sql.ref(column)} = ${ids[0]}::${sql.raw(type)}`
    : sql<boolean>`${sql.ref(column)} = any(${[...ids]}::${sql.raw(type)}[])`;

export const listed = (most: number): RawBuilder<unknown> => sql.lit(most + 1);

/** SQL of POA&M `p` as a part of another record. */
export const poamPart = (columns: PoamColumns): RawBuilder<unknown> => sql`jsonb_build_object(
  'id', p.poam_id, 'state', ${columns.status}, 'open', ${columns.isOpen}, 'severity', ${columns.severity},
  'due', ${instant(columns.due)}, 'completed', ${instant(columns.of('actual_completion'))}, 'created', ${instant(sql`p.created_at`)})`;

/** SQL of an empty list where there is nothing: what has no findings has none, which is not unknown. */
export const orNone = (list: RawBuilder<unknown>): RawBuilder<unknown> => sql`coalesce(${list}, '[]'::jsonb)`;
