import type { ListSpec } from '../list-spec.ts';
import type { ListState } from '../list-state.ts';
import type { Selection } from '../selection.ts';

export interface GridProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
  readonly defaultSort: string;
  readonly rows: readonly Row[];
  readonly label: string;
  readonly complete: boolean;
  readonly loading: 'first' | 'again' | undefined;
  readonly loadMore: (() => void) | undefined;
  readonly selection: Selection;
  /** The key of the row that is open in the drawer. */
  readonly openKey: string | undefined;
  readonly onOpen: (row: Row, how: 'drawer' | 'page') => void;
  readonly onCellMenu?: (row: Row, column: string, at: { x: number; y: number }) => void;
}
