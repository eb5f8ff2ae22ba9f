/** How the sync is: connections, schedules, plans, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  apiCall,
  cronPreview,
  performance,
  planGroup,
  planItemRow,
  planRow,
  scheduleView,
  syncOverview,
} from '../../../src/contract/index.ts';
import { get, getVersioned, post, put, removeVersion } from './http/client.ts';
import type { Job } from './operations.ts';

export type SyncOverview = z.infer<typeof syncOverview>;
export type Connection = SyncOverview['connections'][number];
export type Running = SyncOverview['running'][number];
export type ApiCall = z.infer<typeof apiCall>;
export type Schedule = z.infer<typeof scheduleView>;
export type CronPreview = z.infer<typeof cronPreview>;
export type Performance = z.infer<typeof performance>;
export type Plan = z.infer<typeof planRow>;
export type PlanGroup = z.infer<typeof planGroup>;
export type PlanItem = z.infer<typeof planItemRow>;

/** Asked for again by the events of the server; while something runs, also by itself. */
export const statusQuery = queryOptions({
  queryKey: ['sync', 'status'],
  queryFn: ({ signal }) => get<SyncOverview>('/sync/status', { passive: true, signal }),
  refetchInterval: ({ state: { data } }) => ((data?.running.length ?? 0) > 0 ? 2000 : 30_000),
});

export const performanceQuery = (hours: number, kind: string | undefined) =>
  queryOptions({
    queryKey: ['performance', hours, kind ?? ''],
    queryFn: ({ signal }) =>
      get<Performance>('/performance', { query: { hours, ...(kind === undefined ? {} : { kind }) }, signal }),
  });

export const schedulesQuery = queryOptions({
  queryKey: ['sync', 'schedules'],
  queryFn: ({ signal }) => get<{ readonly items: readonly Schedule[] }>('/schedules', { signal }),
});

export const previewQuery = (cron: string) =>
  queryOptions({
    queryKey: ['cron', cron],
    queryFn: ({ signal }) =>
      get<CronPreview>('/schedules/preview', { query: { cron }, passive: true, signal }),
    enabled: cron.trim() !== '',
    retry: false,
    staleTime: 60_000,
  });

export interface ScheduleSetting {
  readonly cron: string;
  readonly entities: readonly string[];
  readonly full: boolean;
  readonly jitterSeconds: number;
  readonly enabled: boolean;
}

const schedulePath = (connection: string, name: string): string =>
  `/schedules/${encodeURIComponent(connection)}/${encodeURIComponent(name)}`;

export const fetchSchedule = (connection: string, name: string) =>
  getVersioned<Schedule>(schedulePath(connection, name));
export const addSchedule = (
  schedule: ScheduleSetting & { readonly connection: string; readonly name: string },
): Promise<Schedule> => post('/schedules', schedule);
export const changeSchedule = (
  connection: string,
  name: string,
  setting: ScheduleSetting,
  etag: string,
): Promise<Schedule> => put(schedulePath(connection, name), setting, { ifMatch: etag });
export const removeSchedule = (connection: string, name: string, etag: string): Promise<void> =>
  removeVersion(schedulePath(connection, name), etag);

export const plansQuery = queryOptions({
  queryKey: ['plans', 'list'],
  queryFn: ({ signal }) =>
    get<{ readonly items: readonly Plan[] }>('/plans', { query: { limit: 100 }, signal }),
});
const planPath = (id: string): string => `/plans/${encodeURIComponent(id)}`;
export const planQuery = (id: string) =>
  queryOptions({ queryKey: ['plans', id], queryFn: ({ signal }) => get<Plan>(planPath(id), { signal }) });
export const planGroupsQuery = (id: string) =>
  queryOptions({
    queryKey: ['plans', id, 'groups'],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly PlanGroup[]; readonly next: number | null }>(`${planPath(id)}/groups`, {
        query: { limit: 500 },
        signal,
      }),
  });
export const planItemsQuery = (id: string, group: number) =>
  queryOptions({
    queryKey: ['plans', id, 'items', group],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly PlanItem[]; readonly next: number | null }>(`${planPath(id)}/items`, {
        query: { group, limit: 200 },
        signal,
      }),
  });
/** Marks a group as viewed, for whoever is signed in. */
export const viewPlanGroup = (id: string, group: number, viewed: boolean): Promise<void> =>
  put(`${planPath(id)}/groups/${group}/viewed`, { viewed });
/** @param systems the connections; none: all. */
export const makePlan = (systems: readonly string[]): Promise<Job> => post('/plans', { systems });
export const applyPlan = (id: string, sha256: string): Promise<Job> =>
  post(`${planPath(id)}/apply`, { sha256 });
