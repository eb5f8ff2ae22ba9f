/**
 * What a person or a program may do. A route, a command and a button name one of these; nothing is allowed that none names.
 * `where` says how far a grant of it reaches: `boundary` permissions hold in the authorization boundaries of the grant,
 * `installation` ones hold for the whole installation or not at all, so a grant that is limited to boundaries does not give them.
 */
export const permissions = {
  'finding:read': { where: 'boundary', title: 'see findings and plugins' },
  'asset:read': { where: 'boundary', title: 'see assets' },
  'system:read': { where: 'boundary', title: 'see systems (authorization boundaries) and their controls' },
  'poam:read': { where: 'boundary', title: 'see POA&Ms and milestones' },
  'conflict:read': { where: 'boundary', title: 'see conflicts' },
  'plan:read': { where: 'boundary', title: 'see plans and approvals' },
  'link:read': { where: 'boundary', title: 'see links and matches' },
  'rule:read': { where: 'boundary', title: 'see weakness rules and exclusions' },
  'metric:read': { where: 'boundary', title: 'see metrics and dashboards' },
  'intelligence:read': { where: 'boundary', title: 'see threat feeds, and risk scores with their parts' },
  'sync:read': { where: 'installation', title: 'see runs, the outbox, calls, schedules and connections' },
  'import:read': { where: 'installation', title: 'see imported scan files' },
  'mapping:read': { where: 'installation', title: 'see mappings and policies' },
  'finding:export': { where: 'boundary', title: 'export lists' },
  'report:read': { where: 'boundary', title: 'see reports' },
  'report:create': { where: 'boundary', title: 'make reports' },
  'asset:identify': { where: 'boundary', title: 'merge and split assets' },
  'link:write': { where: 'boundary', title: 'decide matches, make and break links' },
  'scan:launch': { where: 'boundary', title: 'ask for remediation scans' },
  'import:write': { where: 'installation', title: 'import scan files' },
  'intelligence:write': { where: 'installation', title: 'load threat feeds' },
  'acceptance:request': { where: 'boundary', title: 'ask for an acceptance or false positive' },
  'deviation:request': { where: 'boundary', title: 'ask for a deviation' },
  'poam:write': { where: 'boundary', title: 'edit POA&Ms and milestones' },
  'conflict:resolve': { where: 'boundary', title: 'settle conflicts' },
  'task:read': { where: 'boundary', title: 'see tasks' },
  'task:write': { where: 'boundary', title: 'give tasks about records, and say that they are done' },
  'remediation:write': {
    where: 'boundary',
    title: 'plan the work on findings: whose it is, until when; report it fixed',
  },
  'asset:write': { where: 'boundary', title: 'edit the business context of assets' },
  'poam:approve': { where: 'boundary', title: 'extend and end POA&Ms' },
  'deviation:approve': {
    where: 'boundary',
    title: 'decide requests (deviations, extensions, completions) as the rules of who decides say',
  },
  'approval:decide': { where: 'boundary', title: 'approve and reject what waits to be sent' },
  'plan:create': { where: 'boundary', title: 'make plans' },
  'plan:apply': { where: 'boundary', title: 'apply plans' },
  'sync:run': { where: 'installation', title: 'start syncs' },
  'sync:operate': {
    where: 'installation',
    title: 'stop runs, pause and resume, retry and drop changes, undo',
  },
  'mapping:write': { where: 'installation', title: 'change mappings' },
  'rule:write': { where: 'boundary', title: 'change weakness rules and exclusions' },
  'policy:write': { where: 'installation', title: 'change policies' },
  'workflow:write': { where: 'installation', title: 'change workflows' },
  'metric:write': { where: 'installation', title: 'define metrics' },
  'system:configure': { where: 'boundary', title: 'switch the sync of a system on and off' },
  'due-policy:write': { where: 'boundary', title: 'say which due-date policies apply to a system' },
  'audit:read': { where: 'boundary', title: 'see the security log' },
  'admin:users': { where: 'installation', title: 'manage people, grants and tokens' },
  'admin:settings': { where: 'installation', title: 'change settings' },
  'connection:admin': {
    where: 'installation',
    title: 'add, change and remove connections; secrets can be set, never read',
  },
} as const satisfies Record<string, { readonly where: 'boundary' | 'installation'; readonly title: string }>;

export type Permission = keyof typeof permissions;
export const allPermissions = Object.keys(permissions) as readonly Permission[]; // its own keys
