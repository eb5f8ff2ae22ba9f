/** Saved views of lists: one's own, and what others share. */
import { queryOptions } from '@tanstack/react-query';
import { get, patch, post, remove, type Versioned } from './http/client.ts';

/** As the address of a page has it. What is left out, the view leaves as it is. */
export interface ViewQuery {
  readonly filters?: Readonly<Record<string, string>>;
  readonly sort?: string;
  readonly columns?: readonly string[];
  readonly group?: string;
}
export type ViewShare =
  | { readonly with: 'nobody' }
  | { readonly with: 'everybody' }
  | { readonly with: 'role'; readonly role: string }
  | { readonly with: 'system'; readonly systemId: string };

export interface SavedView {
  readonly id: string;
  readonly list: string;
  readonly name: string;
  readonly query: ViewQuery;
  readonly share: ViewShare;
  readonly isRoleDefault: boolean;
  readonly owner: string;
  readonly isMine: boolean;
  readonly version: string;
}
export interface Views {
  readonly items: readonly SavedView[];
  readonly begins: string | null;
  readonly beginsBy: 'person' | 'role' | null;
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly maySetRoleDefault: boolean;
}

export const viewsQuery = (list: string) =>
  queryOptions({
    queryKey: ['views', list],
    queryFn: ({ signal }) => get<Views>('/views', { query: { list }, signal }),
    staleTime: 60_000,
  });

export type ViewToSave = Pick<SavedView, 'name' | 'query' | 'share' | 'isRoleDefault'>;
export const addView = (list: string, view: ViewToSave): Promise<SavedView> =>
  post('/views', { list, ...view });
export const changeView = (
  { id, version }: SavedView,
  change: Partial<ViewToSave>,
): Promise<Versioned<SavedView>> => patch(`/views/${id}`, change, `"${version}"`);
export const removeView = ({ id, version }: SavedView): Promise<void> =>
  remove(`/views/${id}`, { ifMatch: `"${version}"` });
/** @param viewId null: the list begins with none; undefined: as one's role has it. */
export const chooseView = (list: string, viewId: string | null | undefined): Promise<void> =>
  post('/views/default', { list, ...(viewId === undefined ? {} : { viewId }) });
