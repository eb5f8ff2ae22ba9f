/** Ready-made views, and those that a person kept in this browser. A view is filters and a sort: an address. */
import IconBookmark from '@tabler/icons-react/dist/esm/icons/IconBookmark.mjs';
import { Menu } from '@mantine/core';
import type { Search } from '../search.ts';
import type { ListSpec, ListView } from './list-spec.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';

export const isShown = (view: ListView, filters: Search): boolean => {
  const names = new Set([...Object.keys(view.filters), ...Object.keys(filters)]);
  names.delete('system');
  return [...names].every((name) => view.filters[name] === filters[name]);
};

export const ViewsMenu = <Row,>({
  spec,
  state,
}: {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
}) => {
  const current = spec.views.find((view) => isShown(view, state.filters));
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={styles['tool']}>
          <IconBookmark size={14} aria-hidden /> {current?.title ?? 'Views'}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {spec.views.map((view) => (
          <Menu.Item
            key={view.title}
            role="menuitemradio"
            aria-checked={view === current}
            onClick={() => state.setFilters(view.filters, view.sort)}
          >
            {view.title}
            {view === current ? ' ✓' : ''}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
