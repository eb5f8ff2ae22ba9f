/**
 * The routes. All state of a page is in its URL. Pages are loaded when they are first opened; pointing at a link loads page and data
 * ahead. The signed-in part waits for GET /me/bootstrap, and without a session leads to the sign-in page and back.
 */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import type { Permission } from '../../src/canonical/access/index.ts';
import { Problem, problemOf } from './api/http/problem.ts';
import { queryClient } from './api/http/query-client.ts';
import { bootstrapQuery } from './api/session.ts';
import { asSearch, parseSearch, type Search, stringifySearch } from './kit/search.ts';
import { lazily } from './lazy-pages.ts';
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx';
import { Shell } from './shell/shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  validateSearch: (raw: Record<string, unknown>): Search => asSearch(raw),
  component: Outlet,
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});
/** The secret of a one-time link is behind the #, which no server and no log of a proxy sees. */
const oneTimeLink = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('./pages/sign-in/link-page.tsx'), 'LinkPage'),
});

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: lazyRouteComponent(() => import('./pages/sign-in/password-page.tsx'), 'PasswordPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  search: { middlewares: [retainSearchParams<Search>(['system'])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(bootstrapQuery);
    } catch (error) {
      if (problemOf(error).status !== 401) throw error;
      const next = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: next === undefined ? {} : { next }, replace: true });
    }
  },
  component: Shell,
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});

/** Refuses a page before it asks the server for what would be refused. */
const needs =
  (permission: Permission) =>
  ({ context }: { readonly context: Context }): void => {
    const session = context.queryClient.getQueryData(bootstrapQuery.queryKey);
    if (session && session.permissions[permission] === undefined)
      throw new Problem(403, { code: 'FORBIDDEN', permission });
  };

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage'),
});

const findings = createRoute({
  getParentRoute: () => shell,
  path: '/findings',
  beforeLoad: needs('finding:read'),
  component: lazyRouteComponent(() => import('./pages/findings/findings-page.tsx'), 'FindingsPage'),
});
const finding = createRoute({
  getParentRoute: () => findings,
  path: '$findingKey',
  component: lazyRouteComponent(() => import('./pages/findings/finding-page.tsx'), 'FindingPage'),
});
const plugin = createRoute({
  getParentRoute: () => shell,
  path: '/plugins/$pluginId',
  beforeLoad: needs('finding:read'),
  component: lazyRouteComponent(() => import('./pages/findings/plugin-page.tsx'), 'PluginPage'),
});

const assets = createRoute({
  getParentRoute: () => shell,
  path: '/assets',
  beforeLoad: needs('asset:read'),
  component: lazily.assets,
});
const asset = createRoute({
  getParentRoute: () => shell,
  path: '/assets/$assetUuid/{-$tab}',
  beforeLoad: needs('asset:read'),
  component: lazily.asset,
});
const systems = createRoute({
  getParentRoute: () => shell,
  path: '/systems',
  beforeLoad: needs('system:read'),
  component: lazily.systems,
});
const system = createRoute({
  getParentRoute: () => shell,
  path: '/systems/$systemId/{-$tab}',
  beforeLoad: needs('system:read'),
  component: lazily.system,
});
const poams = createRoute({
  getParentRoute: () => shell,
  path: '/poams',
  beforeLoad: needs('poam:read'),
  component: lazily.poams,
});
const poam = createRoute({ getParentRoute: () => poams, path: '$poamId/{-$tab}', component: lazily.poam });
const board = createRoute({
  getParentRoute: () => shell,
  path: '/poams/board',
  beforeLoad: needs('poam:read'),
  component: lazily.board,
});
const milestones = createRoute({
  getParentRoute: () => shell,
  path: '/milestones',
  beforeLoad: needs('poam:read'),
  component: lazily.milestones,
});
const conflicts = createRoute({
  getParentRoute: () => shell,
  path: '/conflicts',
  beforeLoad: needs('conflict:read'),
  component: lazily.conflicts,
});
const conflict = createRoute({
  getParentRoute: () => conflicts,
  path: '$conflictId',
  component: lazily.conflict,
});
const approvals = createRoute({
  getParentRoute: () => shell,
  path: '/approvals',
  beforeLoad: needs('plan:read'),
  component: lazily.approvals,
});
const approval = createRoute({
  getParentRoute: () => shell,
  path: '/approvals/$approvalId',
  beforeLoad: needs('plan:read'),
  component: lazily.approval,
});
const sync = createRoute({
  getParentRoute: () => shell,
  path: '/sync',
  beforeLoad: needs('sync:read'),
  component: lazily.sync,
});
const outbox = createRoute({
  getParentRoute: () => shell,
  path: '/sync/outbox',
  beforeLoad: needs('sync:read'),
  component: lazily.outbox,
});
const change = createRoute({ getParentRoute: () => outbox, path: '$changeId', component: lazily.change });
const mappings = createRoute({
  getParentRoute: () => shell,
  path: '/setup/mappings',
  beforeLoad: needs('mapping:read'),
  component: lazily.mappings,
});
const rules = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules',
  beforeLoad: needs('rule:read'),
  component: lazily.rules,
});
const inheritedRule = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules/inherited',
  beforeLoad: needs('rule:read'),
  component: lazily.rule,
});
const boundaryRule = createRoute({
  getParentRoute: () => shell,
  path: '/setup/rules/boundary/$systemId',
  beforeLoad: needs('rule:read'),
  component: lazily.rule,
});
const mapping = createRoute({
  getParentRoute: () => shell,
  path: '/setup/mappings/$connection/{-$entity}',
  beforeLoad: needs('mapping:read'),
  component: lazily.mappings,
});
const operation = createRoute({
  getParentRoute: () => shell,
  path: '/operations/$operationId/{-$tab}',
  beforeLoad: needs('sync:read'),
  component: lazily.operation,
});

const connections = createRoute({
  getParentRoute: () => shell,
  path: '/connections',
  beforeLoad: needs('sync:read'),
  component: lazily.connections,
});
const addConnection = createRoute({
  getParentRoute: () => shell,
  path: '/connections/new',
  beforeLoad: needs('connection:admin'),
  component: lazily.addConnection,
});
const connection = createRoute({
  getParentRoute: () => shell,
  path: '/connections/$connection/{-$tab}',
  beforeLoad: needs('sync:read'),
  component: lazily.connection,
});

const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  beforeLoad: needs('admin:users'),
  component: lazily.users,
});
const user = createRoute({
  getParentRoute: () => shell,
  path: '/users/$account',
  beforeLoad: needs('admin:users'),
  component: lazily.user,
});
const grants = createRoute({
  getParentRoute: () => shell,
  path: '/grants',
  beforeLoad: needs('admin:users'),
  component: lazily.grants,
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/tokens',
  beforeLoad: needs('admin:users'),
  component: lazily.tokens,
});
const roles = createRoute({
  getParentRoute: () => shell,
  path: '/roles',
  beforeLoad: needs('admin:users'),
  component: lazily.roles,
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: '/imports',
  beforeLoad: needs('import:read'),
  component: lazily.imports,
});
const intelligence = createRoute({
  getParentRoute: () => shell,
  path: '/intelligence',
  beforeLoad: needs('intelligence:read'),
  component: lazily.intelligence,
});
const cve = createRoute({
  getParentRoute: () => shell,
  path: '/intelligence/$cve',
  beforeLoad: needs('intelligence:read'),
  component: lazily.cve,
});
const importOne = createRoute({
  getParentRoute: () => imports,
  path: '$importId',
  component: lazily.importOne,
});

const deviations = createRoute({
  getParentRoute: () => shell,
  path: '/deviations',
  beforeLoad: needs('poam:read'),
  component: lazily.deviations,
});
const deviation = createRoute({
  getParentRoute: () => shell,
  path: '/deviations/$deviationId',
  beforeLoad: needs('poam:read'),
  component: lazily.deviation,
});

const matches = createRoute({
  getParentRoute: () => shell,
  path: '/matches',
  beforeLoad: needs('link:read'),
  component: lazily.matches,
});
const match = createRoute({ getParentRoute: () => matches, path: '$matchId', component: lazily.match });

const runs = createRoute({
  getParentRoute: () => shell,
  path: '/sync/runs',
  beforeLoad: needs('sync:read'),
  component: lazily.runs,
});
const schedules = createRoute({
  getParentRoute: () => shell,
  path: '/sync/schedules',
  beforeLoad: needs('sync:read'),
  component: lazily.schedules,
});
const calls = createRoute({
  getParentRoute: () => shell,
  path: '/sync/calls',
  beforeLoad: needs('sync:read'),
  component: lazily.calls,
});
const plans = createRoute({
  getParentRoute: () => shell,
  path: '/plans',
  beforeLoad: needs('plan:read'),
  component: lazily.plans,
});
const plan = createRoute({
  getParentRoute: () => shell,
  path: '/plans/$planId',
  beforeLoad: needs('plan:read'),
  component: lazily.plan,
});

const routeTree = root.addChildren([
  signIn,
  oneTimeLink,
  password,
  shell.addChildren([
    home,
    findings.addChildren([finding]),
    plugin,
    assets,
    asset,
    systems,
    system,
    poams.addChildren([poam]),
    board,
    milestones,
    conflicts.addChildren([conflict]),
    approvals,
    approval,
    sync,
    outbox.addChildren([change]),
    operation,
    connections,
    addConnection,
    connection,
    users,
    user,
    grants,
    tokens,
    roles,
    imports.addChildren([importOne]),
    intelligence,
    cve,
    deviations,
    deviation,
    matches.addChildren([match]),
    runs,
    schedules,
    calls,
    plans,
    plan,
    mappings,
    mapping,
    rules,
    inheritedRule,
    boundaryRule,
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
