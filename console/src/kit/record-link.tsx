/**
 * A link to a record's page: a plain anchor, whose click the shell hands to the router. Long lists have hundreds of them, and a router's
 * link each would follow every change of the address. Who may not open the page sees the text alone.
 */
import type { ReactNode } from 'react';
import type { Permission } from '../../../src/canonical/access/index.ts';
import { queryClient } from '../api/http/query-client.ts';
import { bootstrapQuery } from '../api/session.ts';

const kinds = {
  finding: { path: '/findings', permission: 'finding:read' },
  plugin: { path: '/plugins', permission: 'finding:read' },
  asset: { path: '/assets', permission: 'asset:read' },
  system: { path: '/systems', permission: 'system:read' },
  poam: { path: '/poams', permission: 'poam:read' },
  deviation: { path: '/deviations', permission: 'poam:read' },
  conflict: { path: '/conflicts', permission: 'conflict:read' },
  approval: { path: '/approvals', permission: 'plan:read' },
  operation: { path: '/operations', permission: 'sync:read' },
  match: { path: '/matches', permission: 'link:read' },
  plan: { path: '/plans', permission: 'plan:read' },
  import: { path: '/imports', permission: 'import:read' },
  change: { path: '/sync/outbox', permission: 'sync:read' },
  connection: { path: '/connections', permission: 'sync:read' },
  user: { path: '/users', permission: 'admin:users' },
} as const satisfies Record<string, { path: string; permission: Permission }>;
export type RecordKind = keyof typeof kinds;

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
