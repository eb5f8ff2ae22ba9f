import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { type Assignee, listAssignees } from './assignees.sql.ts';

const refused = (message: string, remedy: string): TielineError =>
  new TielineError('USAGE', 'Nothing was assigned.', { fields: [{ field: 'to', message }], remedy });

/** The one person or team of that name. @throws TielineError USAGE where there is none, or nobody of it sees findings. */
export async function requireAssignee(db: Kysely<Database>, now: Date, to: string): Promise<Assignee> {
  const found = await listAssignees(db, now, to);
  const [only] = found;
  if (only === undefined)
    throw refused(`there is no person or team ${to}`, 'See `tieline remediation people`.');
  if (found.length > 1) throw refused(`${to} is both a person and a team`, 'Rename one of them.');
  if (only.sees.length === 0)
    throw refused(
      `${only.title} sees no findings, so that the work would wait unseen`,
      only.kind === 'team'
        ? 'Add a member who may see findings.'
        : 'Give them a role first: `tieline grants give`.',
    );
  return only;
}
