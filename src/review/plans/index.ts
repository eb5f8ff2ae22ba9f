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
} from './kept-plans.ts';
export { applyPlan, parsePlan, planSync, planWithMappings } from './plans.ts';
