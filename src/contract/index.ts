/**
 * What leaves the house: the shapes of what `--json` prints, one file a noun. A command prints a value of its shape
 * (`printJson('connectionList', value)`), which the compiler holds; the tests parse what commands really print. In production
 * nothing is validated on the way out.
 */
export * from './lists/index.ts';
export * from './records/index.ts';
export * from './work/index.ts';
export type { Printable } from './json/index.ts';
export {
  type Access,
  type Audit,
  defineRoutes,
  openApiOf,
  problem,
  type Route,
  statusOf,
  accountRoutes,
  approvalRoutes,
  approvalRow,
  assetRoutes,
  assetRow,
  boundaryRoutes,
  conflictRoutes,
  dueDateRoutes,
  connectionRoutes,
  conflictRow,
  boundaryRuleRoutes,
  deciderRoutes,
  deviationRoutes,
  operationRow,
  findingRoutes,
  findingRow,
  importRoutes,
  intelligenceRoutes,
  poamLifeRoutes,
  riskRoutes,
  matchRoutes,
  planRoutes,
  mappingRoutes,
  poamRoutes,
  remediationRoutes,
  runRoutes,
  routes,
  sessionRoutes,
  syncRoutes,
  taskRoutes,
  controlRuleRoutes,
  repairRoutes,
  ruleRoutes,
  viewRoutes,
} from './routes/index.ts';
