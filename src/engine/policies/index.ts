export { editPolicies, editPoliciesWithin, fetchPolicies, type PolicyEdit, tryPolicies } from './policies.ts';
export { toFile } from './policy-file.ts';
