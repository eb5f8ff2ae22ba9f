export { decideRequest, expireRequests, type RequestDecided } from './decide-request.ts';
export { deviationStep } from './deviation-step.ts';
