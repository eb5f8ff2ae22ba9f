export {
  type DatedPolicy,
  editPolicies,
  editPoliciesWithin,
  fetchPolicies,
  listDatedPolicies,
  type PolicyEdit,
  tryPolicies,
} from './policies.ts';
export { toFile } from './policy-file.ts';
