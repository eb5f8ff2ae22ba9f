/** The routes of who may do what (users, their grants, tokens, roles, teams), and of who did it. */
import { createRoute } from '@tanstack/react-router';
import { lazily } from './lazy-pages.ts';
import { needs, shell } from './root-routes.tsx';

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
const signInRules = createRoute({
  getParentRoute: () => shell,
  path: '/sign-in-rules',
  beforeLoad: needs('admin:users'),
  component: lazily.signInRules,
});
const teams = createRoute({
  getParentRoute: () => shell,
  path: '/teams',
  beforeLoad: needs('admin:users'),
  component: lazily.teams,
});

const identities = createRoute({
  getParentRoute: () => shell,
  path: '/identities',
  beforeLoad: needs('admin:users'),
  component: lazily.identities,
});

const securityLog = createRoute({
  getParentRoute: () => shell,
  path: '/security',
  beforeLoad: needs('audit:read'),
  component: lazily.securityLog,
});
const securityEvent = createRoute({
  getParentRoute: () => shell,
  path: '/security/$eventId',
  beforeLoad: needs('audit:read'),
  component: lazily.securityEvent,
});

/** A tuple, not a list of routes: typed links know the path and the parameters of each. */
export const accessRoutes = [
  users,
  user,
  grants,
  tokens,
  roles,
  signInRules,
  teams,
  identities,
  securityLog,
  securityEvent,
] as const;
