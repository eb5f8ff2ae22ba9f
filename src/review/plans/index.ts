export { applyPlan, parsePlan, planSync, planWithMappings } from './plans.ts';
