export { type ListedMeasure, type ListedMetric, listMetricNames, listMetrics } from './list-metrics.ts';
export { metricSeries, type MetricSeries } from './metric-values.ts';
export {
  defineOwnMetric,
  type OwnMetric,
  removeOwnMetric,
  type Trial,
  tryOwnMetric,
} from './own/define-own.ts';
export { metricRecords, type MetricRecords } from './records/metric-records.ts';
export { type TakeOutcome, takeMetrics } from './take-metrics.ts';
export { setTarget } from './set-target.ts';
export { recordsBody, seriesBody, seriesRows } from './shown.ts';
export { computeHistory } from './history.ts';
export { dueMetrics, takeDueMetrics } from './take-due.ts';
export {
  type DashboardData,
  dashboardRows,
  fetchDashboard,
  keepDashboard,
  listDashboards,
  removeDashboard,
} from './dashboards/dashboards.ts';
export { printDashboard } from './dashboards/dashboard-paper.ts';
