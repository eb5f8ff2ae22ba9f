import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../test/support/http-server.ts';
import type { HttpWorld } from '../../../test/support/http-world.ts';
import { type Actor, everywhere, type Role, scopeFor } from '../../canonical/access/index.ts';
import { type Route, routes } from '../../contract/index.ts';

/** What is asked of lists with every parameter that they need. */
export const queryOf = (id: string): string => {
  const noun = /^facet(\w+)$/.exec(id)?.[1];
  if (id === 'listViews') return '?list=poams';
  if (id === 'listPrivacyHits') return '?table=users';
  return noun === undefined ? '' : `?by=${facetsOf[noun] ?? ''}`;
};
const facetsOf: Readonly<Record<string, string>> = {
  Findings: 'severity,system',
  Assets: 'system',
  Poams: 'status,system',
  Milestones: 'system',
  Systems: 'status',
  Conflicts: 'system',
  Approvals: 'system',
  Outbox: 'system',
  Operations: 'type,status',
  Users: 'kind,status',
  Grants: 'role,source,state',
  Tokens: 'account,state',
  Imports: 'state',
  Matches: 'system',
  ApiCalls: 'connection,status',
  Tasks: 'state,system',
  WorkflowRuns: 'workflow,state',
  PrivacyRequests: 'state,status,type',
  Deviations: 'kind,state',
};

export const table = Object.entries(routes) as [keyof typeof routes, Route][];
const second = '00000000-0000-0000-0000-000000000002';
/** Of the second boundary, where there is such a record. */
export const parameters: Readonly<Record<string, string>> = {
  poamId: 'ZULU-1',
  milestoneId: '2',
  systemId: 'SYS-2',
  conflictId: '2',
  alertId: second,
  channel: 'none',
  approvalId: second,
  operationId: '00000000-0000-0000-0000-000000000001',
  changeId: '2',
  jobId: randomUUID(),
  importId: randomUUID(),
  poamImportId: randomUUID(),
  matchId: '2',
  taskId: '2',
  name: 'no-workflow',
  runId: second,
  privacyId: '987654',
  controlRuleId: '987654',
  deviationId: '2',
  ruleId: '2',
  planId: second,
  reportId: second,
  number: '1',
  sha256: '0'.repeat(64),
  connection: 'xacta',
  schedule: 'none',
  key: '00000000-0000-0000-0000-0000000000f2',
  pluginId: '1002',
  assetUuid: second,
  viewId: second,
  noun: 'poams',
  account: 'program-1',
  sessionId: randomUUID(),
  factorId: randomUUID(),
  grantId: randomUUID(),
  identityId: randomUUID().slice(0, 30),
  tokenId: '0123456789ab',
  exclusionId: '2',
  metricName: 'none',
  dashboardId: '987654',
  team: 'no team',
  controlId: 'ZULU-9',
  eventId: second,
  proposalId: '2',
};
export const addressOf = ({ path }: Route, others: Readonly<Record<string, string>> = parameters): string =>
  path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = others[name] ?? parameters[name];
    if (value === undefined) throw new Error(`This test knows no ${name}: add one of the second boundary.`);
    return value;
  });

export interface Asked {
  readonly body?: unknown;
  readonly query?: string;
}

/** Answers that are streams without an end are let go after their head. */
export async function askRoute(world: HttpWorld, caller: Caller, route: Route, more: Asked = {}) {
  const changes = route.method !== 'GET';
  const answer = await world.server.inject({
    method: route.method,
    url: `/api/v1${addressOf(route)}${more.query ?? ''}`,
    headers: {
      ...caller.headers,
      ...(changes ? { 'idempotency-key': randomUUID() } : {}),
      ...(route.versioned ? { 'if-match': '"anything"' } : {}),
    },
    ...(route.body ? { payload: more.body ?? {} } : {}),
    payloadAsStream: true,
  });
  const stream = answer.stream();
  const isEndless = String(answer.headers['content-type']).startsWith('text/event-stream');
  let text = '';
  if (!isEndless) for await (const piece of stream) text += String(piece);
  stream.destroy();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  return { status: answer.statusCode, text, code: body?.['code'], permission: body?.['permission'], body };
}

/** Of very different rights; every role is asked by the proof. */
export const rolesOfEveryRun: readonly Role[] = ['viewer', 'isso', 'admin'];

/**
 * Every route, as a token that has this role everywhere.
 * @returns where the answer is not what the role's permissions say.
 */
export async function faultsOfRole(world: HttpWorld, role: Role): Promise<unknown[]> {
  const grants = [{ gives: { role }, scope: everywhere }];
  const actor: Actor = { principalId: 'p', name: role, kind: 'service', grants };
  const caller = await world.program(grants);
  const faults: unknown[] = [];
  for (const [id, route] of table) {
    const { status, code, permission } = await askRoute(world, caller, route, { query: queryOf(id) });
    const access = route.permission;
    const lacks =
      typeof access === 'string' &&
      access !== 'signed-in' &&
      scopeFor(actor, access, world.app.now()) === undefined;
    const isRight = lacks
      ? status === 403 && code === 'NOT_ALLOWED' && permission === access
      : ![401, 403].includes(status) && status < 500;
    if (!isRight) faults.push({ id, lacks, status, code, permission });
  }
  return faults;
}
