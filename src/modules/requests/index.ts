export { decideRequest, expireRequests, type RequestDecided } from './decide-request.ts';
