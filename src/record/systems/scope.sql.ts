import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';

/** SQL that is true of rows in the scope. @param boundary SQL of the row's system_id; null where it is in no boundary. */
export function withinScope(scope: Scope, boundary: RawBuilder<unknown>): RawBuilder<boolean> {
  if (scope.kind === 'everywhere') return sql`true`;
  const among = sql<boolean>`${boundary} = any(${[...scope.systemIds]}::text[])`;
  return scope.unassigned ? sql`(${among} or ${boundary} is null)` : among;
}
