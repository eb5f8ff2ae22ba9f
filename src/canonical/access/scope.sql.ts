/** A scope in SQL: a row outside of it does not exist for who asks. */
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from './actor.ts';

/** SQL that is true of the rows of a scope. @param systemId column or expression of the authorization boundary (`system_id`) of a row. */
export function inScope(scope: Scope, systemId: RawBuilder<unknown>): RawBuilder<boolean> {
  if (scope.kind === 'everywhere') return sql<boolean>`true`;
  const among = sql<boolean>`${systemId} = any(${[...scope.systemIds]}::text[])`;
  return scope.unassigned ? sql<boolean>`(${among} or ${systemId} is null)` : among;
}
