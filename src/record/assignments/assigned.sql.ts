/**
 * Whose a row is: work on a finding, a task, an alert. Each has the columns `assigned_principal_id` and `assigned_team_id`, and what is a team's is
 * its members' too.
 */
import { type RawBuilder, sql } from 'kysely';
import type { FilterTerm } from '../../platform/lists/index.ts';

const person = (row: string): RawBuilder<unknown> => sql.ref(`${row}.assigned_principal_id`);
const team = (row: string): RawBuilder<unknown> => sql.ref(`${row}.assigned_team_id`);

/** SQL of whether the row is nobody's yet. @param row its alias. */
export const isNobodys = (row: string): RawBuilder<boolean> =>
  sql<boolean>`(${person(row)} is null and ${team(row)} is null)`;

/** SQL of whether the row is of one of these persons, or of a team of theirs. @param persons SQL of ids. */
export const isOfPersons = (row: string, persons: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
  (${person(row)} in (${persons}) or ${team(row)} in (select m.team_id from team_members m where m.principal_id in (${persons})))`;

/** SQL of whether the row is of a person or team of one of these names, or of a team that such a person is in. */
export function isOfNamed(row: string, names: readonly string[]): RawBuilder<boolean> {
  const lowered = names.map((name) => name.toLowerCase());
  const persons = sql`select p.id from principals p where lower(p.name) = any(${lowered}::text[])`;
  return sql<boolean>`
  (${isOfPersons(row, persons)} or ${team(row)} in (select each.id from teams each where lower(each.name) = any(${lowered}::text[])))`;
}

/** The condition of a filter of whose a row is. */
export const assignedTo =
  (row: string) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    if (term.is === 'presence') return term.present ? sql`not ${isNobodys(row)}` : isNobodys(row);
    const among = isOfNamed(row, term.is === 'in' ? term.values : []);
    return term.is === 'in' && term.negated ? sql`(${among}) is not true` : among;
  };
