import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

/** Names of people with a password and one of these rights, by a grant of their own in force, who have no second factor. */
export async function listWithoutFactor(
  db: Kysely<Database>,
  it: {
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
    readonly at: Date;
    readonly atMost: number;
  },
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select p.name from principals p
     where p.kind = 'person' and p.status <> 'disabled'
       and exists (select from principal_secrets s where s.principal_id = p.id and s.replaced_at is null)
       and not exists (select from second_factors f where f.principal_id = p.id)
       and exists (select from grants g where g.principal_id = p.id and g.revoked_at is null and (g.until_at is null or g.until_at > ${it.at})
                      and (g.role = any(${[...it.roles]}::text[]) or g.permission = any(${[...it.permissions]}::text[])))
     order by lower(p.name) limit ${it.atMost}`.execute(db);
  return rows.map(({ name }) => name);
}
