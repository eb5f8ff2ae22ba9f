/** Dashboards: those that ship and those that people make. */
import { z } from 'zod';
import {
  dashboardData,
  dashboardList,
  dashboardQuery,
  dashboardRow,
  newDashboard,
} from '../../numbers/index.ts';
import { defineRoutes } from '../define-route.ts';
import { disclosureQuery } from '../disclosure-query.ts';

const read = { tag: 'dashboards', permission: 'metric:read', scope: 'boundaries' } as const;
const written = { tag: 'dashboards', permission: 'dashboard:write', scope: 'own' } as const;
const dashboardId = z.strictObject({ dashboardId: z.string().min(1).max(60) });

export const dashboardRoutes = defineRoutes({
  listDashboards: {
    method: 'GET',
    path: '/dashboards',
    ...read,
    summary: 'Dashboards that ship, your own, and those shared with you',
    answer: { status: 200, shape: dashboardList },
  },
  getDashboard: {
    method: 'GET',
    path: '/dashboards/:dashboardId',
    ...read,
    summary: 'A dashboard with the numbers of your boundaries',
    params: dashboardId,
    query: dashboardQuery,
    answer: { status: 200, shape: dashboardData },
  },
  exportDashboard: {
    method: 'GET',
    path: '/dashboards/:dashboardId/export',
    ...read,
    summary: 'The numbers of a dashboard as CSV or PDF, by Accept',
    params: dashboardId,
    query: dashboardQuery.extend(disclosureQuery),
    answer: { status: 200, stream: 'text/csv, application/pdf' },
    audit: { access: 'export', resource: 'dashboard' },
  },
  addDashboard: {
    method: 'POST',
    path: '/dashboards',
    ...written,
    summary: 'Make a dashboard of tiles',
    body: newDashboard,
    idempotent: true,
    answer: { status: 201, shape: dashboardRow },
    audit: { event: 'setting_changed' },
  },
  changeDashboard: {
    method: 'POST',
    path: '/dashboards/:dashboardId',
    ...written,
    summary: 'Change or share a dashboard of yours',
    params: dashboardId,
    body: newDashboard,
    idempotent: true,
    answer: { status: 200, shape: dashboardRow },
    audit: { event: 'setting_changed' },
  },
  removeDashboard: {
    method: 'POST',
    path: '/dashboards/:dashboardId/removal',
    ...written,
    summary: 'Delete a dashboard of yours',
    params: dashboardId,
    idempotent: true,
    answer: { status: 204 },
    audit: { event: 'setting_changed' },
  },
});
