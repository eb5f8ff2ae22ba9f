/** The handler of every route of the contract; one that is missing does not compile. */
import type { routes } from '../../contract/index.ts';
import type { OpenOidc } from '../../operate/accounts/index.ts';
import type { Handlers } from './kit/call.ts';
import type { EventFeed } from './kit/event-feed.ts';
import type { Cursors } from './kit/list-answer.ts';
import { alertHandlers } from './alerts/alert-handlers.ts';
import { securityHandlers } from './security/security-handlers.ts';
import { accountHandlers } from './admin/account-handlers.ts';
import { connectionHandlers } from './admin/connection-handlers.ts';
import { approvalHandlers, conflictHandlers } from './decisions/conflict-handlers.ts';
import { boundaryRuleHandlers } from './boundaries/rule-handlers.ts';
import { deciderHandlers } from './decisions/decider-handlers.ts';
import { repairHandlers } from './decisions/repair-handlers.ts';
import { matchHandlers } from './decisions/match-handlers.ts';
import { planHandlers } from './decisions/plan-handlers.ts';
import { runHandlers } from './decisions/run-handlers.ts';
import { mappingHandlers } from './decisions/mapping-handlers.ts';
import { syncHandlers } from './decisions/sync-handlers.ts';
import { dashboardHandlers } from './metrics/dashboard-handlers.ts';
import { metricHandlers } from './metrics/metric-handlers.ts';
import { assetHandlers } from './records/asset-handlers.ts';
import { boundaryHandlers } from './records/boundary-handlers.ts';
import { dueDateHandlers } from './records/due-date-handlers.ts';
import { deviationHandlers } from './records/deviation-handlers.ts';
import { findingHandlers } from './records/finding-handlers.ts';
import { poamLifeHandlers } from './records/poam-life-handlers.ts';
import { reportHandlers } from './reports/report-handlers.ts';
import { riskHandlers } from './intelligence/risk-handlers.ts';
import { intelligenceHandlers } from './intelligence/intelligence-handlers.ts';
import { poamImportHandlers } from './records/poam-import-handlers.ts';
import { importHandlers } from './records/import-handlers.ts';
import { poamHandlers } from './records/poam-handlers.ts';
import { controlRuleHandlers } from './remediation/control-rule-handlers.ts';
import { privacyHandlers } from './privacy/privacy-handlers.ts';
import { taskHandlers } from './remediation/task-handlers.ts';
import { workflowAidHandlers } from './workflows/workflow-aid-handlers.ts';
import { workflowHandlers } from './workflows/workflow-handlers.ts';
import { controlHandlers } from './boundaries/control-handlers.ts';
import { teamHandlers } from './remediation/team-handlers.ts';
import { remediationHandlers } from './remediation/remediation-handlers.ts';
import { ruleHandlers } from './records/rule-handlers.ts';
import { viewHandlers } from './sign-in/view-handlers.ts';
import { sessionHandlers, type ServedFacts } from './sign-in/session-handlers.ts';

export interface HandlerParts {
  /** Undefined: switched off. */
  readonly oidc: OpenOidc | undefined;
  readonly facts: ServedFacts;
  readonly cursors: Cursors;
  readonly feed: EventFeed;
}

export function handlersOf({ facts, cursors, feed, oidc }: HandlerParts): Handlers<typeof routes> {
  const parts = { cursors, classification: facts.classification };
  return {
    ...sessionHandlers(facts, oidc),
    ...accountHandlers(parts),
    ...alertHandlers(parts),
    ...securityHandlers(parts),
    ...connectionHandlers(),
    ...findingHandlers(parts),
    ...assetHandlers,
    ...poamHandlers(parts),
    ...boundaryHandlers,
    ...dueDateHandlers,
    ...conflictHandlers(parts),
    ...approvalHandlers(parts),
    ...boundaryRuleHandlers,
    ...deciderHandlers,
    ...remediationHandlers,
    ...taskHandlers(parts),
    ...workflowHandlers(parts),
    ...workflowAidHandlers,
    ...privacyHandlers(parts),
    ...teamHandlers,
    ...controlHandlers,
    ...controlRuleHandlers,
    ...deviationHandlers(parts),
    ...syncHandlers({ ...parts, feed }),
    ...repairHandlers(),
    ...importHandlers(parts),
    ...poamImportHandlers(),
    ...intelligenceHandlers,
    ...poamLifeHandlers,
    ...riskHandlers,
    ...reportHandlers,
    ...matchHandlers(parts),
    ...metricHandlers,
    ...dashboardHandlers,
    ...runHandlers(parts, facts.version),
    ...planHandlers(),
    ...viewHandlers,
    ...mappingHandlers,
    ...ruleHandlers,
  };
}
