/**
 * Which POA&Ms are open and which are over, in SQL: of the rooms of findings, weaknesses and POA&Ms alike, so that no list counts others than
 * its neighbour. What each status comes to is said once, in `poamStandings`.
 */
import { type RawBuilder, sql } from 'kysely';
import { type PoamStanding, poamStandings, statusSpellings } from '../../canonical/vocabulary/index.ts';

/** SQL of a status in canonical words, as `canonicalStatus` says it; a word that is not known stays as it is. */
export function canonicalStatusOf(column: RawBuilder<unknown>): RawBuilder<string | null> {
  const plain = sql`lower(regexp_replace(btrim(${column}, E' \\t\\r\\n'), '[\\s_-]+', ' ', 'g'))`;
  const known = Object.entries(statusSpellings).map(
    ([spelling, word]) => sql`when ${sql.lit(spelling)} then ${sql.lit(word)}`,
  );
  // Nearly all are spelled as we spell them, and to compare is a tenth of the work.
  const ours = sql.join([...new Set(Object.values(statusSpellings))].map((word) => sql.lit(word)));
  return sql`(case when ${column} in (${ours}) then ${column}::text
                   else case ${plain} ${sql.join(known, sql` `)} else ${column}::text end end)`;
}

const thatAre = (...standings: readonly PoamStanding[]): RawBuilder<unknown> =>
  sql.join(
    Object.entries(poamStandings)
      .filter(([, standing]) => standings.includes(standing))
      .map(([status]) => sql.lit(status)),
  );

/** SQL that is true of a POA&M that asks for work: neither completed, cancelled, nor a deviation. @param status its status, an expression. */
export const isOpenStatus = (status: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`coalesce(${canonicalStatusOf(status)} not in (${thatAre('deviation', 'completed', 'cancelled')}), true)`;

/** SQL that is true of a POA&M that answers nothing any more: completed or cancelled. @param status its status, an expression. */
export const isFinishedStatus = (status: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`coalesce(${canonicalStatusOf(status)} in (${thatAre('completed', 'cancelled')}), false)`;

/** The same of a row of ingestion_poams, by its alias. */
export const isOpenPoam = (poam: string): RawBuilder<boolean> => isOpenStatus(sql.ref(`${poam}.status`));
export const isFinished = (poam: string): RawBuilder<boolean> => isFinishedStatus(sql.ref(`${poam}.status`));
