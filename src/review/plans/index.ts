export { type ChangeGroup, countDangers, type GroupableChange, groupChanges } from './change-groups.ts';
export type { PlanDifference } from './compare-plans.ts';
export { forgetPlans, type KeptGroup, type KeptItem, type PlanHead } from './kept-plans.sql.ts';
export {
  applyKeptPlan,
  compareKeptPlans,
  fetchPlan,
  fetchPlanDocument,
  keepNewPlan,
  type KeptPlan,
  listPlanGroups,
  listPlanItems,
  listPlans,
  viewPlanGroup,
} from './kept-plans.ts';
export { applyPlan, parsePlan, planSync, planWithMappings } from './plans.ts';
