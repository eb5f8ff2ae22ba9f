/** Every route of the API, by its operation id. */
import { alertRoutes } from './alerts/alert-routes.ts';
import { accountRoutes } from './account-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { approvalRoutes, conflictRoutes, syncRoutes } from './decision-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { boundaryRoutes } from './boundary-routes.ts';
import { dueDateRoutes } from './rules/due-date-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { importRoutes } from './import-routes.ts';
import { poamImportRoutes } from './poams/poam-import-routes.ts';
import { poamLifeRoutes } from './poams/poam-life-routes.ts';
import { reportRoutes } from './reports/report-routes.ts';
import { riskRoutes } from './intelligence/risk-routes.ts';
import { intelligenceRoutes } from './intelligence/intelligence-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { dashboardRoutes } from './metrics/dashboard-routes.ts';
import { metricRoutes } from './metrics/metric-routes.ts';
import { poamRoutes } from './poam-routes.ts';
import { deviationRoutes } from './requests/deviation-routes.ts';
import { boundaryRuleRoutes } from './boundaries/rule-routes.ts';
import { controlRoutes } from './boundaries/control-routes.ts';
import { ruleRoutes } from './weaknesses/rule-routes.ts';
import { deciderRoutes } from './requests/decider-routes.ts';
import { remediationRoutes } from './remediation/remediation-routes.ts';
import { controlRuleRoutes } from './remediation/control-rule-routes.ts';
import { privacyRoutes } from './privacy/privacy-routes.ts';
import { taskRoutes } from './remediation/task-routes.ts';
import { teamRoutes } from './remediation/team-routes.ts';
import { repairRoutes } from './repair-routes.ts';
import { planRoutes, runRoutes } from './run-routes.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { viewRoutes } from './view-routes.ts';
import { securityRoutes } from './security/security-routes.ts';
import { sessionRoutes } from './session/session-routes.ts';
import { workflowAidRoutes } from './workflows/workflow-aid-routes.ts';
import { workflowRoutes } from './workflows/workflow-routes.ts';

export const routes = {
  ...sessionRoutes,
  ...accountRoutes,
  ...alertRoutes,
  ...connectionRoutes,
  ...findingRoutes,
  ...assetRoutes,
  ...poamRoutes,
  ...boundaryRoutes,
  ...dueDateRoutes,
  ...conflictRoutes,
  ...approvalRoutes,
  ...boundaryRuleRoutes,
  ...deciderRoutes,
  ...remediationRoutes,
  ...taskRoutes,
  ...privacyRoutes,
  ...teamRoutes,
  ...controlRuleRoutes,
  ...controlRoutes,
  ...deviationRoutes,
  ...syncRoutes,
  ...repairRoutes,
  ...importRoutes,
  ...poamImportRoutes,
  ...intelligenceRoutes,
  ...poamLifeRoutes,
  ...riskRoutes,
  ...reportRoutes,
  ...matchRoutes,
  ...metricRoutes,
  ...dashboardRoutes,
  ...runRoutes,
  ...planRoutes,
  ...viewRoutes,
  ...mappingRoutes,
  ...ruleRoutes,
  ...securityRoutes,
  ...workflowRoutes,
  ...workflowAidRoutes,
} as const;
export { accountRoutes, alertRoutes, connectionRoutes, securityRoutes, workflowAidRoutes, workflowRoutes };
export {
  approvalRoutes,
  approvalRow,
  conflictRoutes,
  conflictRow,
  operationRow,
  syncRoutes,
} from './decision-routes.ts';
export {
  boundaryRuleRoutes,
  deciderRoutes,
  deviationRoutes,
  privacyRoutes,
  remediationRoutes,
  taskRoutes,
  teamRoutes,
  controlRuleRoutes,
  controlRoutes,
};
export { assetRoutes } from './asset-routes.ts';
export { assetRow, findingRoutes, findingRow } from './finding-routes.ts';
export { boundaryRoutes } from './boundary-routes.ts';
export { dueDateRoutes } from './rules/due-date-routes.ts';
export { poamImportRoutes };
export {
  importRoutes,
  intelligenceRoutes,
  matchRoutes,
  planRoutes,
  poamLifeRoutes,
  reportRoutes,
  riskRoutes,
  runRoutes,
};
export { dashboardRoutes, metricRoutes };
export { poamRoutes } from './poam-routes.ts';
export { ruleRoutes };
export { mappingRoutes, repairRoutes, sessionRoutes, viewRoutes };
export { factorProof, secondFactorAsked, secondFactorRoutes } from './session/second-factor-routes.ts';
export { type Access, type Audit, defineRoutes, type Route } from './define-route.ts';
export { openApiOf } from './openapi.ts';
export { problem, statusOf } from './problem.ts';
