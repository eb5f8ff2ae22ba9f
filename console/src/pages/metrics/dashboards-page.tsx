/** Dashboards: those that ship, one's own, and those shared with one. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { download } from '../../api/http/client.ts';
import { dashboardQuery, dashboardsQuery, type DashboardData, type DashboardRow } from '../../api/metrics.ts';
import { TakeAway } from '../../kit/act/take-away.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { DashboardEditor } from './dashboard-editor.tsx';
import styles from './metrics.module.css';
import { Tile } from './tile.tsx';
import { periods, usualDays } from './words.ts';

const usualDashboard = 'executive';

const Tiles = ({ of, system }: { readonly of: DashboardData; readonly system: string | undefined }) => (
  <>
    {of.purpose === null ? null : <p className="quiet">{of.purpose}</p>}
    <div className={styles['tiles']} data-columns={of.isShipped ? undefined : of.columns}>
      {of.tiles.map((tile) => (
        <Tile
          key={`${tile.tile.metric} ${tile.tile.measure} ${tile.tile.by ?? ''}`}
          of={tile}
          system={system}
        />
      ))}
    </div>
  </>
);

const sharedWords = ({ isShipped, isMine, isPublic, owner, roles }: DashboardRow): string | null => {
  if (isShipped) return null;
  const withWhom = isPublic ? 'everybody' : roles.length > 0 ? `holders of ${roles.join(', ')}` : 'nobody';
  return isMine
    ? `Your dashboard, shared with ${withWhom}.`
    : `By ${owner ?? 'somebody who is gone'}, shared with ${withWhom}. The numbers are those of your systems.`;
};

const choicesOf = (items: readonly DashboardRow[]) => {
  const group = (title: string, isShipped: boolean) => ({
    group: title,
    items: items
      .filter((each) => each.isShipped === isShipped)
      .map(({ id, name }) => ({ value: id, label: name })),
  });
  return [group('Built in', true), group('Your own and shared', false)].filter(
    (each) => each.items.length > 0,
  );
};

interface Period {
  readonly days: number;
  readonly system: string | undefined;
}

const forms = [
  { words: 'CSV', accept: 'text/csv', end: 'csv' },
  { words: 'PDF', accept: 'application/pdf', end: 'pdf' },
] as const;

/** What takes the numbers out of the page: as a file, or on paper. */
const TakeNumbers = ({
  id,
  name,
  period,
}: {
  readonly id: string;
  readonly name: string;
  readonly period: Period;
}) => (
  <TakeAway
    head={`Export ${name}, the numbers of ${period.days} days`}
    what="this dashboard"
    forms={forms}
    save={({ accept, end }, further) =>
      download(
        `/dashboards/${encodeURIComponent(id)}/export`,
        { ...period, ...further },
        accept,
        `${id}.${end}`,
      )
    }
  />
);

type Editing = 'new' | 'this';

const EditButtons = ({
  of,
  edit,
}: {
  readonly of: DashboardRow;
  readonly edit: (editing: Editing) => void;
}) => (
  <>
    <Button variant="default" onClick={() => edit('new')}>
      {of.isShipped ? 'Make your own from it…' : 'Copy…'}
    </Button>
    {of.isMine ? (
      <Button variant="default" onClick={() => edit('this')}>
        Edit…
      </Button>
    ) : null}
  </>
);

/** How many days are looked at; it stands in the address. */
const PeriodField = ({ days }: Pick<Period, 'days'>) => {
  const navigate = useNavigate();
  return (
    <NativeSelect
      label="Period"
      value={String(days)}
      data={periods.map(([value, label]) => ({ value, label }))}
      onChange={(event) => {
        const value = event.currentTarget.value;
        void navigate({ to: '.', search: (before) => ({ ...before, days: value }) });
      }}
    />
  );
};

export const DashboardsPage = () => {
  const { dashboardId = usualDashboard } = useParams({ strict: false });
  const { system, days } = useSearch({ strict: false });
  const navigate = useNavigate();
  const mayMake = useMay('dashboard:write');
  const [editing, setEditing] = useState<Editing>();
  const period = { days: Number(days ?? usualDays), system };
  const all = useQuery(dashboardsQuery);
  const shown = useQuery(dashboardQuery(dashboardId, period));
  const items = all.data?.items ?? [];
  const current = items.find(({ id }) => id === dashboardId);
  const open = (id: string): void =>
    void navigate({
      to: '/dashboards/{-$dashboardId}',
      params: { dashboardId: id },
      search: (before) => before,
    });
  const shared = current ? sharedWords(current) : null;
  return (
    <div className={detail['page']}>
      <PageTitle title={current?.name ?? 'Dashboards'} />
      <div className={styles['bar']} data-no-print>
        <NativeSelect
          label="Dashboard"
          value={dashboardId}
          onChange={(event) => open(event.currentTarget.value)}
          data={choicesOf(items)}
        />
        <PeriodField days={period.days} />
        <TakeNumbers id={dashboardId} name={current?.name ?? 'the dashboard'} period={period} />
        {mayMake && current ? <EditButtons of={current} edit={setEditing} /> : null}
        <Link to="/metrics" className={styles['all']}>
          All metrics
        </Link>
      </div>
      {shared === null ? null : <p className="quiet">{shared}</p>}
      <Loaded query={shown} whole>
        {(dashboard) => <Tiles of={dashboard} system={system} />}
      </Loaded>
      {editing !== undefined && current ? (
        <DashboardEditor
          of={current}
          isNew={editing === 'new'}
          close={() => setEditing(undefined)}
          open={open}
        />
      ) : null}
    </div>
  );
};
