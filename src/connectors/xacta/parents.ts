import { PageWalk } from '../kit/index.ts';
import { fillPath } from './field-path.ts';
import { fetchPage, type ListPage } from './lists.ts';
import type { Profile } from './profile.ts';
import { idOf } from './records.ts';
import type { Session } from './session.ts';

/** The ids of all records that may have children: every page of the parent's list, whatever changed. */
export async function listParents(
  session: Session,
  profile: Profile,
  entity: 'system' | 'poam',
  signal: AbortSignal,
): Promise<string[]> {
  const shape = profile.entities[entity];
  if (!shape.list) return [];
  const grandparents = shape.parent ? await listParents(session, profile, shape.parent.entity, signal) : [''];
  const ids = new Set<string>();
  for (const parent of grandparents) {
    const list = {
      path: fillPath(shape.list.path, { parent }),
      items: shape.list.items,
      query: shape.list.query,
      signal,
    };
    const walk = new PageWalk(`GET ${list.path}`);
    let at: string | undefined;
    do {
      const page: ListPage = await fetchPage(session, profile, list, at);
      const found = page.items.map((item) => idOf(profile, entity, item));
      walk.note({ at, next: page.next, ids: found });
      for (const id of found) ids.add(id);
      at = page.next;
    } while (at !== undefined);
  }
  ids.delete('');
  return [...ids];
}
