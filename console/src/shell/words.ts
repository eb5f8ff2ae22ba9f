/** What the permissions are called, for the page that says which one is missing. */
import type { Permission } from '../../../src/canonical/access/index.ts';

export const permissionWords: Partial<Record<Permission, string>> = {
  'finding:read': 'see findings and plugins',
  'asset:read': 'see assets',
  'system:read': 'see systems and their controls',
  'poam:read': 'see POA&Ms and milestones',
  'poam:write': 'edit POA&Ms and milestones',
  'conflict:read': 'see conflicts',
  'conflict:resolve': 'settle conflicts',
  'plan:read': 'see plans and approvals',
  'approval:decide': 'approve and reject what waits to be sent',
  'link:read': 'see links and matches',
  'link:write': 'decide matches, make and break links',
  'sync:read': 'see runs, the outbox, calls, schedules and connections',
  'sync:run': 'start syncs',
  'sync:operate': 'stop runs, pause sending, and retry or drop changes',
  'intelligence:read': 'see threat feeds, and risk scores with their parts',
  'intelligence:write': 'load threat feeds',
  'import:read': 'see imported scan files',
  'import:write': 'import scan files',
  'plan:create': 'make plans',
  'plan:apply': 'apply plans',
  'finding:export': 'export lists',
  'asset:write': 'edit the business context of assets',
  'remediation:write': 'plan the work on findings and report it fixed',
  'mapping:read': 'see mappings and policies',
  'admin:users': 'manage people, grants and tokens',
  'connection:admin': 'add, change and remove connections',
  'policy:write': 'change policies, and how far a connection is trusted',
};

export const roleWords: Record<string, string> = {
  viewer: 'Viewer',
  analyst: 'Vulnerability analyst',
  isso: 'ISSO',
  issm: 'ISSM',
  ao: 'Authorizing official',
  auditor: 'Auditor',
  operator: 'Operator',
  admin: 'Administrator',
};
