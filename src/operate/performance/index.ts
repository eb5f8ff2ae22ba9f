export { keepTimings } from './keep-timings.ts';
export { fetchPerformance, type MeasuredWork } from './performance.ts';
export { fetchPrometheusText, type ProcessFacts } from './prometheus.ts';
