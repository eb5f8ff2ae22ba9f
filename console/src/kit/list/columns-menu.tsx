import IconColumns from '@tabler/icons-react/dist/esm/icons/IconColumns3.mjs';
import { Popover } from '@mantine/core';
import { usualColumns } from './columns.ts';
import type { ListSpec } from './list-spec.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';

const most = 12;

function orderOf<Row>(spec: ListSpec<Row>, state: ListState) {
  const chosen = state.columns ?? usualColumns(spec);
  const set = (ids: readonly string[]): void =>
    state.setColumns(ids.join(',') === usualColumns(spec).join(',') ? undefined : ids);
  return {
    chosen,
    ordered: [
      ...chosen.flatMap((id) => spec.columns.filter((column) => column.id === id)),
      ...spec.columns.filter((column) => !chosen.includes(column.id)),
    ],
    toggle: (id: string): void => {
      if (!chosen.includes(id)) set([...chosen, id]);
      else if (chosen.length > 1) set(chosen.filter((each) => each !== id));
    },
    moveUp: (id: string): void => {
      const at = chosen.indexOf(id);
      if (at > 0)
        set([...chosen.slice(0, at - 1), id, ...chosen.slice(at - 1).filter((each) => each !== id)]);
    },
  };
}

/** Which columns, and in which order. More than twelve make a list slow. */
export const ColumnsMenu = <Row,>({
  spec,
  state,
}: {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
}) => {
  const { chosen, ordered, toggle, moveUp } = orderOf(spec, state);
  return (
    <Popover position="bottom-end" width={260} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles['tool']}>
          <IconColumns size={14} aria-hidden /> Columns
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <ul className={styles['chooser']}>
          {ordered.map((column) => (
            <li key={column.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(column.id)}
                  onChange={() => toggle(column.id)}
                />
                {column.title}
              </label>
              {chosen.indexOf(column.id) > 0 ? (
                <button
                  type="button"
                  className={styles['tool']}
                  aria-label={`Move ${column.title} forward`}
                  onClick={() => moveUp(column.id)}
                >
                  ↑
                </button>
              ) : null}
            </li>
          ))}
        </ul>
        {chosen.length > most ? (
          <p className="attention">More than {most} columns make scrolling slow.</p>
        ) : null}
        {state.columns === undefined ? null : (
          <button type="button" className={styles['tool']} onClick={() => state.setColumns(undefined)}>
            Back to the usual columns
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
};
