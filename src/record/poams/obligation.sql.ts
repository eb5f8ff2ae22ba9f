/**
 * How a POA&M stands against its obligation, `poam_due_dates` (docs/due-dates.md, decision 0029), over `p`: it is late where it is open and either
 * promises a later day than it is obliged to, or that day is past. One that a person let stand is late as well: they answered the inbox, not the policy.
 */
import { type RawBuilder, sql } from 'kysely';
import { type FilterTerm, instantOf } from '../../platform/lists/index.ts';
import type { PoamColumns } from './poam-columns.sql.ts';

/** `past`: the day by which it is obliged is over. `promised`: that day lies ahead, and the promised one behind it. */
export type Lateness = 'past' | 'promised';

/** The filter of that day, for whole lists: by what `poam_due_dates` holds, found for all at once. */
export function obligedTerm(term: FilterTerm): RawBuilder<boolean> {
  if (term.is === 'presence') {
    const known = sql`select d.poam_ref from poam_due_dates d where d.obliged_by is not null`;
    return term.present ? sql`(p.id in (${known}))` : sql`(p.id not in (${known}))`;
  }
  return sql`(p.id in (select d.poam_ref from poam_due_dates d where ${instantOf(sql`d.obliged_by`)(term)}))`;
}

/** SQL of the day by which it is obliged; null where no policy obliges it. */
export const obligedBy: RawBuilder<unknown> = sql`(select d.obliged_by from poam_due_dates d where d.poam_ref = p.id)`;

const today = (now: Date): RawBuilder<unknown> => sql`${now.toISOString().slice(0, 10)}::date`;

/**
 * SQL of whether it is late, for whole lists. Which ones are is found for all at once and then looked up (a hashed set): asked POA&M by POA&M, a
 * list of 20,000 takes twice as long.
 */
export const isLateObligation = ({ isOpen }: PoamColumns, now: Date): RawBuilder<boolean> =>
  sql<boolean>`(p.id in (select d.poam_ref from poam_due_dates d join ingestion_poams promising on promising.id = d.poam_ref
                          where d.obliged_by < ${today(now)} or promising.scheduled_completion::date > d.obliged_by)
               and ${isOpen})`;

/** SQL of how it is late, for the rows that are shown; null where it is not. */
export const latenessOf = ({ isOpen, due }: PoamColumns, now: Date): RawBuilder<Lateness | null> =>
  sql<Lateness | null>`(case when not ${isOpen} then null
                             when ${obligedBy} < ${today(now)} then 'past'
                             when ${due}::date > ${obligedBy} then 'promised' end)`;
