/** Dashboards: those that ship, and those that people make of tiles. What is in a tile, the scope of who looks decides, whoever made it. */
import type { Actor, Role, Scope } from '../../../canonical/access/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  knownMetrics,
  type ListedMeasure,
  type ListedMetric,
  listMetrics,
  measureOf,
} from '../list-metrics.ts';
import { requireBoundary } from '../records/metric-records.ts';
import { readValues, takenDays } from '../values/read-values.sql.ts';
import { dayAfter, type Point, seriesOf, valueTogether } from '../values/series.ts';
import {
  deleteDashboard,
  isOwner,
  listOwnDashboards,
  type NewDashboard,
  type OwnDashboardRow,
  saveDashboard,
} from './dashboards.sql.ts';
import { shippedDashboards, type Tile } from './tiles.ts';

export interface ListedDashboard {
  /** Of one that ships a word, of an own one a number. */
  readonly id: string;
  readonly name: string;
  readonly purpose: string | null;
  readonly isShipped: boolean;
  readonly tiles: readonly Tile[];
  readonly owner: string | null;
  readonly isMine: boolean;
  readonly isPublic: boolean;
  readonly roles: readonly Role[];
  /** Tiles beside each other on a wide page. */
  readonly columns: number;
  /** How often a page that shows it asks for newer numbers. */
  readonly refreshSeconds: number;
  /** Null of one that ships. */
  readonly createdAt: Date | null;
  readonly changedAt: Date | null;
}

export interface TileData {
  readonly tile: Tile;
  readonly metric: Pick<
    ListedMetric,
    | 'code'
    | 'name'
    | 'title'
    | 'definition'
    | 'formula'
    | 'source'
    | 'takenOn'
    | 'isComputed'
    | 'needs'
    | 'problem'
  >;
  readonly measure: ListedMeasure;
  /** Of a tile without `by`: its values in the period. */
  readonly points: readonly Point[];
  /** Of a tile with `by`: the values of the last day, the largest first. */
  readonly bars: readonly { readonly of: string; readonly value: number }[];
  /** How many bars were left out. */
  readonly barsLeft: number;
}

export interface DashboardData extends Omit<ListedDashboard, 'tiles'> {
  readonly from: string;
  readonly to: string;
  readonly system: string | null;
  readonly tiles: readonly TileData[];
}

const listed = (actor: Actor, row: OwnDashboardRow): ListedDashboard => ({
  id: String(row.id),
  name: row.name,
  purpose: null,
  isShipped: false,
  tiles: row.tiles,
  owner: row.owner,
  isMine: isOwner(actor, row),
  isPublic: row.isPublic,
  roles: row.roles,
  columns: row.columns,
  refreshSeconds: row.refreshSeconds,
  createdAt: row.createdAt,
  changedAt: row.changedAt,
});

/** As the columns of the plan begin. */
const usualLayout = { columns: 3, refreshSeconds: 300 } as const;

/** Those that ship, and those of one's own or shared with one. */
export async function listDashboards(app: Pick<App, 'db'>, actor: Actor): Promise<ListedDashboard[]> {
  return [
    ...shippedDashboards.map(({ id, name, purpose, tiles }): ListedDashboard => ({
      id,
      name,
      purpose,
      isShipped: true,
      tiles,
      owner: null,
      isMine: false,
      isPublic: true,
      roles: [],
      ...usualLayout,
      createdAt: null,
      changedAt: null,
    })),
    ...(await listOwnDashboards(app.db, actor)).map((row) => listed(actor, row)),
  ];
}

/** @throws DASHBOARD_UNKNOWN, also where it is not shared with the actor. */
async function findDashboard(app: Pick<App, 'db'>, actor: Actor, id: string): Promise<ListedDashboard> {
  const found = (await listDashboards(app, actor)).find((each) => each.id === id);
  if (found) return found;
  throw new TielineError('DASHBOARD_UNKNOWN', `There is no dashboard "${id}".`);
}

const barsAtMost = 12;

/** A dashboard with its numbers, all of stored values. @throws DASHBOARD_UNKNOWN; RECORD_UNKNOWN of a boundary out of scope. */
export async function fetchDashboard(
  app: Pick<App, 'db' | 'now'>,
  who: { readonly actor: Actor; readonly scope: Scope },
  {
    id,
    days = 90,
    system,
  }: { readonly id: string; readonly days?: number; readonly system?: string | undefined },
): Promise<DashboardData> {
  const { tiles, ...dashboard } = await findDashboard(app, who.actor, id);
  const reach = await requireBoundary(app, who.scope, system);
  const to = app.now().toISOString().slice(0, 10);
  const from = dayAfter(to, 1 - days);
  const metrics = await listMetrics(app, reach, new Set(tiles.map(({ metric }) => metric)));
  const filled: TileData[] = [];
  for (const tile of tiles) {
    const metric = metrics.find(({ name }) => name === tile.metric);
    const measure = metric?.measures.find(({ key }) => key === tile.measure);
    // An own metric that somebody ended is in no dashboard any more.
    if (metric && measure) filled.push(await fillTile(app, reach, { tile, metric, measure, from, to }));
  }
  return { ...dashboard, from, to, system: system ?? null, tiles: filled };
}

async function fillTile(
  app: Pick<App, 'db'>,
  reach: Scope,
  of: {
    readonly tile: Tile;
    readonly metric: ListedMetric;
    readonly measure: ListedMeasure;
    readonly from: string;
    readonly to: string;
  },
): Promise<TileData> {
  const { tile, metric, measure, from, to } = of;
  const { code, name, title, definition, formula, source, takenOn, isComputed, needs, problem } = metric;
  const words = { code, name, title, definition, formula, source, takenOn, isComputed, needs, problem };
  const query = { metric: name, measure: measure.key };
  if (tile.by === null) {
    const rows = await readValues(app.db, reach, { ...query, from, to });
    const taken = await takenDays(app.db, { metric: name, from, to });
    return {
      tile,
      metric: words,
      measure,
      points: seriesOf(measure.aggregate, rows, taken),
      bars: [],
      barsLeft: 0,
    };
  }
  const rows =
    takenOn === null
      ? []
      : await readValues(app.db, reach, { ...query, by: tile.by, from: takenOn, to: takenOn });
  const { by } = tile;
  const groups = Map.groupBy(rows, (row) =>
    by === 'system' ? (row.systemId ?? 'in no system') : (row[by] ?? 'none'),
  );
  const bars = [...groups].flatMap(([group, own]) => {
    const value = valueTogether(measure.aggregate, own);
    return value === undefined ? [] : [{ of: group, value }];
  });
  const sorted =
    by === 'system' ? bars.toSorted((one, other) => other.value - one.value) : bars.toSorted(byOwnOrder);
  return {
    tile,
    metric: words,
    measure,
    points: [],
    bars: sorted.slice(0, barsAtMost),
    barsLeft: Math.max(0, sorted.length - barsAtMost),
  };
}

const severityOrder = ['Critical', 'High', 'Medium', 'Low', 'none'];
const byOwnOrder = (one: { of: string }, other: { of: string }): number => {
  const [a, b] = [severityOrder.indexOf(one.of), severityOrder.indexOf(other.of)];
  return a >= 0 || b >= 0 ? a - b : one.of.localeCompare(other.of, 'en', { numeric: true });
};

/** @throws METRIC_UNKNOWN, REQUEST_INVALID naming the tile. */
async function checkTiles(app: Pick<App, 'db'>, tiles: readonly Tile[]): Promise<void> {
  const known = await knownMetrics(app);
  const faults = tiles.flatMap(({ metric, measure, by }, n): FieldFault[] => {
    const found = known.find(({ name }) => name === metric);
    const field = `/tiles/${n}`;
    if (!found) return [{ field, message: `There is no metric "${metric}".` }];
    measureOf(found, measure);
    return by === null || found.by.includes(by)
      ? []
      : [{ field, message: `${found.title} is not broken down by ${by}.` }];
  });
  if (faults.length > 0)
    throw new TielineError('REQUEST_INVALID', 'The dashboard was not saved.', { fields: faults });
}

/** @param id undefined: a new one. @throws DASHBOARD_UNKNOWN where it is somebody else's; REQUEST_INVALID. */
export async function keepDashboard(
  app: Pick<App, 'db' | 'now'>,
  actor: Actor,
  dashboard: NewDashboard,
  id?: string,
): Promise<ListedDashboard> {
  if (id !== undefined) await requireOwn(app, actor, id);
  await checkTiles(app, dashboard.tiles);
  const kept = await saveDashboard(app.db, actor, dashboard, {
    id: id === undefined ? undefined : Number(id),
    now: app.now(),
  });
  return await findDashboard(app, actor, String(kept));
}

/** @throws DASHBOARD_UNKNOWN where it is somebody else's. */
export async function removeDashboard(app: Pick<App, 'db'>, actor: Actor, id: string): Promise<void> {
  await requireOwn(app, actor, id);
  await deleteDashboard(app.db, Number(id));
}

async function requireOwn(app: Pick<App, 'db'>, actor: Actor, id: string): Promise<void> {
  const found = await findDashboard(app, actor, id);
  if (found.isShipped || !found.isMine)
    throw new TielineError('DASHBOARD_UNKNOWN', `You have no dashboard "${id}" of your own.`, {
      remedy: found.isShipped
        ? 'A dashboard that ships cannot be changed: make one of your own.'
        : 'Its owner can change it.',
    });
}

/** A row of a dashboard's CSV. */
export interface DashboardRow {
  readonly metric: string;
  readonly title: string;
  readonly measure: string;
  readonly unit: string;
  readonly of: string;
  readonly day: string;
  readonly value: number | null;
  readonly comparison: string | null;
  readonly target: number | null;
  readonly remark: string;
}

/** The numbers of a dashboard as rows, for CSV. */
export const dashboardRows = ({ tiles }: DashboardData): DashboardRow[] =>
  tiles.flatMap(({ metric, measure, tile, points, bars }): DashboardRow[] => {
    const words = {
      metric: metric.code ?? metric.name,
      title: measure.title,
      measure: measure.key,
      unit: measure.unit,
      comparison: measure.target?.comparison ?? null,
      target: measure.target?.target ?? null,
    };
    if (metric.needs !== null)
      return [{ ...words, of: '', day: '', value: null, remark: `needs ${metric.needs}` }];
    return tile.by === null
      ? points.map(({ day, value, isComputed }) => ({
          ...words,
          of: '',
          day,
          value,
          remark: isComputed ? 'computed' : '',
        }))
      : bars.map(({ of, value }) => ({ ...words, of, day: metric.takenOn ?? '', value, remark: '' }));
  });
