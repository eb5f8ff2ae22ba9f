/** The security log, as src/contract/routes/security gives it. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  securityEventDetail,
  securityEventRow,
  securityForwarding,
  securityForwardingState,
  securityForwardingTested,
  securityLogState,
  securityLogVerified,
} from '../../../../src/contract/index.ts';
import { get, post } from '../http/client.ts';

export type SecurityEventRow = z.infer<typeof securityEventRow>;
export type SecurityEventDetail = z.infer<typeof securityEventDetail>;
export type SecurityLogState = z.infer<typeof securityLogState>;
export type SecurityLogVerified = z.infer<typeof securityLogVerified>;
export type SecurityForwarding = z.infer<typeof securityForwarding>;
export type InvestigationState = 'open' | 'resolved' | 'harmless';

const path = (id: string): string => `/security-events/${encodeURIComponent(id)}`;

export const securityEventQuery = (id: string) =>
  queryOptions({
    queryKey: ['security-events', id],
    queryFn: ({ signal }) => get<SecurityEventDetail>(path(id), { signal }),
  });
export const securityLogQuery = queryOptions({
  queryKey: ['security-log'],
  queryFn: ({ signal }) => get<SecurityLogState>('/security-log', { signal }),
});

export const investigateEvent = (
  id: string,
  step: { readonly notes: string; readonly state: InvestigationState },
): Promise<SecurityEventDetail> => post(`${path(id)}/investigate`, step);
export const verifySecurityLog = (): Promise<SecurityLogVerified> => post('/security-log/verify', {});

export const securityForwardingQuery = queryOptions({
  queryKey: ['security-log', 'forwarding'],
  queryFn: ({ signal }) =>
    get<z.infer<typeof securityForwardingState>>('/security-log/forwarding', { signal }),
  // A batch goes out every few seconds: who waits for the first one, or for a receiver to come back, sees it come.
  refetchInterval: 10_000,
});
export type ForwardingWish = Pick<
  SecurityForwarding,
  'host' | 'port' | 'transport' | 'format' | 'facility' | 'isEnabled' | 'ca'
>;
export const setForwarding = (wish: ForwardingWish): Promise<z.infer<typeof securityForwardingState>> =>
  post('/security-log/forwarding', wish);
export const testForwarding = (): Promise<z.infer<typeof securityForwardingTested>> =>
  post('/security-log/forwarding/test', {});
