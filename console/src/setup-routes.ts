/** The routes of what is set once and then holds: mappings, rules, due dates, who decides, when alerts are raised. */
import { createRoute } from '@tanstack/react-router';
import { lazily } from './lazy-pages.ts';
import { needs, shell } from './root-routes.tsx';

const workflows = createRoute({
  getParentRoute: () => shell,
  path: '/workflows',
  beforeLoad: needs('workflow:read'),
  component: lazily.workflows,
});
const workflowNew = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/new',
  beforeLoad: needs('workflow:read'),
  component: lazily.workflowNew,
});
const workflow = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$name',
  beforeLoad: needs('workflow:read'),
  component: lazily.workflow,
});
const workflowEdit = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$name/edit',
  beforeLoad: needs('workflow:write'),
  component: lazily.workflowEdit,
});
const workflowRuns = createRoute({
  getParentRoute: () => shell,
  path: '/workflow-runs',
  beforeLoad: needs('workflow:read'),
  component: lazily.workflowRuns,
});
const workflowRun = createRoute({
  getParentRoute: () => workflowRuns,
  path: '$runId',
  component: lazily.workflowRun,
});
const mappings = createRoute({
  getParentRoute: () => shell,
  path: '/setup/mappings',
  beforeLoad: needs('mapping:read'),
  component: lazily.mappings,
});
const mapping = createRoute({
  getParentRoute: () => shell,
  path: '/setup/mappings/$connection/{-$entity}',
  beforeLoad: needs('mapping:read'),
  component: lazily.mappings,
});
const rules = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules',
  beforeLoad: needs('rule:read'),
  component: lazily.rules,
});
const inheritedRule = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules/inherited',
  beforeLoad: needs('rule:read'),
  component: lazily.rule,
});
const boundaryRule = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules/boundary/$systemId',
  beforeLoad: needs('rule:read'),
  component: lazily.rule,
});
const duePolicies = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies',
  beforeLoad: needs('system:read'),
  component: lazily.duePolicies,
});
const duePolicy = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies/policy/$policyId',
  beforeLoad: needs('system:read'),
  component: lazily.duePolicy,
});
const dueUnanswered = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies/unanswered',
  beforeLoad: needs('poam:read'),
  component: lazily.dueUnanswered,
});
const dueZones = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies/zones',
  beforeLoad: needs('asset:read'),
  component: lazily.dueZones,
});
const dueCalendar = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies/calendar',
  beforeLoad: needs('system:read'),
  component: lazily.dueCalendar,
});
const dueHistory = createRoute({
  getParentRoute: () => shell,
  path: '/setup/due-policies/history',
  beforeLoad: needs('system:read'),
  component: lazily.dueHistory,
});
const deciders = createRoute({
  getParentRoute: () => shell,
  path: '/setup/deciders',
  beforeLoad: needs('plan:read'),
  component: lazily.deciders,
});
const controlRules = createRoute({
  getParentRoute: () => shell,
  path: '/setup/control-rules',
  beforeLoad: needs('mapping:read'),
  component: lazily.controlRules,
});
const alertRules = createRoute({
  getParentRoute: () => shell,
  path: '/setup/alerts',
  beforeLoad: needs('alert:read'),
  component: lazily.alertRules,
});

/** A tuple, not a list of routes: typed links know the path and the parameters of each. */
export const setupRoutes = [
  workflows,
  workflowNew,
  workflow,
  workflowEdit,
  workflowRuns.addChildren([workflowRun]),
  mappings,
  mapping,
  rules,
  inheritedRule,
  boundaryRule,
  duePolicies,
  duePolicy,
  dueUnanswered,
  dueZones,
  dueCalendar,
  dueHistory,
  deciders,
  controlRules,
  alertRules,
] as const;
