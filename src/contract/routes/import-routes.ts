import { z } from 'zod';
import { importList } from '../../canonical/lists/index.ts';
import { importDetail, importPlaces, importRow, watchedFolders } from '../records/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes } from './list-routes.ts';

const params = z.strictObject({ importId: z.string().min(1).max(64) });

export const importRoutes = {
  ...listRoutes('Imports', importList, {
    row: importRow,
    permission: 'import:read',
    scope: 'installation',
  }),
  ...defineRoutes({
    bringFile: {
      method: 'POST',
      path: '/imports',
      tag: 'imports',
      summary: 'Send a scan file; a worker imports it',
      permission: 'import:write',
      scope: 'installation',
      query: z.strictObject({
        file: z.string().min(1).max(255).meta({ description: 'The name of the file.' }),
        source: z
          .string()
          .min(1)
          .max(50)
          .optional()
          .meta({ description: 'The source that it is filed under; made if it is not there.' }),
        newSource: z
          .stringbool()
          .default(false)
          .meta({ description: 'Makes the source also if its name is nearly that of another one.' }),
        zone: z.string().max(64).optional().meta({
          description:
            'IANA name: the zone of times that name none, or one of several meanings; kept with the source.',
        }),
        keepPartial: z
          .stringbool()
          .default(false)
          .meta({ description: 'Of a broken file keeps the hosts that are whole.' }),
      }),
      file: true,
      idempotent: true,
      answer: { status: 202, shape: importDetail },
      audit: { event: 'import' },
    },
    getImportPlaces: {
      method: 'GET',
      path: '/imports/places',
      tag: 'imports',
      summary: 'Sources of scan files, and what is accepted',
      permission: 'import:read',
      scope: 'installation',
      passive: true,
      answer: { status: 200, shape: importPlaces },
    },
    listWatchedFolders: {
      method: 'GET',
      path: '/imports/folders',
      tag: 'imports',
      summary: 'Folders that processes import scan files from',
      permission: 'import:read',
      scope: 'installation',
      passive: true,
      answer: { status: 200, shape: z.strictObject({ items: watchedFolders }) },
    },
    getImport: {
      method: 'GET',
      path: '/imports/:importId',
      tag: 'imports',
      summary: 'One import, with what became of its files',
      permission: 'import:read',
      scope: 'installation',
      params,
      answer: { status: 200, shape: importDetail },
    },
    cancelImport: {
      method: 'POST',
      path: '/imports/:importId/cancel',
      tag: 'imports',
      summary: 'End an import; nothing of the file is imported',
      permission: 'import:write',
      scope: 'installation',
      params,
      idempotent: true,
      answer: { status: 200, shape: importDetail },
      audit: { event: 'import' },
    },
  }),
} as const;
