/** Walks a list page by page, in any of the page styles of a profile. */
import { TielineError } from '../../platform/errors/index.ts';
import { type Json, scalarText } from '../../platform/values/index.ts';
import { valueAt } from './field-path.ts';
import type { Profile } from './profile.ts';
import type { Session } from './session.ts';

export interface ListPage {
  readonly items: readonly Json[];
  /** Where the next page begins: page number, offset, cursor or address; undefined: this was the last. */
  readonly next: string | undefined;
  /** The server's Date header. */
  readonly date: string | undefined;
}

export interface ListRequest {
  readonly path: string;
  readonly items: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Fetches the page at `at` (undefined: the first). */
export async function fetchPage(
  session: Session,
  profile: Profile,
  list: ListRequest,
  at: string | undefined,
): Promise<ListPage> {
  const { paging } = profile;
  const query: Record<string, string | number> = { ...list.query };
  let path = list.path;
  switch (paging.style) {
    case 'none':
      break;
    case 'page':
      query[paging.pageParameter] = at ?? paging.first;
      break;
    case 'offset':
      query[paging.offsetParameter] = at ?? 0;
      break;
    case 'cursor':
      if (at !== undefined) query[paging.cursorParameter] = at;
      break;
    case 'link':
      if (at !== undefined) {
        const link = new URL(at, 'http://link');
        path = link.pathname;
        for (const [name, value] of link.searchParams) query[name] = value;
      }
  }
  if (paging.style !== 'none' && paging.sizeParameter !== undefined)
    query[paging.sizeParameter] = paging.size;
  const { body, response } = await session.fetch({
    method: 'GET',
    path,
    query,
    retry: 'safe',
    signal: list.signal,
  });
  const items = list.items === undefined ? (body as Json) : valueAt(body, list.items);
  if (!Array.isArray(items))
    throw new TielineError(
      'REMOTE_UNEXPECTED',
      `GET ${path}: the answer has no list${list.items === undefined ? '' : ` in ${list.items}`}.`,
    );
  return {
    items,
    next: nextOf(profile, body, items.length, at, response.headers['link']),
    date: response.headers['date'],
  };
}

function nextOf(
  profile: Profile,
  body: unknown,
  count: number,
  at: string | undefined,
  link: string | undefined,
): string | undefined {
  const { paging } = profile;
  switch (paging.style) {
    case 'none':
      return undefined;
    case 'page': {
      if (paging.next !== undefined) return scalarText(valueAt(body, paging.next) ?? null) || undefined;
      return count < paging.size ? undefined : String(Number(at ?? paging.first) + 1);
    }
    case 'offset':
      return count < paging.size ? undefined : String(Number(at ?? 0) + count);
    case 'cursor':
      return scalarText(valueAt(body, paging.next) ?? null) || undefined;
    case 'link':
      return /<([^>]+)>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  }
}
