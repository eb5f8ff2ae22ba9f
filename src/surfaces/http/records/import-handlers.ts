/** Scan files that are sent, and what became of them. */
import { importList } from '../../../canonical/lists/index.ts';
import { importRow, type importRoutes } from '../../../contract/index.ts';
import {
  bringFile,
  cancelImport,
  countImports,
  countImportsBy,
  fetchImport,
  type ImportRow,
  importPlaces,
  listImports,
} from '../../../operate/imports/index.ts';
import { listWatchedFolders } from '../../../modules/scan-files/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { withFieldsOf } from '../kit/renamed-fields.ts';
import { byValue, most } from '../kit/list-answer.ts';

const places = { '--system': 'source', '--new-source': 'newSource', '--zone': 'zone' };

const oneHeader = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

export const importHandlers = (parts: ListParts): Handlers<typeof importRoutes> => ({
  ...listHandlers('Imports', importList, {
    parts,
    source: {
      page: ({ db }, _scope, request) => listImports(db, request),
      count: ({ db }, _scope, filter, { exact }) => countImports(db, filter, most(exact)),
      facet: async ({ db }, _scope, filter, by) => byValue(await countImportsBy(db, filter, by)),
      stream: ({ db }, _scope, { filter, sort }) =>
        everyPage((after, limit) => listImports(db, { filter, sort, limit, ...(after ? { after } : {}) })),
      columns: columnsOf<ImportRow>(importRow),
    },
  }),
  bringFile: async ({ app, by, query, stream, headers, signal }) => {
    if (!stream)
      throw new TielineError(
        'MEDIA_TYPE_UNKNOWN',
        'The file is to be the body, as application/octet-stream.',
      );
    const length = Number(headers['content-length'] ?? Number.NaN);
    const { file: name, source, newSource, zone: timeZone, keepPartial } = query;
    const brought = {
      name,
      source,
      newSource,
      timeZone,
      keepPartial,
      body: stream,
      signal,
      bytes: Number.isSafeInteger(length) ? length : undefined,
      digest: oneHeader(headers['content-digest']),
    };
    const body = await withFieldsOf(
      bringFile(app, by.actor, brought),
      places,
      'Correct it and send the file again; nothing of it was kept.',
    );
    return { body, location: `/api/v1/imports/${body.id}` };
  },
  getImportPlaces: async ({ app }) => ({ body: await importPlaces(app) }),
  listWatchedFolders: async ({ app, now }) => ({ body: { items: await listWatchedFolders(app.db, now) } }),
  getImport: async ({ app, params }) => ({ body: await fetchImport(app, params.importId) }),
  cancelImport: async ({ app, by, params }) => ({
    body: await cancelImport(app, by.actor, params.importId),
  }),
});
