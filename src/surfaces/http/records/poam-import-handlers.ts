/** Files of POA&Ms that are sent: shown, approved, discarded. They are small enough to be read within the request. */
import type { Readable } from 'node:stream';
import { intersected, nowhere, scopeFor } from '../../../canonical/access/index.ts';
import type { poamImportRoutes } from '../../../contract/index.ts';
import {
  approvePoamImport,
  discardPoamImport,
  fetchPoamImport,
  listPoamImports,
  planPoamFile,
} from '../../../modules/poam-files/index.ts';
import { plainName } from '../../../operate/uploads/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';
import { withFieldsOf } from '../kit/renamed-fields.ts';

const places = {
  '--boundary': 'boundary',
  '--new-boundary': 'newBoundary',
  '--source': 'source',
  '--accept-missing': 'acceptMissing',
};

const maxBytes = 64 * 1024 * 1024;

async function wholeFile(stream: Readable | undefined): Promise<Buffer> {
  if (!stream)
    throw new TielineError('MEDIA_TYPE_UNKNOWN', 'The file is to be the body, as application/octet-stream.');
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new TielineError(
        'BODY_TOO_LARGE',
        `The file is larger than the ${maxBytes.toLocaleString('en')} bytes of a file of POA&Ms.`,
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export const poamImportHandlers = (): Handlers<typeof poamImportRoutes> => ({
  listPoamImports: async ({ app, by, scope, query }) => ({
    body: { items: await listPoamImports(app.db, { scope, principalId: by.actor.principalId }, query) },
  }),
  bringPoamFile: async ({ app, by, scope: writable, query, stream, now }) => {
    const { file, boundary, newBoundary, source, acceptMissing } = query;
    const bytes = await wholeFile(stream);
    const { name, principalId } = by.actor;
    // What it would change is shown to them.
    const scope = intersected(writable, scopeFor(by.actor, 'poam:read', now) ?? nowhere);
    const brought = {
      name: plainName(file),
      bytes,
      boundary,
      newBoundary,
      source,
      acceptMissing,
      way: 'upload',
    } as const;
    const body = await withFieldsOf(
      planPoamFile(app, brought, { name, principalId, scope }),
      places,
      'Correct it and send the file again; nothing of it was imported.',
    );
    return { body, location: `/api/v1/poam-imports/${body.id}` };
  },
  getPoamImport: async ({ app, by, scope, params }) => ({
    body: await fetchPoamImport(app, { scope, principalId: by.actor.principalId }, params.poamImportId),
  }),
  approvePoamImport: async ({ app, by, scope, params }) => ({
    body: await approvePoamImport(
      app,
      { name: by.actor.name, principalId: by.actor.principalId, scope },
      params.poamImportId,
    ),
  }),
  discardPoamImport: async ({ app, by, scope, params }) => ({
    body: await discardPoamImport(
      app,
      { name: by.actor.name, principalId: by.actor.principalId, scope },
      params.poamImportId,
    ),
  }),
});
