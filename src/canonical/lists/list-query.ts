import type { After, Filter, Sort } from '../../platform/lists/index.ts';
import type { FilterOf, SortOf } from './define-list.ts';

/** A page of a list as it is asked for: parsed, with where it begins. */
export interface ListQuery<L> {
  readonly filter: Filter<FilterOf<L>>;
  readonly sort: Sort<SortOf<L>>;
  readonly after?: After | undefined;
  readonly limit: number;
}
