/** Which repositories are read: the scope of everything in a Security Center. */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import type { ScSession } from '../session.ts';
import type { TenableScSettings } from '../settings.ts';

const repositoryList = z.array(z.looseObject({ id: z.coerce.string() }));
export interface Reading {
  readonly session: ScSession;
  readonly settings: TenableScSettings;
  readonly now: () => Date;
}

/** @throws TielineError SETTING_INVALID where one that is set cannot be seen */
export async function fetchRepositories(
  { session, settings }: Reading,
  signal: AbortSignal,
): Promise<string[]> {
  const all = await session.fetch(
    { method: 'GET', path: '/rest/repository', query: { fields: 'id,name' }, signal },
    repositoryList,
  );
  const ids = all.map((each) => each.id);
  const unknown = settings.repositories?.filter((id) => !ids.includes(id)) ?? [];
  if (unknown.length > 0)
    throw new TielineError('SETTING_INVALID', `The account sees no repository ${unknown.join(', ')}.`, {
      fields: [{ field: 'repositories', message: `there are ${ids.join(', ')}` }],
    });
  return settings.repositories ?? ids;
}
