/** Metrics and dashboards, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  dashboardData,
  dashboardRow,
  metricRecordList,
  metricRow,
  metricSeries,
  newDashboard,
  newMetricTarget,
} from '../../../src/contract/index.ts';
import { download, get, post, type Query } from './http/client.ts';

export type MetricRow = z.infer<typeof metricRow>;
export type MeasureRow = MetricRow['measures'][number];
export type MetricSeries = z.infer<typeof metricSeries>;
export type MetricRecords = z.infer<typeof metricRecordList>;
export type DashboardRow = z.infer<typeof dashboardRow>;
export type DashboardData = z.infer<typeof dashboardData>;
export type TileData = DashboardData['tiles'][number];
export type NewDashboard = z.input<typeof newDashboard>;
export type TargetAsked = z.input<typeof newMetricTarget>;

const ofMetric = (name: string, part: string): string => `/metrics/${encodeURIComponent(name)}/${part}`;
const ofDashboard = (id: string, part = ''): string => `/dashboards/${encodeURIComponent(id)}${part}`;

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: ({ signal }) => get<{ readonly items: readonly MetricRow[] }>('/metrics', { signal }),
});

export const setTarget = (name: string, asked: TargetAsked): Promise<unknown> =>
  post(ofMetric(name, 'target'), asked);

export interface SeriesSearch {
  readonly measure?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by?: string | undefined;
  readonly system?: string | undefined;
  readonly againstFrom?: string | undefined;
  readonly againstTo?: string | undefined;
}
export const seriesQuery = (name: string, search: SeriesSearch) =>
  queryOptions({
    queryKey: ['metrics', name, 'values', search],
    queryFn: ({ signal }) => get<MetricSeries>(ofMetric(name, 'values'), { query: { ...search }, signal }),
  });

/** Saves the values as CSV, without those that they are compared with. @param further what the accounting of disclosures asks. */
export const saveSeries = (name: string, search: SeriesSearch, further: Query): Promise<void> => {
  const { measure, from, to, by, system } = search;
  return download(
    ofMetric(name, 'values/export'),
    { measure, from, to, by, system, ...further },
    'text/csv',
    `${name}-${to ?? 'values'}.csv`,
  );
};

export interface RecordsSearch {
  readonly measure?: string | undefined;
  readonly system?: string | undefined;
  readonly severity?: string | undefined;
  readonly band?: string | undefined;
  readonly after?: string | undefined;
}
export const recordsQuery = (name: string, search: RecordsSearch) =>
  queryOptions({
    queryKey: ['metrics', name, 'records', search],
    queryFn: ({ signal }) =>
      get<MetricRecords>(ofMetric(name, 'records'), { query: { ...search, limit: 100 }, signal }),
  });

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards'],
  queryFn: ({ signal }) => get<{ readonly items: readonly DashboardRow[] }>('/dashboards', { signal }),
});
export interface Period {
  readonly days: number;
  readonly system?: string | undefined;
}
export const dashboardQuery = (id: string, period: Period) =>
  queryOptions({
    queryKey: ['dashboards', id, period],
    queryFn: ({ signal }) => get<DashboardData>(ofDashboard(id), { query: { ...period }, signal }),
    refetchInterval: ({ state: { data } }) => (data?.refreshSeconds ?? 300) * 1000,
  });
export const addDashboard = (dashboard: NewDashboard): Promise<DashboardRow> =>
  post('/dashboards', dashboard);
export const changeDashboard = (id: string, dashboard: NewDashboard): Promise<DashboardRow> =>
  post(ofDashboard(id), dashboard);
export const removeDashboard = (id: string): Promise<unknown> => post(ofDashboard(id, '/removal'));
