export type { Approvable, DecisionMade } from './approvables.ts';
export { decideRequest, expireRequests, type RequestDecided } from './decide-request.ts';
