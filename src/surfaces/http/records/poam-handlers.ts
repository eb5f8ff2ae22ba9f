/** POA&Ms, milestones and systems: lists, pages and edits. */
import { nowhere, scopeFor } from '../../../canonical/access/index.ts';
import { milestoneList, poamList, systemList } from '../../../canonical/lists/index.ts';
import { milestone, poam, type poamRoutes, system } from '../../../contract/index.ts';
import {
  type BoundaryRow,
  countBoundaries,
  facetBoundaries,
  listBoundaries,
} from '../../../record/boundaries/index.ts';
import {
  countBoard,
  countMilestones,
  countPoams,
  facetMilestones,
  facetPoams,
  listMilestones,
  listPoams,
  type MilestoneRow,
  type PoamRow,
} from '../../../record/poams/index.ts';
import { bulkPoamEdit, fetchJob, requestPoamEdits } from '../../../operate/jobs/index.ts';
import { fetchBoundary } from '../../../review/boundaries/index.ts';
import {
  addMilestone,
  fitMilestones,
  commentPoam,
  editRecord,
  fetchPoam,
  listPoamComments,
  listPoamHistory,
  tryRecords,
} from '../../../review/records/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Handlers } from '../kit/call.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { byValue, filterOf } from '../kit/list-answer.ts';
import { type Counted, listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { orMoved } from '../kit/moved.ts';

const exactly = async (count: Promise<number>): Promise<Counted> => ({ count: await count, exact: true });
/** Milestones are numbered; what is no number of one is none. @throws TielineError RECORD_UNKNOWN. */
function milestoneOf(id: string): string {
  if (/^\d{1,9}$/.test(id)) return id;
  throw new TielineError('RECORD_UNKNOWN', `There is no milestone ${id}.`);
}

type Listed = 'Poams' | 'Milestones' | 'Systems';
type ListHandlers = Pick<
  Handlers<typeof poamRoutes>,
  { [L in Listed]: `list${L}` | `count${L}` | `facet${L}` }[Listed] & keyof typeof poamRoutes
>;

const lists = (parts: ListParts): ListHandlers => ({
  ...listHandlers('Poams', poamList, {
    parts,
    source: {
      page: ({ db, now }, scope, request) => listPoams(db, scope, { ...request, now: now() }),
      count: ({ db, now }, scope, filter) => exactly(countPoams(db, scope, { filter, now: now() })),
      facet: async ({ db, now }, scope, filter, by) =>
        byValue(await facetPoams(db, scope, { filter, by, now: now() })),
      stream: ({ db, now }, scope, { filter, sort }) =>
        everyPage((after, limit) => listPoams(db, scope, { filter, sort, after, limit, now: now() })),
      columns: columnsOf<PoamRow>(poam),
    },
  }),
  ...listHandlers('Milestones', milestoneList, {
    parts,
    source: {
      page: ({ db, now }, scope, request) => listMilestones(db, scope, { ...request, now: now() }),
      count: ({ db, now }, scope, filter) => exactly(countMilestones(db, scope, { filter, now: now() })),
      facet: async ({ db, now }, scope, filter, by) =>
        byValue(await facetMilestones(db, scope, { filter, by, now: now() })),
      stream: ({ db, now }, scope, { filter, sort }) =>
        everyPage((after, limit) => listMilestones(db, scope, { filter, sort, after, limit, now: now() })),
      columns: columnsOf<MilestoneRow>(milestone),
    },
  }),
  ...listHandlers('Systems', systemList, {
    parts,
    source: {
      page: ({ db, now }, scope, request) => listBoundaries(db, scope, { ...request, now: now() }),
      count: ({ db, now }, scope, filter) => exactly(countBoundaries(db, scope, { filter, now: now() })),
      facet: async ({ db, now }, scope, filter, by) =>
        byValue(await facetBoundaries(db, scope, { filter, by, now: now() })),
      stream: ({ db, now }, scope, { filter, sort }) =>
        everyPage((after, limit) => listBoundaries(db, scope, { filter, sort, after, limit, now: now() })),
      columns: columnsOf<BoundaryRow>(system),
    },
  }),
});

type Edits = Omit<Handlers<typeof poamRoutes>, keyof ListHandlers>;

const edits: Edits = {
  countPoamBoard: async ({ app, scope, query, now }) => ({
    body: { buckets: await countBoard(app.db, scope, { filter: filterOf(poamList, query, now), now }) },
  }),
  getPoam: async ({ app, scope, params }) => {
    const detail = await fetchPoam(app, scope, params.poamId);
    return { body: detail, version: detail.version };
  },
  editPoam: async ({ app, by, scope, params, body, version }) => {
    const edit = { entity: 'poam', id: params.poamId, version, ...defined(body) } as const;
    const outcome = await orMoved(editRecord(app, by.actor, scope, { ...edit, changes: body.changes }));
    return { body: defined(outcome), version: outcome.version };
  },
  listPoamHistory: async ({ app, scope, params, query }) => ({
    body: {
      items: await listPoamHistory(app, scope, params.poamId, { beforeId: query.before, limit: query.limit }),
    },
  }),
  listPoamComments: async ({ app, scope, params }) => ({
    body: { items: await listPoamComments(app, scope, params.poamId, 500) },
  }),
  commentPoam: async ({ app, by, scope, params, body }) => ({
    body: await commentPoam(app, by.actor, scope, { poamId: params.poamId, body: body.body }),
  }),
  addMilestone: async ({ app, by, scope, params, body }) => ({
    body: await addMilestone(app, by.actor, scope, { poamId: params.poamId, ...body }),
  }),
  fitMilestones: async ({ app, by, scope, params, body }) => ({
    body: await fitMilestones(app, by.actor, scope, { poamId: params.poamId, ...body }),
  }),
  editMilestone: async ({ app, by, scope, params, body, version }) => {
    const edit = {
      entity: 'milestone',
      id: milestoneOf(params.milestoneId),
      version,
      reason: body.reason,
    } as const;
    const outcome = await orMoved(editRecord(app, by.actor, scope, { ...edit, changes: body.changes }));
    return { body: defined(outcome), version: outcome.version };
  },
  tryPoamEdits: async ({ app, by, scope, body, now }) => ({
    body: await tryRecords(
      app,
      scope,
      bulkPoamEdit(body, { now, approves: scopeFor(by.actor, 'poam:approve', now) ?? nowhere }),
    ),
  }),
  editPoams: async ({ app, by, scope, body }) => {
    const id = await requestPoamEdits(app, { actor: by.actor, scope }, body);
    return { body: await fetchJob(app, id), location: `/api/v1/jobs/${id}` };
  },
  getSystem: async ({ app, scope, params }) => {
    const detail = await fetchBoundary(app, scope, params.systemId);
    return { body: detail, version: detail.version };
  },
};

export const poamHandlers = (parts: ListParts): Handlers<typeof poamRoutes> => ({
  ...lists(parts),
  ...edits,
});
