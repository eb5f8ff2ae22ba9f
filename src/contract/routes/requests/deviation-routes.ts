/** Deviations: asked for with evidence, read, taken back; who decides them answers the approval. */
import { z } from 'zod';
import { deviationList } from '../../../canonical/lists/index.ts';
import { deviationKinds, severities } from '../../../canonical/vocabulary/index.ts';
import {
  deviationAsked,
  deviationChanged,
  deviationDetail,
  deviationRow,
  keptFile,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const params = z.strictObject({ deviationId: z.coerce.number().int().positive().max(2_147_483_647) });
const text = z.string().max(10_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(255);

export const deviationRoutes = {
  ...listRoutes('Deviations', deviationList, { row: deviationRow, permission: 'poam:read' }),
  ...defineRoutes({
    getDeviation: {
      method: 'GET',
      path: '/deviations/:deviationId',
      tag: 'deviations',
      summary: 'One deviation: evidence, rules, what waits',
      permission: 'poam:read',
      scope: 'boundaries',
      params,
      answer: { status: 200, shape: deviationDetail },
      audit: { access: 'read', resource: 'deviation' },
    },
    keepEvidence: {
      method: 'POST',
      path: '/evidence',
      tag: 'deviations',
      summary: 'Send a file that a request will name as evidence',
      permission: 'deviation:request',
      scope: 'boundaries',
      file: true,
      idempotent: true,
      answer: { status: 201, shape: keptFile },
      audit: { event: 'record_changed' },
    },
    requestDeviation: {
      method: 'POST',
      path: '/deviations',
      tag: 'deviations',
      summary: 'Ask for a deviation',
      permission: 'deviation:request',
      scope: 'boundaries',
      body: z.strictObject({
        kind: z.enum(deviationKinds),
        poam: z.string().min(1).max(50),
        /** Exactly these; absent: the whole POA&M. */
        assets: z.array(z.string()).max(1000).optional(),
        rationale: text,
        compensatingControls: text.optional(),
        /** The last day on which it holds. */
        until: z.string().optional(),
        reviewOn: z.string().optional(),
        adjustedSeverity: z.enum(severities).optional(),
        /** What its kind needs: docs/deviations.md. */
        details: z.record(z.string(), z.union([text, z.record(z.string(), text)])).default({}),
        evidence: z.array(z.strictObject({ sha256, name })).max(50).default([]),
      }),
      idempotent: true,
      answer: { status: 201, shape: deviationAsked },
      audit: { event: 'deviation_requested' },
    },
    withdrawDeviation: {
      method: 'POST',
      path: '/deviations/:deviationId/withdrawal',
      tag: 'deviations',
      summary: 'Take back what one asked for',
      permission: 'deviation:request',
      scope: 'boundaries',
      params,
      body: z.strictObject({ reason: z.string().trim().min(1).max(2000) }),
      idempotent: true,
      answer: { status: 200, shape: deviationChanged },
      audit: { event: 'deviation_changed' },
    },
    revokeDeviation: {
      method: 'POST',
      path: '/deviations/:deviationId/revocation',
      tag: 'deviations',
      summary: 'Take back what was granted, on both sides',
      permission: 'deviation:approve',
      scope: 'boundaries',
      params,
      body: z.strictObject({ reason: z.string().trim().min(1).max(2000) }),
      idempotent: true,
      stepUp: true,
      answer: { status: 200, shape: deviationChanged },
      audit: { event: 'deviation_changed' },
    },
    addEvidence: {
      method: 'POST',
      path: '/deviations/:deviationId/evidence',
      tag: 'deviations',
      summary: 'Add a file that was sent to its evidence',
      permission: 'deviation:request',
      scope: 'boundaries',
      params,
      body: z.strictObject({ sha256, name }),
      idempotent: true,
      answer: { status: 200, shape: deviationChanged },
      audit: { event: 'record_changed' },
    },
    getEvidence: {
      method: 'GET',
      path: '/deviations/:deviationId/evidence/:sha256',
      tag: 'deviations',
      summary: 'A file of its evidence, as it was sent',
      permission: 'poam:read',
      scope: 'boundaries',
      params: params.extend({ sha256: z.string().min(1).max(64) }),
      answer: { status: 200, stream: 'application/octet-stream' },
      audit: { access: 'export', resource: 'evidence' },
    },
    checkInVendor: {
      method: 'POST',
      path: '/deviations/:deviationId/check-ins',
      tag: 'deviations',
      summary: 'Record that the vendor was asked',
      permission: 'deviation:request',
      scope: 'boundaries',
      params,
      body: z.strictObject({ on: z.iso.date(), note: z.string().trim().min(1).max(2000) }),
      idempotent: true,
      answer: { status: 200, shape: deviationChanged },
      audit: { event: 'deviation_changed' },
    },
  }),
} as const;
