/**
 * The routes. All state of a page is in its URL. Pages are loaded when they are first opened; pointing at a link loads page and data
 * ahead. The root, the signed-in part, and two groups of routes are in files of their own, beside this one.
 */
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { accessRoutes } from './access-routes.ts';
import { queryClient } from './api/http/query-client.ts';
import { bootstrapQuery } from './api/access/session.ts';
import { parseSearch, stringifySearch } from './kit/search.ts';
import { lazily } from './lazy-pages.ts';
import { needs, root, shell } from './root-routes.tsx';
import { setupRoutes } from './setup-routes.ts';
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx';

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
  beforeLoad: ({ context }) => context.queryClient.ensureQueryData(bootstrapQuery).then(() => undefined),
  component: lazyRouteComponent(() => import('./pages/sign-in/password-page.tsx'), 'PasswordPage'),
});

/** Before anything else, where the account must have a second factor and has none. */
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  beforeLoad: ({ context }) => context.queryClient.ensureQueryData(bootstrapQuery).then(() => undefined),
  component: lazyRouteComponent(() => import('./pages/own-sign-in/must-set-up-page.tsx'), 'MustSetUpPage'),
});
const ownSignIn = createRoute({
  getParentRoute: () => shell,
  path: '/your-sign-in',
  component: lazyRouteComponent(() => import('./pages/own-sign-in/own-sign-in-page.tsx'), 'OwnSignInPage'),
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage'),
});

const inbox = createRoute({ getParentRoute: () => shell, path: '/inbox', component: lazily.inbox });
const changes = createRoute({
  getParentRoute: () => shell,
  path: '/changes',
  beforeLoad: needs('poam:read'),
  component: lazily.changes,
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
const control = createRoute({
  getParentRoute: () => shell,
  path: '/systems/$systemId/controls/$controlId',
  beforeLoad: needs('system:read'),
  component: lazily.control,
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

const imports = createRoute({
  getParentRoute: () => shell,
  path: '/imports',
  beforeLoad: needs('import:read', 'poam:write'),
  component: lazily.imports,
});
const reports = createRoute({
  getParentRoute: () => shell,
  path: '/reports',
  beforeLoad: needs('report:read'),
  component: lazily.reports,
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
const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/{-$dashboardId}',
  beforeLoad: needs('metric:read'),
  component: lazily.dashboards,
});
const metrics = createRoute({
  getParentRoute: () => shell,
  path: '/metrics',
  beforeLoad: needs('metric:read'),
  component: lazily.metrics,
});
const metric = createRoute({
  getParentRoute: () => shell,
  path: '/metrics/$metricName',
  beforeLoad: needs('metric:read'),
  component: lazily.metric,
});
const poamImport = createRoute({
  getParentRoute: () => shell,
  path: '/poam-files/$poamImportId',
  beforeLoad: needs('poam:read'),
  component: lazily.poamImport,
});
const importOne = createRoute({
  getParentRoute: () => imports,
  path: '$importId',
  component: lazily.importOne,
});

const reviews = createRoute({
  getParentRoute: () => shell,
  path: '/reviews',
  beforeLoad: needs('poam:read'),
  component: lazily.reviews,
});
const alerts = createRoute({
  getParentRoute: () => shell,
  path: '/alerts',
  beforeLoad: needs('alert:read'),
  component: lazily.alerts,
});
const alert = createRoute({
  getParentRoute: () => shell,
  path: '/alerts/$alertId',
  beforeLoad: needs('alert:read'),
  component: lazily.alert,
});
const privacy = createRoute({
  getParentRoute: () => shell,
  path: '/privacy',
  beforeLoad: needs('privacy:read'),
  component: lazily.privacy,
});
const privacyRequest = createRoute({
  getParentRoute: () => shell,
  path: '/privacy/$privacyId',
  beforeLoad: needs('privacy:read'),
  component: lazily.privacyRequest,
});
const disclosures = createRoute({
  getParentRoute: () => shell,
  path: '/disclosures',
  beforeLoad: needs('privacy:read'),
  component: lazily.disclosures,
});
const tasks = createRoute({
  getParentRoute: () => shell,
  path: '/tasks',
  beforeLoad: needs('task:read'),
  component: lazily.tasks,
});
const task = createRoute({ getParentRoute: () => tasks, path: '$taskId', component: lazily.task });

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
const performance = createRoute({
  getParentRoute: () => shell,
  path: '/sync/performance',
  beforeLoad: needs('sync:read'),
  component: lazily.performance,
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
  secondFactor,
  shell.addChildren([
    home,
    ownSignIn,
    inbox,
    changes,
    findings.addChildren([finding]),
    plugin,
    assets,
    asset,
    systems,
    system,
    control,
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
    imports.addChildren([importOne]),
    dashboards,
    metrics,
    metric,
    reports,
    poamImport,
    intelligence,
    cve,
    reviews,
    alerts,
    alert,
    privacy,
    privacyRequest,
    disclosures,
    tasks.addChildren([task]),
    deviations,
    deviation,
    matches.addChildren([match]),
    runs,
    schedules,
    calls,
    performance,
    plans,
    plan,
    ...accessRoutes,
    ...setupRoutes,
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
