/** Which POA&Ms are over, in SQL: of the room of findings and that of POA&Ms alike. */
import { sql } from 'kysely';

/** SQL that is true of a POA&M (an alias) that is completed or cancelled, in the spellings that are known (`canonicalStatus`). */
export const isFinished = (poam: string) =>
  sql.raw(`coalesce(lower(trim(${poam}.status)) in ('completed', 'closed', 'cancelled', 'canceled'), false)`);
