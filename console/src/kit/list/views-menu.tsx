/** Views of a list: ready-made ones, one's own, and those that others share. A view is filters, a sort and columns: an address. */
import IconBookmark from '@tabler/icons-react/dist/esm/icons/IconBookmark.mjs';
import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type SavedView, type ViewQuery, type Views, viewsQuery } from '../../api/views.ts';
import { useSession } from '../../shell/use-session.ts';
import type { Search } from '../search.ts';
import { usualColumns } from './columns.ts';
import type { ListSpec, ListView } from './list-spec.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';
import { ViewDialog } from './view-dialog.tsx';

const same = (one: Search, other: Search): boolean => {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  names.delete('system');
  return [...names].every((name) => one[name] === other[name]);
};
export const isShown = (view: ListView, filters: Search): boolean => same(view.filters, filters);

const isShownSaved = ({ query }: SavedView, state: ListState): boolean =>
  (query.filters === undefined || same(query.filters, state.filters)) &&
  (query.filters === undefined || query.sort === state.sort) &&
  (query.columns === undefined || query.columns.join(',') === state.columns?.join(','));

/** The list as it is shown: what a new view keeps. The boundary is chosen for all pages, and is not part of it. */
function shownOf<Row>(spec: ListSpec<Row>, state: ListState): ViewQuery {
  const { system: _system, ...filters } = state.filters;
  return {
    filters: Object.fromEntries(
      Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    columns: state.columns ?? usualColumns(spec),
    ...(state.sort === undefined ? {} : { sort: state.sort }),
    ...(state.group === undefined ? {} : { group: state.group }),
  };
}

const Choice = ({
  title,
  note,
  isCurrent,
  onChoose,
}: {
  readonly title: string;
  readonly note?: string | undefined;
  readonly isCurrent: boolean;
  readonly onChoose: () => void;
}) => (
  <Menu.Item onClick={onChoose}>
    {title}
    {note === undefined ? null : <span className="quiet"> {note}</span>}
    {isCurrent ? (
      <>
        <span aria-hidden="true"> ✓</span>
        <span className="hidden-text">, shown now</span>
      </>
    ) : null}
  </Menu.Item>
);

function noteOf({ share, isMine, owner, id }: SavedView, views: Views, systemName: (id: string) => string) {
  const seen =
    share.with === 'role'
      ? `for the role ${views.roles.find(({ role }) => role === share.role)?.title ?? share.role}`
      : share.with === 'system'
        ? `for ${systemName(share.systemId)}`
        : share.with === 'everybody'
          ? 'for everybody'
          : '';
  return [isMine ? '' : `by ${owner}`, seen, views.begins === id ? 'begins here' : '']
    .filter(Boolean)
    .join(', ');
}

const Saved = ({
  views,
  state,
  onChange,
}: {
  readonly views: Views;
  readonly state: ListState;
  readonly onChange: (view: SavedView) => void;
}) => {
  const { boundaries } = useSession();
  const systemName = (id: string): string => boundaries.find((each) => each.id === id)?.name ?? id;
  const own = views.items.filter(({ isMine }) => isMine);
  const shared = views.items.filter(({ isMine }) => !isMine);
  const choices = (items: readonly SavedView[]) =>
    items.map((view) => (
      <Choice
        key={view.id}
        title={view.name}
        note={noteOf(view, views, systemName)}
        isCurrent={isShownSaved(view, state)}
        onChoose={() => state.apply(view.query)}
      />
    ));
  return (
    <>
      {own.length > 0 ? <Menu.Label>Mine</Menu.Label> : null}
      {choices(own)}
      {shared.length > 0 ? <Menu.Label>Shared with me</Menu.Label> : null}
      {choices(shared)}
      {own.length > 0 ? <Menu.Label>Rename, share or delete</Menu.Label> : null}
      {own.map((view) => (
        <Menu.Item key={view.id} onClick={() => onChange(view)}>
          {view.name}…
        </Menu.Item>
      ))}
    </>
  );
};

export const ViewsMenu = <Row,>({
  spec,
  state,
}: {
  readonly spec: ListSpec<Row>;
  readonly state: ListState;
}) => {
  const { data: views } = useQuery(viewsQuery(spec.noun));
  const [dialog, setDialog] = useState<{ readonly view: SavedView | undefined }>();
  const current = spec.views.find((view) => isShown(view, state.filters));
  const saved = views?.items.find((view) => view.query.filters !== undefined && isShownSaved(view, state));
  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <button type="button" className={styles['tool']}>
            <IconBookmark size={14} aria-hidden />{' '}
            {saved?.name ?? (spec.viewStrip === true ? undefined : current?.title) ?? 'Views'}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {spec.viewStrip === true
            ? null
            : spec.views.map((view) => (
                <Choice
                  key={view.title}
                  title={view.title}
                  isCurrent={view === current}
                  onChoose={() => state.setFilters(view.filters, view.sort)}
                />
              ))}
          {views ? (
            <>
              <Saved views={views} state={state} onChange={(view) => setDialog({ view })} />
              {views.items.length > 0 || spec.viewStrip !== true ? <Menu.Divider /> : null}
              <Menu.Item onClick={() => setDialog({ view: undefined })}>
                Save what is shown as a view…
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {dialog && views ? (
        <ViewDialog
          list={spec.noun}
          views={views}
          view={dialog.view}
          shown={shownOf(spec, state)}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </>
  );
};
