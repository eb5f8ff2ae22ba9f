import { z } from 'zod';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError } from './answers.ts';
import { ruleRequest, type RecastRule, type RecastRules } from './recast-rules.ts';

const search = z.object({
  resource_type: z.array(z.enum(['HOST', 'HOST_AUDIT', 'WEBAPP'])).optional(),
  limit: z.int().min(1).max(500).default(100),
  next: z.string().nullish(),
});

function parsed(request: SimRequest, act: (asked: z.output<typeof ruleRequest>) => SimResponse): SimResponse {
  const asked = ruleRequest.safeParse(request.json);
  if (asked.success) return act(asked.data);
  const [issue] = asked.error.issues;
  return tenableError(400, 'Bad Request', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function searchRules(rules: RecastRules, request: SimRequest): SimResponse {
  const asked = search.safeParse(request.json ?? {});
  if (!asked.success) return tenableError(400, 'Bad Request', 'limit must be from 1 to 500');
  const { limit, next, resource_type } = asked.data;
  const all = rules.list().filter((rule) => resource_type?.includes(rule.resource_type) ?? true);
  const from = next ? Number(Buffer.from(next, 'base64url').toString()) : 0;
  const end = from + limit;
  return {
    status: 200,
    json: {
      rules: all.slice(from, end),
      pagination: {
        total: all.length,
        limit,
        ...(end < all.length ? { next: Buffer.from(String(end)).toString('base64url') } : {}),
      },
    },
  };
}

/** @param isAdministrator whether the caller may keep rules: the role Administrator, which is 64 */
export function recastRoutes(rules: RecastRules, isAdministrator: () => boolean): Route[] {
  const allowed =
    (act: (request: SimRequest) => SimResponse) =>
    (request: SimRequest): SimResponse =>
      isAdministrator()
        ? act(request)
        : tenableError(403, 'Forbidden', 'You do not have permission to keep recast rules');
  const withRule = (act: (rule: RecastRule, request: SimRequest) => SimResponse) =>
    allowed((request) => {
      const rule = rules.find(request.params['id'] ?? '');
      return rule ? act(rule, request) : tenableError(404, 'Not Found', 'The rule does not exist');
    });
  const create = (request: SimRequest): SimResponse =>
    parsed(request, (asked) => {
      const rule = rules.create(asked, request.now);
      return rule
        ? { status: 200, json: rule }
        : tenableError(400, 'Bad Request', 'A rule with the same target and action exists already');
    });
  const replace = (rule: RecastRule, request: SimRequest): SimResponse =>
    parsed(request, (asked) => ({ status: 200, json: rules.replace(rule, asked, request.now) }));
  const remove = (rule: RecastRule, { now }: SimRequest): SimResponse => {
    rules.remove(rule, now);
    return { status: 200, json: {} };
  };
  const all = '/v1/recast/rules';
  const one = `${all}/:id`;
  return [
    { method: 'POST', path: all, handle: allowed(create) },
    {
      method: 'POST',
      path: `${all}/search`,
      reading: true,
      handle: allowed((request) => searchRules(rules, request)),
    },
    { method: 'GET', path: one, handle: withRule((rule) => ({ status: 200, json: rule })) },
    { method: 'PUT', path: one, handle: withRule(replace) },
    { method: 'DELETE', path: one, handle: withRule(remove) },
  ];
}
