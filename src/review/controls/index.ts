export { type ControlDetail, decideProposal, editControl, fetchControl, monthsAfter } from './controls.ts';
