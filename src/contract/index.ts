/**
 * What leaves the house: the shapes of what `--json` prints, one file a noun. A command prints a value of its shape
 * (`printJson('connectionList', value)`), which the compiler holds; the tests parse what commands really print. In production
 * nothing is validated on the way out.
 */
export * from './alerts/index.ts';
export * from './security/index.ts';
export * from './lists/index.ts';
export * from './numbers/index.ts';
export * from './records/index.ts';
export * from './work/index.ts';
export * from './workflows/index.ts';
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
  alertRoutes,
  securityRoutes,
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
  metricRoutes,
  dashboardRoutes,
  deciderRoutes,
  deviationRoutes,
  operationRow,
  findingRoutes,
  findingRow,
  importRoutes,
  intelligenceRoutes,
  poamImportRoutes,
  poamLifeRoutes,
  riskRoutes,
  matchRoutes,
  planRoutes,
  privacyRoutes,
  mappingRoutes,
  poamRoutes,
  remediationRoutes,
  reportRoutes,
  runRoutes,
  routes,
  factorProof,
  secondFactorAsked,
  secondFactorRoutes,
  sessionRoutes,
  syncRoutes,
  taskRoutes,
  workflowAidRoutes,
  workflowRoutes,
  teamRoutes,
  controlRuleRoutes,
  controlRoutes,
  repairRoutes,
  ruleRoutes,
  viewRoutes,
} from './routes/index.ts';
