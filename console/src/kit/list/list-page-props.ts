import type { ReactNode } from 'react';
import type { Search } from '../search.ts';
import type { ListSpec } from './list-spec.ts';
import type { ListState } from './list-state.ts';
import type { Selection } from './selection.ts';

export interface ListPageProps<Row> {
  readonly spec: ListSpec<Row>;
  /** Absent where the list is a part of another page. */
  readonly title?: string;
  /** Filters of the page itself: the findings of one asset. Keep the same object between renders. */
  readonly fixed?: Search;
  /** Below the title: the way to the pages beside this one. */
  readonly nav?: ReactNode;
  /** Between filters and table: counts that are buttons. */
  readonly strip?: (state: ListState) => ReactNode;
  /** Right of the title: other forms of the same list. */
  readonly tools?: ReactNode;
  /** Instead of the table, under the same filters: groups, a board. */
  readonly instead?: (state: ListState, filters: Search) => ReactNode;
  readonly bulk?: (selection: Selection) => ReactNode;
  readonly openKey?: string | undefined;
  readonly drawer?: ReactNode;
}
