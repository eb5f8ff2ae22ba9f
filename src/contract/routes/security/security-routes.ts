/** The security log: read, investigated, verified. What is in it is written by what it tells of. */
import { z } from 'zod';
import { securityEventList } from '../../../canonical/lists/index.ts';
import {
  securityEventDetail,
  securityEventRow,
  securityForwardingState,
  securityForwardingTested,
  securityLogState,
  securityLogVerified,
} from '../../security/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const lists = listRoutes('SecurityEvents', securityEventList, {
  row: securityEventRow,
  permission: 'audit:read',
});
const eventId = z.strictObject({ eventId: z.string().min(1).max(50) });

export const securityRoutes = {
  ...lists,
  // Who looks through the log leaves a trace in it; counts and facets come with the list.
  listSecurityEvents: { ...lists.listSecurityEvents, audit: { event: 'log_read' } },
  ...defineRoutes({
    getSecurityEvent: {
      method: 'GET',
      path: '/security-events/:eventId',
      tag: 'security-events',
      summary: 'A security event with what belongs to it',
      permission: 'audit:read',
      scope: 'boundaries',
      params: eventId,
      answer: { status: 200, shape: securityEventDetail },
      audit: { access: 'read', resource: 'security_event' },
    },
    investigateSecurityEvent: {
      method: 'POST',
      path: '/security-events/:eventId/investigate',
      tag: 'security-events',
      summary: 'Record a step of an investigation',
      permission: 'audit:investigate',
      scope: 'boundaries',
      params: eventId,
      body: z.strictObject({
        notes: z.string().min(1).max(10_000),
        /** `harmless` and `resolved` end it. */
        state: z.enum(['open', 'resolved', 'harmless']),
      }),
      idempotent: true,
      answer: { status: 200, shape: securityEventDetail },
      audit: { events: ['investigation'] },
    },
    getSecurityLog: {
      method: 'GET',
      path: '/security-log',
      tag: 'security-events',
      summary: 'When the security log was last verified',
      permission: 'audit:read',
      scope: 'boundaries',
      answer: { status: 200, shape: securityLogState },
    },
    getSecurityForwarding: {
      method: 'GET',
      path: '/security-log/forwarding',
      tag: 'security-events',
      summary: 'Where the security log is forwarded to',
      permission: 'audit:administer',
      scope: 'installation',
      answer: { status: 200, shape: securityForwardingState },
    },
    setSecurityForwarding: {
      method: 'POST',
      path: '/security-log/forwarding',
      tag: 'security-events',
      summary: 'Set where the security log is forwarded to',
      permission: 'audit:administer',
      scope: 'installation',
      stepUp: true,
      body: z.strictObject({
        host: z.string().min(1).max(253),
        port: z.number().int().min(1).max(65_535).default(6514),
        transport: z.enum(['tls', 'tcp']).default('tls'),
        format: z.enum(['cef', 'ocsf', 'ecs']).default('cef'),
        facility: z.number().int().min(0).max(23).default(13),
        isEnabled: z.boolean().default(true),
        /** PEM of the authorities that alone may have signed the receiver's certificate; null: those that Tieline trusts. */
        ca: z.string().min(1).max(200_000).nullable().default(null),
      }),
      idempotent: true,
      answer: { status: 200, shape: securityForwardingState },
      audit: { events: ['log_forwarding_changed'] },
    },
    testSecurityForwarding: {
      method: 'POST',
      path: '/security-log/forwarding/test',
      tag: 'security-events',
      summary: 'Send a test to the receiver of the log',
      permission: 'audit:administer',
      scope: 'installation',
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 200, shape: securityForwardingTested },
      audit: { event: 'setting_changed' },
    },
    verifySecurityLog: {
      method: 'POST',
      path: '/security-log/verify',
      tag: 'security-events',
      summary: 'Verify every row of the security log now',
      permission: 'audit:administer',
      scope: 'installation',
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 200, shape: securityLogVerified },
      audit: { events: ['log_verified', 'log_tampered'] },
    },
  }),
} as const;
