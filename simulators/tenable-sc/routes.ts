import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { applyDrift, type FaultEngine } from '../kit/faults.ts';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { repositories, type Row, type Rule, type ScanResults } from './scan-results.ts';

/** Every answer comes in this envelope; a failure may come with 200 or, mostly, with 403 (decision 0020). */
export function envelope(
  response: unknown,
  now: Date,
  failure?: { readonly code: number; readonly message: string },
): SimResponse {
  return {
    status: failure ? 403 : 200,
    json: {
      type: 'regular',
      response: failure ? '' : response,
      error_code: failure?.code ?? 0,
      error_msg: failure?.message ?? '',
      warnings: [],
      timestamp: Math.floor(now.getTime() / 1000),
    },
  };
}
const refused = (now: Date, code: number, message: string): SimResponse =>
  envelope('', now, { code, message });

const offset = z.union([z.string(), z.number()]).transform(Number);
const filter = z.object({
  filterName: z.string(),
  operator: z.string(),
  value: z.union([
    z.string(),
    z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String) })),
  ]),
});
const query = z.object({
  tool: z.enum(['vulndetails', 'sumip']),
  type: z.literal('vuln').optional(),
  filters: z.array(filter).default([]),
  startOffset: offset.optional(),
  endOffset: offset.optional(),
});
const analysis = z.object({
  type: z.literal('vuln'),
  sourceType: z.enum(['cumulative', 'patched']),
  query,
  startOffset: offset.optional(),
  endOffset: offset.optional(),
  sortField: z.string().optional(),
  sortDir: z.enum(['asc', 'desc', 'ASC', 'DESC']).optional(),
});
const knownFilters = [
  'severity',
  'pluginID',
  'lastSeen',
  'lastMitigated',
  'repository',
  'acceptRiskStatus',
  'recastRiskStatus',
];

function inWindow(value: unknown, window: string, now: Date): boolean {
  const [from = 0, to = Number.POSITIVE_INFINITY] = window.split('-').map(Number);
  if (window.includes(':')) {
    // Days back from now, as the console words it: "0:30".
    const [near = 0, far = 0] = window.split(':').map(Number);
    const days = (now.getTime() / 1000 - Number(value)) / 86_400;
    return days >= near && days <= far;
  }
  return Number(value) >= from && Number(value) <= to;
}

function matches(row: Row, filters: z.output<typeof query>['filters'], now: Date): boolean {
  return filters.every(({ filterName, value }) => {
    const wanted = typeof value === 'string' ? value.split(',') : value.map((each) => each.id);
    switch (filterName) {
      case 'repository':
        return wanted.includes((row['repository'] as { id: string }).id);
      case 'severity':
        return wanted.includes((row['severity'] as { id: string }).id);
      case 'pluginID':
        return wanted.includes(String(row['pluginID']));
      case 'lastSeen':
      case 'lastMitigated':
        return inWindow(row[filterName], wanted.join(','), now);
      default:
        return true;
    }
  });
}

const shownText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** By one field, numbers as numbers; rows of equal values stay in the order in which they are held. */
function sorted(rows: Row[], field: string, direction: string): Row[] {
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return rows.toSorted((a, b) => sign * compare(shownText(a[field]), shownText(b[field])));
}

export function analysisRoute(results: ScanResults, engine: FaultEngine): Route {
  return {
    method: 'POST',
    path: '/rest/analysis',
    reading: true,
    handle(request) {
      const asked = analysis.safeParse(request.json);
      if (!asked.success)
        return refused(request.now, 146, `Invalid parameters: ${asked.error.issues[0]?.message ?? ''}`);
      const { sourceType, query: wanted } = asked.data;
      const unknown = wanted.filters.find((each) => !knownFilters.includes(each.filterName));
      if (unknown)
        return refused(
          request.now,
          143,
          `Invalid filter "${unknown.filterName}"; valid filters are ${knownFilters.join(', ')}`,
        );
      const from = wanted.startOffset ?? asked.data.startOffset ?? 0;
      const to = wanted.endOffset ?? asked.data.endOffset ?? from + 1000;
      const isHosts = wanted.tool === 'sumip';
      const all = isHosts ? results.hostRows() : results.findingRows(sourceType, request.now);
      const found = all.filter((row) => matches(row, wanted.filters, request.now));
      const { sortField, sortDir = 'asc' } = asked.data;
      const rows = sortField === undefined ? found : sorted(found, sortField, sortDir);
      const page = rows.slice(from, to).map(({ findingKey: _own, lastMitigated: _told, ...row }) => row);
      const drifts = engine.drifts(isHosts ? 'asset' : 'finding', request);
      const shown = page.map((row) =>
        drifts.reduce<Record<string, unknown>>((each, drift) => applyDrift(each, drift), row),
      );
      const repeated =
        engine.active('duplicate', request) !== undefined && shown[0] ? [shown[0], ...shown] : shown;
      return envelope(
        {
          totalRecords: String(rows.length),
          returnedRecords: page.length,
          startOffset: String(from),
          endOffset: String(to),
          matchingDataElementCount: '-1',
          results: repeated,
        },
        request.now,
      );
    },
  };
}

const text = z.union([z.string(), z.number()]).transform(String);
const ruleRequest = z.object({
  plugin: z.object({ id: text }),
  repositories: z.array(z.object({ id: text })).min(1),
  hostType: z.enum(['all', 'ip', 'uuid', 'asset']),
  hostValue: z.union([z.string(), z.object({ id: text }).transform((value) => value.id)]).default(''),
  port: text.default('any'),
  protocol: text.default('any'),
  comments: z.string().default(''),
  expires: text.default('-1'),
  newSeverity: z.object({ id: text }).optional(),
});

const shownRule = (rule: Rule): Row => ({
  id: rule.id,
  hostType: rule.hostType,
  hostValue: rule.hostValue,
  port: rule.port,
  protocol: rule.protocol,
  comments: rule.comments,
  expires: rule.expires,
  status: '0',
  createdTime: rule.createdTime,
  modifiedTime: rule.modifiedTime,
  repository: repositories.find((each) => each.id === rule.repository),
  organization: { id: '1', name: 'Enterprise', description: '' },
  user: { id: '2', username: 'api', firstname: 'api', lastname: 'user' },
  plugin: { id: rule.plugin, name: `Plugin ${rule.plugin}`, description: '' },
  ...(rule.newSeverity === undefined
    ? {}
    : { newSeverity: { id: rule.newSeverity, name: '', description: '' } }),
});

export function ruleRoutes(results: ScanResults, kind: Rule['kind']): Route[] {
  const path = `/rest/${kind}RiskRule`;
  const ofKind = (): Rule[] => [...results.rules.values()].filter((rule) => rule.kind === kind);
  return [
    {
      method: 'GET',
      path,
      handle: ({ now, query: given }) => {
        const repository = given.get('repositoryIDs');
        return envelope(
          ofKind()
            .filter((rule) => repository === null || repository.split(',').includes(rule.repository))
            .map((rule) => shownRule(rule)),
          now,
        );
      },
    },
    { method: 'POST', path, handle: (request) => makeRules(results, kind, request) },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle({ params, now }) {
        results.changed();
        return results.rules.delete(`${kind}:${params['id'] ?? ''}`)
          ? envelope('', now)
          : refused(now, 147, 'The rule was not found');
      },
    },
  ];
}

/** One rule for each repository that is named. */
function makeRules(results: ScanResults, kind: Rule['kind'], { json, now }: SimRequest): SimResponse {
  const asked = ruleRequest.safeParse(json);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return refused(now, 146, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const wanted = asked.data;
  if (kind === 'recast' && wanted.newSeverity === undefined)
    return refused(now, 146, 'newSeverity: required');
  const at = String(Math.floor(now.getTime() / 1000));
  const made = wanted.repositories.map(({ id: repository }): Rule => {
    results.made += 1;
    const rule: Rule = {
      id: String(results.made),
      kind,
      repository,
      plugin: wanted.plugin.id,
      hostType: wanted.hostType,
      hostValue: wanted.hostValue,
      port: wanted.port,
      protocol: wanted.protocol,
      comments: wanted.comments,
      expires: wanted.expires,
      ...(wanted.newSeverity ? { newSeverity: wanted.newSeverity.id } : {}),
      createdTime: at,
      modifiedTime: at,
    };
    results.rules.set(`${kind}:${rule.id}`, rule);
    results.changed();
    return rule;
  });
  return envelope(
    made.map((rule) => shownRule(rule)),
    now,
  );
}

/** Sign-in by keys or by a session; never by both at once. */
export class Access {
  readonly #keys: string;
  readonly #account: { readonly username: string; readonly password: string };
  readonly #tokens = new Map<string, string>();

  constructor(keys: string, account: { readonly username: string; readonly password: string }) {
    this.#keys = keys;
    this.#account = account;
  }

  /** What ends sessions in real life: time, another sign-in, a restart. */
  endSessions(): void {
    this.#tokens.clear();
  }

  authorize({ headers, now }: SimRequest): SimResponse | undefined {
    const keys = String(headers['x-apikey'] ?? '')
      .replaceAll(/\s/g, '')
      .replace(/;$/, '')
      .toLowerCase();
    const token = headers['x-securitycenter'];
    if (keys !== '' && token !== undefined)
      return { ...refused(now, 74, 'API keys and a token were both given'), status: 400 };
    if (keys !== '')
      return keys === this.#keys.toLowerCase() ? undefined : refused(now, 14, 'Invalid API keys');
    const session = /TNS_SESSIONID=([^;]+)/.exec(String(headers.cookie ?? ''))?.[1] ?? '';
    return token !== undefined && this.#tokens.get(session) === String(token)
      ? undefined
      : refused(now, 12, 'This request contains an invalid token. Please login again.');
  }

  routes(): Route[] {
    const credentials = z.object({ username: z.string(), password: z.string() });
    return [
      {
        method: 'POST',
        path: '/rest/token',
        open: true,
        reading: true,
        handle: ({ json, now }) => {
          const given = credentials.safeParse(json);
          if (
            !given.success ||
            given.data.username !== this.#account.username ||
            given.data.password !== this.#account.password
          )
            return refused(now, 142, 'Invalid login credentials');
          const session = randomBytes(16).toString('hex');
          const token = String(randomBytes(4).readUInt32BE());
          this.#tokens.set(session, token);
          return {
            ...envelope({ token: Number(token), unassociatedCert: 'false' }, now),
            headers: { 'set-cookie': `TNS_SESSIONID=${session}; path=/; HttpOnly; Secure` },
          };
        },
      },
      {
        method: 'DELETE',
        path: '/rest/token',
        reading: true,
        handle: ({ now }) => envelope('', now),
      },
    ];
  }
}
