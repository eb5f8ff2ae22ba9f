/** What every route hangs on: the root, the signed-in part of the console, and the check of a permission. */
import {
  createRootRouteWithContext,
  createRoute,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import type { Permission } from '../../src/canonical/access/index.ts';
import { Problem, problemOf } from './api/http/problem.ts';
import { bootstrapQuery } from './api/access/session.ts';
import { asSearch, type Search } from './kit/search.ts';
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx';
import { Shell } from './shell/shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({
  validateSearch: (raw: Record<string, unknown>): Search => asSearch(raw),
  component: Outlet,
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});

/** The signed-in part: waits for GET /me/bootstrap, and without a session leads to the sign-in page and back. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  search: { middlewares: [retainSearchParams<Search>(['system'])] },
  beforeLoad: async ({ context, location }) => {
    let mustSetUp = false;
    try {
      const { session } = await context.queryClient.ensureQueryData(bootstrapQuery);
      mustSetUp = session?.mustSetUpFactor === true;
    } catch (error) {
      if (problemOf(error).status !== 401) throw error;
      const next = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: next === undefined ? {} : { next }, replace: true });
    }
    // The server refuses everything else until then.
    if (mustSetUp) throw redirect({ to: '/second-factor', search: { next: location.href }, replace: true });
  },
  component: Shell,
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});

/** Refuses a page before it asks the server for what would be refused. @param others one of them is enough as well. */
export const needs =
  (permission: Permission, ...others: readonly Permission[]) =>
  ({ context }: { readonly context: Context }): void => {
    const session = context.queryClient.getQueryData(bootstrapQuery.queryKey);
    if (session && [permission, ...others].every((each) => session.permissions[each] === undefined))
      throw new Problem(403, { code: 'FORBIDDEN', permission });
  };
