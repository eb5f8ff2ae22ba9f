export { countDangers, groupChanges } from './change-groups.ts';
export { forgetPlans, type KeptGroup } from './kept-plans.sql.ts';
export {
  applyKeptPlan,
  fetchPlan,
  fetchPlanDocument,
  keepNewPlan,
  type KeptPlan,
  listPlanGroups,
  listPlanItems,
  listPlans,
  viewPlanGroup,
} from './kept-plans.ts';
export { findViewed, markGroup } from './viewed-groups.sql.ts';
export { applyPlan, parsePlan, planSync, planWithMappings } from './plans.ts';
