/** Metrics: values, the records behind them, targets, and metrics of one's own. */
import { z } from 'zod';
import {
  metricList,
  metricRecordList,
  metricRecordsQuery,
  metricSeries,
  metricSeriesQuery,
  metricTrial,
  newMetricTarget,
  newOwnMetric,
} from '../../numbers/index.ts';
import { job } from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';
import { disclosureQuery } from '../disclosure-query.ts';

const tag = 'metrics';
/** Its code or name. */
const metricName = z.strictObject({ metricName: z.string().min(1).max(255) });
const written = { tag, permission: 'metric:write', scope: 'installation' } as const;

export const metricRoutes = defineRoutes({
  listMetrics: {
    method: 'GET',
    path: '/metrics',
    tag,
    summary: 'Every metric with its value, target and trend',
    permission: 'metric:read',
    scope: 'boundaries',
    answer: { status: 200, shape: metricList },
  },
  listMetricValues: {
    method: 'GET',
    path: '/metrics/:metricName/values',
    tag,
    summary: 'A metric over time',
    permission: 'metric:read',
    scope: 'boundaries',
    params: metricName,
    query: metricSeriesQuery,
    answer: { status: 200, shape: metricSeries },
  },
  exportMetricValues: {
    method: 'GET',
    path: '/metrics/:metricName/values/export',
    tag,
    summary: 'A metric over time as CSV',
    permission: 'metric:read',
    scope: 'boundaries',
    params: metricName,
    query: metricSeriesQuery.omit({ againstFrom: true, againstTo: true }).extend(disclosureQuery),
    answer: { status: 200, stream: 'text/csv' },
    audit: { access: 'export', resource: 'metric' },
  },
  listMetricRecords: {
    method: 'GET',
    path: '/metrics/:metricName/records',
    tag,
    summary: 'The records behind a number, as they are now',
    permission: 'metric:read',
    scope: 'boundaries',
    params: metricName,
    query: metricRecordsQuery,
    answer: { status: 200, shape: metricRecordList },
    audit: { access: 'read', resource: 'metric' },
  },
  takeMetrics: {
    method: 'POST',
    path: '/metrics/take',
    ...written,
    summary: 'Take metrics now; a worker does it',
    body: z.strictObject({
      only: z.array(z.string().max(255)).max(200).optional(),
      history: z.boolean().default(false),
    }),
    idempotent: true,
    answer: { status: 202, shape: job },
    audit: { event: 'command' },
  },
  tryMetric: {
    method: 'POST',
    path: '/metrics/try',
    ...written,
    summary: 'Try a metric of your own; nothing is kept',
    body: newOwnMetric,
    answer: { status: 200, shape: metricTrial },
    audit: { event: 'command' },
  },
  defineMetric: {
    method: 'POST',
    path: '/metrics',
    ...written,
    summary: 'Try a metric of your own and save it',
    body: newOwnMetric,
    idempotent: true,
    answer: { status: 201, shape: metricTrial },
    audit: { event: 'setting_changed' },
  },
  removeMetric: {
    method: 'POST',
    path: '/metrics/:metricName/end',
    ...written,
    summary: 'Take a metric of your own no more',
    params: metricName,
    idempotent: true,
    answer: { status: 204 },
    audit: { event: 'setting_changed' },
  },
  setMetricTarget: {
    method: 'POST',
    path: '/metrics/:metricName/target',
    ...written,
    summary: 'Set or remove a target',
    params: metricName,
    body: newMetricTarget,
    idempotent: true,
    answer: { status: 204 },
    audit: { event: 'setting_changed' },
  },
});
