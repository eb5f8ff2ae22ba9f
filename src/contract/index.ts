/**
 * What leaves the house: the shapes of what `--json` prints, one file a noun. A command prints a value of its shape
 * (`printJson('connectionList', value)`), which the compiler holds; the tests parse what commands really print. In production
 * nothing is validated on the way out.
 */
export * from './acceptances.ts';
export * from './accounts.ts';
export * from './approvals.ts';
export * from './assets.ts';
export * from './conflicts.ts';
export * from './connections.ts';
export * from './database.ts';
export * from './links.ts';
export * from './mappings.ts';
export * from './matches.ts';
export * from './operations.ts';
export * from './outbox.ts';
export * from './plans.ts';
export * from './poams.ts';
export * from './policies.ts';
export * from './scan-files.ts';
export * from './scans.ts';
export * from './schedules.ts';
export * from './sync.ts';
export * from './systems.ts';
export { openApiOf } from './openapi.ts';
export { problem, statusOf } from './problem.ts';
export { type Access, type Audit, defineRoutes, type Route } from './routes/define-route.ts';
export {
  approvalRoutes,
  assetRow,
  conflictRoutes,
  findingRoutes,
  findingRow,
  poamRoutes,
  routes,
  sessionRoutes,
  syncRoutes,
} from './routes/index.ts';
export type { Printable } from './shapes.ts';
