import { z } from 'zod';
import { poamImport, poamImportRow } from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';

const params = z.strictObject({ poamImportId: z.string().min(1).max(64) });

export const poamImportRoutes = defineRoutes({
  listPoamImports: {
    method: 'GET',
    path: '/poam-imports',
    tag: 'imports',
    summary: 'Files of POA&Ms as they were brought, the latest first',
    permission: 'poam:read',
    scope: 'boundaries',
    passive: true,
    query: z.strictObject({
      state: z.enum(['planned', 'imported', 'unchanged', 'discarded', 'refused']).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: { status: 200, shape: z.strictObject({ items: z.array(poamImportRow) }) },
  },
  bringPoamFile: {
    method: 'POST',
    path: '/poam-imports',
    tag: 'imports',
    summary: 'Send a file of POA&Ms; what it would change is shown',
    permission: 'poam:write',
    scope: 'boundaries',
    query: z.strictObject({
      file: z.string().min(1).max(255).meta({ description: 'The name of the file.' }),
      boundary: z.string().min(1).max(255).optional().meta({
        description:
          'The authorization boundary that its POA&Ms are of; else by the source, or by the name in the file.',
      }),
      newBoundary: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .meta({ description: 'Makes a boundary of this name.' }),
      source: z.string().min(1).max(50).optional().meta({
        description: 'The source that the file is filed under; made if it is not there.',
      }),
      acceptMissing: z.stringbool().default(false).meta({
        description: 'Believes that many POA&Ms are gone from the file.',
      }),
    }),
    file: true,
    idempotent: true,
    answer: { status: 201, shape: poamImport },
    audit: { event: 'import' },
  },
  getPoamImport: {
    method: 'GET',
    path: '/poam-imports/:poamImportId',
    tag: 'imports',
    summary: 'One file of POA&Ms: its changes, and what is held',
    permission: 'poam:read',
    scope: 'boundaries',
    params,
    answer: { status: 200, shape: poamImport },
  },
  approvePoamImport: {
    method: 'POST',
    path: '/poam-imports/:poamImportId/approve',
    tag: 'imports',
    summary: 'Import what was shown, if it is still just that',
    permission: 'poam:write',
    scope: 'boundaries',
    params,
    idempotent: true,
    answer: { status: 200, shape: poamImport },
    audit: { event: 'import' },
  },
  discardPoamImport: {
    method: 'POST',
    path: '/poam-imports/:poamImportId/discard',
    tag: 'imports',
    summary: 'End it; nothing of the file is imported',
    permission: 'poam:write',
    scope: 'boundaries',
    params,
    idempotent: true,
    answer: { status: 200, shape: poamImport },
    audit: { event: 'import' },
  },
});
