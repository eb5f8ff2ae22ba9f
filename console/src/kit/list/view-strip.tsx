/** The ready-made views of a list as buttons in a row, for lists that are read by them. */
import type { ListSpec } from './list-spec.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';
import { isShown } from './views-menu.tsx';

export const ViewStrip = <Row,>({
  spec,
  state,
}: {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
}) => (
  <div className={styles['views']} role="group" aria-label="Views">
    {spec.views.map((view) => (
      <button
        key={view.title}
        type="button"
        className={styles['view']}
        aria-pressed={isShown(view, state.filters)}
        onClick={() => state.setFilters(view.filters, view.sort)}
      >
        {view.title}
      </button>
    ))}
  </div>
);
