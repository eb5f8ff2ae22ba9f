import { fillPath } from './field-path.ts';
import { fetchPage, type ListPage } from './lists.ts';
import type { Profile } from './profile.ts';
import { externalRecord } from './records.ts';
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
    let at: string | undefined;
    do {
      const page: ListPage = await fetchPage(session, profile, list, at);
      for (const item of page.items) ids.add(externalRecord(profile, entity, item).externalId);
      at = page.next;
    } while (at !== undefined);
  }
  ids.delete('');
  return [...ids];
}
