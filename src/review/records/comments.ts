/** Comments on a POA&M that stay in Tieline. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { findPoamSystem } from '../../record/poams/index.ts';
import type { App } from '../../engine/run/index.ts';
import { insertComment, listComments, type PoamComment } from './comments.sql.ts';
import { unknownRecord } from './edit-record.ts';

const longest = 10_000;

async function assertThere(app: Pick<App, 'db'>, scope: Scope, poamId: string): Promise<void> {
  const poam = await findPoamSystem(app.db, poamId);
  if (!poam || !isWithin(scope, poam.systemId)) throw unknownRecord('poam', poamId);
}

/** @throws RECORD_UNKNOWN, EDIT_REFUSED. */
export async function commentPoam(
  app: App,
  actor: Actor,
  scope: Scope,
  given: { readonly poamId: string; readonly body: string },
): Promise<PoamComment> {
  await assertThere(app, scope, given.poamId);
  const body = given.body.trim();
  if (body === '' || body.length > longest)
    throw new TielineError('EDIT_REFUSED', 'The comment was not saved.', {
      fields: [{ field: 'body', message: `has ${body.length} characters; expected 1 to ${longest}` }],
    });
  return insertComment(app.db, given.poamId, { body, principalId: actor.principalId, author: actor.name });
}

/** The comments on a POA&M, the latest first. @throws RECORD_UNKNOWN. */
export async function listPoamComments(
  app: Pick<App, 'db'>,
  scope: Scope,
  poamId: string,
  limit: number,
): Promise<PoamComment[]> {
  await assertThere(app, scope, poamId);
  return listComments(app.db, poamId, limit);
}
