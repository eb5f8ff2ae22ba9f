export { addControlRule, changeControlRule, explainControls, removeControlRule } from './control-rules.ts';
export { listStoredRules } from './control-rules.sql.ts';
export { controlStep, proposeNow } from './propose.ts';
export { findProposal, listProposals, type Proposal, settleProposal } from './proposals.sql.ts';
