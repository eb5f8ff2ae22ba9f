import { z } from 'zod';
import {
  changesSince,
  lifeSettings,
  lifeSettingsChange,
  poamExplanation,
  poamMoved,
  poamStory,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const poamId = z.strictObject({ poamId: z.string().min(1).max(255) });
const systemId = z.strictObject({ systemId: z.string().min(1).max(255) });
const day = z.iso.date();
const reason = z.string().max(2000).optional();

/** The life of POA&Ms: why one is as it is, its story, what a person makes of it, and how those of a boundary live. */
export const poamLifeRoutes = defineRoutes({
  explainPoam: {
    method: 'GET',
    path: '/poams/:poamId/explanation',
    tag: 'poams',
    summary: 'Why a POA&M is as it is, and what may follow',
    permission: 'poam:read',
    scope: 'boundaries',
    params: poamId,
    answer: { status: 200, shape: poamExplanation },
  },
  tellPoam: {
    method: 'GET',
    path: '/poams/:poamId/story',
    tag: 'poams',
    summary: 'The whole story of a POA&M in the order of time',
    permission: 'poam:read',
    scope: 'boundaries',
    params: poamId,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(200) }),
    answer: { status: 200, shape: z.strictObject({ items: poamStory }) },
  },
  completePoam: {
    method: 'POST',
    path: '/poams/:poamId/complete',
    tag: 'poams',
    summary: 'Complete a POA&M; without evidence, others agree first',
    permission: 'poam:write',
    scope: 'boundaries',
    params: poamId,
    body: z.strictObject({ reason, on: day.optional() }),
    versioned: true,
    answer: { status: 200, shape: poamMoved },
    audit: { event: 'record_changed' },
  },
  reopenPoam: {
    method: 'POST',
    path: '/poams/:poamId/reopen',
    tag: 'poams',
    summary: 'Open a POA&M again',
    permission: 'poam:write',
    scope: 'boundaries',
    params: poamId,
    body: z.strictObject({ reason }),
    versioned: true,
    answer: { status: 200, shape: poamMoved },
    audit: { event: 'record_changed' },
  },
  extendPoam: {
    method: 'POST',
    path: '/poams/:poamId/extend',
    tag: 'poams',
    summary: 'Ask for an extension of a POA&M to another day',
    permission: 'poam:write',
    scope: 'boundaries',
    params: poamId,
    body: z.strictObject({ to: day, reason }),
    versioned: true,
    answer: { status: 200, shape: poamMoved },
    audit: { event: 'record_changed' },
  },
  getLifeSettings: {
    method: 'GET',
    path: '/systems/:systemId/life',
    tag: 'systems',
    summary: 'How the POA&Ms of an authorization boundary live',
    permission: 'system:read',
    scope: 'boundaries',
    params: systemId,
    answer: { status: 200, shape: lifeSettings },
  },
  setLifeSettings: {
    method: 'PATCH',
    path: '/systems/:systemId/life',
    tag: 'systems',
    summary: 'Set how the POA&Ms of an authorization boundary live',
    permission: 'poam:approve',
    scope: 'boundaries',
    params: systemId,
    body: z.strictObject({ set: lifeSettingsChange, reason }),
    answer: { status: 200, shape: lifeSettings },
    audit: { event: 'record_changed' },
  },
  tellChangesSince: {
    method: 'GET',
    path: '/changes-since',
    tag: 'poams',
    summary: 'What changed of POA&Ms and findings since a moment',
    permission: 'poam:read',
    scope: 'boundaries',
    query: z.strictObject({
      since: z.iso.datetime({ offset: true }),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    answer: { status: 200, shape: changesSince },
  },
});
