/** Controls of a system, one by one, and what is proposed of their status. */
import { z } from 'zod';
import { json } from '../../json/index.ts';
import {
  controlDetail,
  controlProposals,
  controlProposed,
  proposalDecided,
  recordEdited,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const control = z.strictObject({
  systemId: z.string().min(1).max(255),
  controlId: z.string().min(1).max(64),
});
const proposal = z.strictObject({ proposalId: z.string().min(1).max(64) });
const common = { tag: 'controls', scope: 'boundaries' } as const;

export const controlRoutes = {
  ...defineRoutes({
    getSystemControl: {
      ...common,
      method: 'GET',
      path: '/systems/:systemId/controls/:controlId',
      summary: 'One control of a system, on both sides',
      permission: 'system:read',
      params: control,
      answer: { status: 200, shape: controlDetail },
    },
    editControl: {
      ...common,
      method: 'PATCH',
      path: '/systems/:systemId/controls/:controlId',
      summary: 'Edit a control; the next sync sends what goes out',
      permission: 'control:write',
      params: control,
      body: z.strictObject({
        changes: z.record(z.string().max(100), json),
        reason: z.string().max(2000).optional(),
      }),
      versioned: true,
      answer: { status: 200, shape: recordEdited },
      audit: { event: 'record_changed' },
    },
    listControlProposals: {
      ...common,
      method: 'GET',
      path: '/control-proposals',
      summary: 'What is proposed of the status of controls',
      permission: 'system:read',
      query: z.strictObject({
        system: z.string().max(255).optional(),
        /** Also those that were decided or lapsed. */
        all: z.enum(['yes', 'no']).default('no'),
      }),
      answer: { status: 200, shape: controlProposals },
    },
    proposeControlStatuses: {
      ...common,
      method: 'POST',
      path: '/control-proposals',
      summary: 'Propose now what a sync proposes by itself',
      permission: 'control:write',
      body: z.strictObject({ system: z.string().max(255).optional() }),
      idempotent: true,
      answer: { status: 200, shape: controlProposed },
      audit: { event: 'record_changed' },
    },
    decideControlProposal: {
      ...common,
      method: 'POST',
      path: '/control-proposals/:proposalId/decision',
      summary: 'Accept or refuse a status that is proposed',
      permission: 'control:write',
      params: proposal,
      body: z.strictObject({ accepted: z.boolean(), reason: z.string().max(2000).optional() }),
      idempotent: true,
      answer: { status: 200, shape: proposalDecided },
      audit: { event: 'record_changed' },
    },
  }),
} as const;
