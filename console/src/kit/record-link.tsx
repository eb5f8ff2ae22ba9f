/**
 * A link to a record's page: a plain anchor, whose click the shell hands to the router. Long lists have hundreds of them, and a router's
 * link each would follow every change of the address. Who may not open the page sees the text alone.
 */
import type { ReactNode } from 'react';
import type { Permission } from '../../../src/canonical/access/index.ts';
import { queryClient } from '../api/http/query-client.ts';
import { bootstrapQuery } from '../api/access/session.ts';

const kinds = {
  finding: { path: '/findings', permission: 'finding:read' },
  plugin: { path: '/plugins', permission: 'finding:read' },
  asset: { path: '/assets', permission: 'asset:read' },
  system: { path: '/systems', permission: 'system:read' },
  poam: { path: '/poams', permission: 'poam:read' },
  alert: { path: '/alerts', permission: 'alert:read' },
  privacy: { path: '/privacy', permission: 'privacy:read' },
  task: { path: '/tasks', permission: 'task:read' },
  deviation: { path: '/deviations', permission: 'poam:read' },
  conflict: { path: '/conflicts', permission: 'conflict:read' },
  approval: { path: '/approvals', permission: 'plan:read' },
  operation: { path: '/operations', permission: 'sync:read' },
  match: { path: '/matches', permission: 'link:read' },
  plan: { path: '/plans', permission: 'plan:read' },
  import: { path: '/imports', permission: 'import:read' },
  change: { path: '/sync/outbox', permission: 'sync:read' },
  connection: { path: '/connections', permission: 'sync:read' },
  securityEvent: { path: '/security', permission: 'audit:read' },
  workflow: { path: '/workflows', permission: 'workflow:read' },
  workflowRun: { path: '/workflow-runs', permission: 'workflow:read' },
  user: { path: '/users', permission: 'admin:users' },
} as const satisfies Record<string, { path: string; permission: Permission }>;
export type RecordKind = keyof typeof kinds;

export const isRecordKind = (word: string): word is RecordKind => Object.hasOwn(kinds, word);

export const recordPath = (kind: RecordKind, id: string | number): string =>
  `${kinds[kind].path}/${encodeURIComponent(id)}`;

export const RecordLink = ({
  kind,
  id,
  title,
  inRow = false,
  children,
}: {
  readonly kind: RecordKind;
  readonly id: string | number;
  readonly title?: string | undefined;
  /** In a row of a list, which is one tab stop itself. */
  readonly inRow?: boolean;
  readonly children: ReactNode;
}) => {
  const permissions = queryClient.getQueryData(bootstrapQuery.queryKey)?.permissions;
  if (permissions?.[kinds[kind].permission] === undefined) return <span title={title}>{children}</span>;
  return (
    <a href={recordPath(kind, id)} title={title} tabIndex={inRow ? -1 : undefined}>
      {children}
    </a>
  );
};

/** A record of any kind: a link where it has a page. */
export const EntityLink = ({
  entity,
  id,
  inRow = false,
  children,
}: {
  readonly entity: string;
  readonly id: string;
  readonly inRow?: boolean;
  readonly children: ReactNode;
}) =>
  entity === 'poam' ? (
    <RecordLink kind="poam" id={id} inRow={inRow}>
      {children}
    </RecordLink>
  ) : (
    <span>{children}</span>
  );

const listPaths: Readonly<Record<string, string>> = {
  findings: '/findings',
  assets: '/assets',
  poams: '/poams',
  milestones: '/milestones',
  alerts: '/alerts',
  deviations: '/deviations',
  conflicts: '/conflicts',
  approvals: '/approvals',
  matches: '/matches',
  outbox: '/sync/outbox',
  operations: '/sync/runs',
  connections: '/connections',
  intelligence: '/intelligence',
  'security-events': '/security',
  privacy: '/privacy',
  'workflow-runs': '/workflow-runs',
};

/** The page of a list; undefined where it has none. */
export const listPath = (noun: string): string | undefined => listPaths[noun];

/** A link to a place by its address, as plain as `RecordLink`. */
export const TextLink = ({ to, children }: { readonly to: string; readonly children: ReactNode }) => (
  <a href={to}>{children}</a>
);
