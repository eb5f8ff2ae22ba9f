/**
 * Boundaries whose own record names a person: ISSO, system owner or authorizing official, as the GRC system or the host application writes them. Who is
 * named is said by mail address, account name or displayed name, in any case; several are separated by semicolons or lines (names hold commas).
 */
import { type RawBuilder, sql } from 'kysely';

/** The text of the field that grant `g` is about, of system `s`. */
const said = sql`
  case g.named_in when 'isso' then s.information_system_security_officer when 'owner' then s.system_owner when 'ao' then s.authorizing_official end`;

/** Whether a name `n.word` means a principal. */
const means = (principal: string): RawBuilder<boolean> => {
  const of = (column: string): RawBuilder<unknown> => sql`lower(${sql.ref(`${principal}.${column}`)})`;
  return sql`(lower(trim(n.word)) = ${of('name')} or lower(trim(n.word)) = ${of('email')} or lower(trim(n.word)) = ${of('display_name')}
    or lower(substring(n.word from '<\\s*([^<>]+?)\\s*>')) = ${of('email')})`;
};

const isAmbiguous = sql`
  exists (select from principals other
           where other.id <> g.principal_id and other.kind = 'person' and other.status <> 'disabled' and ${means('other')})`;

const named = (isClear: boolean): RawBuilder<unknown> => sql`
  array(select s.system_id::text from ingestion_systems s
         where s.system_id is not null
           and exists (select from principals me cross join lateral regexp_split_to_table(${said}, '[;\\n]') n(word)
                        where me.id = g.principal_id and ${means('me')} and ${isClear ? sql`not ${isAmbiguous}` : isAmbiguous})
         order by 1)`;

/** SQL of the boundaries that a row `g` of grants is for, now: an array of `system_id`. A name that several people bear gives nothing. */
export const boundariesOfGrant = sql<string[]>`
  (case when g.named_in is null then g.system_ids else ${named(true)} end)`;

/** SQL of the boundaries whose field names the account of grant `g` by a name that others bear too: they are not given. */
export const unclearOfGrant = sql<string[]>`
  (case when g.named_in is null then '{}'::text[] else ${named(false)} end)`;
