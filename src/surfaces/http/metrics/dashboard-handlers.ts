/** Dashboards over HTTP. */
import { Readable } from 'node:stream';
import type { dashboardRoutes } from '../../../contract/index.ts';
import {
  dashboardRows,
  fetchDashboard,
  keepDashboard,
  listDashboards,
  printDashboard,
  removeDashboard,
} from '../../../modules/metrics/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { csvLine } from '../../../platform/lists/index.ts';
import type { Handlers } from '../kit/call.ts';
import { accountLeaving } from '../privacy/leaving.ts';

const csvColumns = [
  'metric',
  'title',
  'measure',
  'unit',
  'of',
  'day',
  'value',
  'comparison',
  'target',
  'remark',
] as const;

export const dashboardHandlers: Handlers<typeof dashboardRoutes> = {
  listDashboards: async ({ app, by }) => ({ body: { items: await listDashboards(app, by.actor) } }),
  getDashboard: async ({ app, by, scope, params, query }) => ({
    body: await fetchDashboard(app, { actor: by.actor, scope }, { id: params.dashboardId, ...query }),
  }),
  exportDashboard: async ({ app, by, scope, params, query, headers, signal }) => {
    const { days, system } = query;
    const dashboard = await fetchDashboard(
      app,
      { actor: by.actor, scope },
      { id: params.dashboardId, days, ...defined({ system }) },
    );
    const account = () =>
      accountLeaving(app, by.actor, query, { what: `dashboard ${params.dashboardId}`, scope });
    if (String(headers['accept'] ?? '').includes('application/pdf')) {
      const { bytes, fileName } = await printDashboard(app, dashboard, signal);
      await account();
      return { stream: Readable.from([Buffer.from(bytes)]), type: 'application/pdf', fileName };
    }
    await account();
    const lines = dashboardRows(dashboard).map((row) => csvLine(csvColumns.map((name) => row[name])));
    return {
      stream: Readable.from([csvLine([...csvColumns]), ...lines]),
      type: 'text/csv; charset=utf-8',
      fileName: `${params.dashboardId}-${dashboard.to}.csv`,
    };
  },
  addDashboard: async ({ app, by, body }) => ({ body: await keepDashboard(app, by.actor, body) }),
  changeDashboard: async ({ app, by, params, body }) => ({
    body: await keepDashboard(app, by.actor, body, params.dashboardId),
  }),
  removeDashboard: async ({ app, by, params }) => {
    await removeDashboard(app, by.actor, params.dashboardId);
    return { body: undefined };
  },
};
