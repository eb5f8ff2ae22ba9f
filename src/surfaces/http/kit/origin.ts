import type { Origin } from '../../../ledger/security/index.ts';
import type { Call } from './call.ts';

/** Who does something, for the security log. */
export const originOf = (call: Pick<Call, 'by' | 'address' | 'requestId'>): Origin => ({
  way: call.by?.way ?? 'none',
  address: call.address,
  requestId: call.requestId,
  ...(call.by ? { actor: call.by.actor } : {}),
});
