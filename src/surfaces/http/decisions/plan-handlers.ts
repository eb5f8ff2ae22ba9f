/** Plans that are kept: made by a worker, read within the caller's boundaries, applied whole or not at all. */
import type { z } from 'zod';
import type { planRoutes, planRow, Printable } from '../../../contract/index.ts';
import { fetchJob, requestApply, requestPlan } from '../../../operate/jobs/index.ts';
import { knownWord } from '../../../platform/errors/index.ts';
import { defined, type Json, scalarText } from '../../../platform/values/index.ts';
import { listEntities } from '../../../record/entities/index.ts';
import {
  fetchPlan,
  type KeptPlan,
  listPlanGroups,
  listPlanItems,
  listPlans,
  viewPlanGroup,
} from '../../../review/plans/index.ts';
import type { Handlers } from '../kit/call.ts';

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(scalarText) : []);

function rowOf({ head, madeByPrincipal: _id, ...plan }: KeptPlan): Printable<z.output<typeof planRow>> {
  return {
    ...plan,
    systems: texts(head['systems']),
    entities: texts(head['entities']),
    full: head['full'] === true,
    sendingPaused: texts(head['sendingPaused']),
    leftOut: texts(head['leftOut']),
  };
}

export const planHandlers = (): Handlers<typeof planRoutes> => ({
  listPlans: async ({ app, scope, query: { before, limit } }) => {
    const plans = await listPlans(app, scope, {
      limit,
      ...(before === undefined ? {} : { before: new Date(before) }),
    });
    // Plans of which nothing is the reader's are left out of a page, so that a short one is not the last.
    const last = plans.at(-1)?.madeAt.toISOString() ?? null;
    return { body: { items: plans.map(rowOf), next: plans.length === 0 ? null : last } };
  },
  makePlan: async ({ app, by, body }) => {
    const names = listEntities().map(({ name }) => name);
    const entities = body.entities.map((text) =>
      knownWord('entity', text, names, 'entities', 'REQUEST_INVALID'),
    );
    const id = await requestPlan(app, by.actor, { ...body, entities });
    return { body: await fetchJob(app, id), location: `/api/v1/jobs/${id}` };
  },
  getPlan: async ({ app, scope, params }) => ({ body: rowOf(await fetchPlan(app, scope, params.planId)) }),
  listPlanGroups: async ({ app, by, scope, params, query: { after, limit } }) => {
    const plan = { id: params.planId, actor: by.actor };
    const { items, next } = await listPlanGroups(app, scope, plan, { limit, ...defined({ after }) });
    return { body: { items, next: next ? Number(next.id) : null } };
  },
  listPlanItems: async ({ app, scope, params, query: { after, limit, group } }) => {
    const page = { limit, ...defined({ after, group }) };
    const { items, next } = await listPlanItems(app, scope, params.planId, page);
    return { body: { items, next: next ? Number(next.id) : null } };
  },
  viewPlanGroup: async ({ app, by, scope, params: { planId, number }, body }) => {
    await viewPlanGroup(app, scope, { id: planId, number, actor: by.actor }, body.viewed);
    return { body: undefined };
  },
  applyPlan: async ({ app, by, scope, params, body }) => {
    const id = await requestApply(app, by.actor, scope, { id: params.planId, sha256: body.sha256 });
    return { body: await fetchJob(app, id), location: `/api/v1/jobs/${id}` };
  },
});
