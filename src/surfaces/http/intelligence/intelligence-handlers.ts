/** Threat feeds, and what they say of a CVE. */
import { nowhere, scopeFor } from '../../../canonical/access/index.ts';
import type { intelligenceRoutes } from '../../../contract/index.ts';
import { feedStatus, lastAssessment } from '../../../modules/intelligence/index.ts';
import { takeFeedFile } from '../../../operate/feeds/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchCve, searchCves } from '../../../record/intelligence/index.ts';
import type { Handlers } from '../kit/call.ts';

const oneHeader = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

export const intelligenceHandlers: Handlers<typeof intelligenceRoutes> = {
  listFeeds: async ({ app }) => ({
    body: { items: await feedStatus(app), assessed: await lastAssessment(app) },
  }),
  loadFeed: async ({ app, by, query, stream, headers, signal }) => {
    if (!stream)
      throw new TielineError(
        'MEDIA_TYPE_UNKNOWN',
        'The file is to be the body, as application/octet-stream.',
      );
    const length = Number(headers['content-length'] ?? Number.NaN);
    const { feed, file: name, force } = query;
    const sent = {
      feed,
      name,
      force,
      body: stream,
      signal,
      bytes: Number.isSafeInteger(length) ? length : undefined,
      digest: oneHeader(headers['content-digest']),
    };
    const body = await takeFeedFile(app, by.actor, sent);
    return { body, location: `/api/v1/jobs/${body.id}` };
  },
  searchCves: async ({ app, query }) => {
    const { limit, ...rest } = query;
    const rows = await searchCves(app.db, { ...rest, limit: limit + 1 });
    const items = rows.slice(0, limit);
    return { body: { items, next: rows.length > limit ? (items.at(-1)?.cve ?? null) : null } };
  },
  getCve: async ({ app, by, now, query }) => {
    const cve = query.cve.toUpperCase();
    // Findings are counted where the caller may see findings.
    const scope = scopeFor(by.actor, 'finding:read', now) ?? nowhere;
    const found = await fetchCve(app.db, scope, cve);
    if (!found) throw new TielineError('RECORD_UNKNOWN', `No feed that is loaded names ${cve}.`);
    return { body: found };
  },
};
