/** What people write about a POA&M among themselves: never sent. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface PoamComment {
  readonly id: string;
  readonly body: string;
  readonly principalId: string;
  /** What the person was called then. */
  readonly author: string;
  readonly createdAt: Date;
}

const columns = sql`comment_id::text as id, body, principal_id as "principalId", author, created_at as "createdAt"`;

/** The comments on a POA&M, the latest first. */
export async function listComments(
  db: Kysely<Database>,
  poamId: string,
  limit: number,
): Promise<PoamComment[]> {
  const { rows } = await sql<PoamComment>`
    select ${columns} from poam_comments where poam_id = ${poamId} order by id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export async function insertComment(
  db: Kysely<Database>,
  poamId: string,
  given: Pick<PoamComment, 'body' | 'principalId' | 'author'>,
): Promise<PoamComment> {
  const { rows } = await sql<PoamComment>`
    insert into poam_comments (poam_id, body, principal_id, author)
    values (${poamId}, ${given.body}, ${given.principalId}, ${given.author}) returning ${columns}`.execute(
    db,
  );
  return rows[0] as PoamComment; // an insert of one row gives it back
}
