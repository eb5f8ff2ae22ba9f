/** Every route of the API, by its operation id. */
import { accountRoutes } from './account-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { approvalRoutes, conflictRoutes, syncRoutes } from './decision-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { boundaryRoutes } from './boundary-routes.ts';
import { dueDateRoutes } from './rules/due-date-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { importRoutes } from './import-routes.ts';
import { poamLifeRoutes } from './poams/poam-life-routes.ts';
import { riskRoutes } from './intelligence/risk-routes.ts';
import { intelligenceRoutes } from './intelligence/intelligence-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { poamRoutes } from './poam-routes.ts';
import { deviationRoutes } from './requests/deviation-routes.ts';
import { boundaryRuleRoutes } from './boundaries/rule-routes.ts';
import { ruleRoutes } from './weaknesses/rule-routes.ts';
import { deciderRoutes } from './requests/decider-routes.ts';
import { remediationRoutes } from './remediation/remediation-routes.ts';
import { controlRuleRoutes } from './remediation/control-rule-routes.ts';
import { taskRoutes } from './remediation/task-routes.ts';
import { repairRoutes } from './repair-routes.ts';
import { planRoutes, runRoutes } from './run-routes.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { viewRoutes } from './view-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export const routes = {
  ...sessionRoutes,
  ...accountRoutes,
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
  ...controlRuleRoutes,
  ...deviationRoutes,
  ...syncRoutes,
  ...repairRoutes,
  ...importRoutes,
  ...intelligenceRoutes,
  ...poamLifeRoutes,
  ...riskRoutes,
  ...matchRoutes,
  ...runRoutes,
  ...planRoutes,
  ...viewRoutes,
  ...mappingRoutes,
  ...ruleRoutes,
} as const;
export { accountRoutes, connectionRoutes };
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
  remediationRoutes,
  taskRoutes,
  controlRuleRoutes,
};
export { assetRoutes } from './asset-routes.ts';
export { assetRow, findingRoutes, findingRow } from './finding-routes.ts';
export { boundaryRoutes } from './boundary-routes.ts';
export { dueDateRoutes } from './rules/due-date-routes.ts';
export { importRoutes, intelligenceRoutes, matchRoutes, planRoutes, poamLifeRoutes, riskRoutes, runRoutes };
export { poamRoutes } from './poam-routes.ts';
export { ruleRoutes };
export { mappingRoutes, repairRoutes, sessionRoutes, viewRoutes };
export { type Access, type Audit, defineRoutes, type Route } from './define-route.ts';
export { openApiOf } from './openapi.ts';
export { problem, statusOf } from './problem.ts';
