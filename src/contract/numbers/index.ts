export * from './metrics.ts';
export * from './dashboards.ts';
export * from './performance.ts';
