/**
 * The roles, and what each may do. `further` marks what a role's holder may be given by a grant of that single permission; what is
 * in neither list is not given to that role at all. The table follows the separation of duties of SP 800-53 AC-5: the administrator sees
 * no findings, the auditor writes nothing, and an operator runs the sync without reading what it carries.
 */
import type { Permission } from './permission.ts';

export interface RoleSpec {
  readonly title: string;
  readonly may: readonly Permission[];
  readonly further: readonly Permission[];
}

const reads = [
  'finding:read',
  'asset:read',
  'system:read',
  'poam:read',
  'conflict:read',
  'plan:read',
  'link:read',
  'rule:read',
  'intelligence:read',
  'metric:read',
  'sync:read',
  'import:read',
  'mapping:read',
  'report:read',
  'task:read',
  'alert:read',
  'workflow:read',
] as const;
const analysis = [
  'finding:export',
  'report:create',
  'asset:identify',
  'link:write',
  'scan:launch',
  'import:write',
  'intelligence:write',
  'acceptance:request',
  'deviation:request',
  'remediation:write',
  'task:write',
  'dashboard:write',
  'alert:write',
] as const;
const upkeep = ['poam:write', 'conflict:resolve', 'asset:write', 'control:write'] as const;

export const roles = {
  viewer: {
    title: 'Viewer',
    may: reads,
    further: [
      'finding:export',
      'report:create',
      'remediation:write',
      'task:write',
      'alert:write',
      'dashboard:write',
    ],
  },
  analyst: {
    title: 'Vulnerability analyst',
    may: [...reads, ...analysis],
    further: [...upkeep, 'plan:create', 'sync:run'],
  },
  isso: {
    title: 'ISSO',
    may: [
      ...reads,
      ...analysis,
      ...upkeep,
      'plan:create',
      'sync:run',
      'audit:read',
      'audit:investigate',
      'deviation:approve',
      'workflow:run',
    ],
    further: ['rule:write', 'alert:rules'],
  },
  issm: {
    title: 'ISSM',
    may: [
      ...reads,
      ...analysis,
      ...upkeep,
      'plan:create',
      'sync:run',
      'audit:read',
      'audit:investigate',
      'audit:administer',
      'poam:approve',
      'deviation:approve',
      'approval:decide',
      'plan:apply',
      'mapping:write',
      'rule:write',
      'policy:write',
      'workflow:run',
      'workflow:write',
      'metric:write',
      'system:configure',
      'due-policy:write',
      'alert:rules',
    ],
    further: ['sync:operate'],
  },
  ao: {
    title: 'Authorizing official',
    may: [
      ...reads,
      'finding:export',
      'report:create',
      'dashboard:write',
      'poam:approve',
      'deviation:approve',
      'approval:decide',
      'plan:apply',
    ],
    further: ['audit:read', 'alert:write'],
  },
  auditor: {
    title: 'Auditor',
    may: [
      ...reads,
      'finding:export',
      'report:create',
      'dashboard:write',
      'audit:read',
      'audit:administer',
      'privacy:read',
    ],
    further: [],
  },
  privacy_officer: {
    title: 'Privacy officer',
    may: ['privacy:read', 'privacy:write'],
    // What a person asks to have corrected lies in records of the boundaries.
    further: [...reads, 'poam:write', 'asset:write', 'control:write', 'audit:read'],
  },
  operator: {
    title: 'Operator',
    may: [
      'sync:read',
      'import:read',
      'mapping:read',
      'link:read',
      'link:write',
      'import:write',
      'intelligence:read',
      'intelligence:write',
      'plan:create',
      'sync:run',
      'sync:operate',
      'mapping:write',
      'policy:write',
      'workflow:read',
      'workflow:run',
      'workflow:write',
      'system:configure',
      'connection:admin',
      'alert:read',
      'alert:write',
      'alert:rules',
      'alert:channels',
    ],
    further: reads,
  },
  admin: {
    title: 'Administrator',
    may: [
      'admin:users',
      'admin:settings',
      'audit:administer',
      'connection:admin',
      'sync:read',
      'mapping:read',
      'alert:read',
      'alert:write',
      'alert:channels',
    ],
    further: [...reads, 'audit:read', 'finding:export', 'report:create'],
  },
} as const satisfies Record<string, RoleSpec>;

export type Role = keyof typeof roles;
export const allRoles = Object.keys(roles) as readonly Role[]; // its own keys

/** Who holds one of these is signed out sooner (10 minutes) and may hold fewer sessions: SP 800-53 AC-12, AC-10. */
const privileged: ReadonlySet<Permission> = new Set<Permission>([
  'admin:users',
  'admin:settings',
  'connection:admin',
  'approval:decide',
  'deviation:approve',
  'poam:approve',
  'sync:operate',
  'privacy:write',
]);
export const isPrivileged = (held: Iterable<Permission>): boolean =>
  [...held].some((permission) => privileged.has(permission));
