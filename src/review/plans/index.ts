export { applyPlan, parsePlan, planSync, planWithMappings } from './plans.ts';
export { type ChangeGroup, countDangers, type GroupableChange, groupChanges } from './change-groups.ts';
