/** Who sees which alert: whoever may see alerts at all and holds, for its boundary, the permission that its kind names. */
import { type RawBuilder, sql } from 'kysely';
import {
  type Actor,
  inScope,
  intersected,
  isEmpty,
  type Permission,
  permissions,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import { type AlertKind, alertKinds } from '../../canonical/vocabulary/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';

export interface AlertReader {
  /** Where the actor holds the permission by which they ask. */
  readonly scope: Scope;
  readonly actor: Actor;
  readonly now: Date;
}

function withinOf({ scope, actor, now }: AlertReader, permission: Permission): Scope | undefined {
  const held = scopeFor(actor, permission, now);
  if (held === undefined) return undefined;
  const within = intersected(scope, held);
  return isEmpty(within) ? undefined : within;
}

/**
 * SQL that is true of the alerts `a` that the reader sees. What is about the installation is in no boundary, and yet is not for everybody who
 * sees what is in none: it is for those who see all. So is a metric of all boundaries.
 */
export function isVisible(reader: AlertReader): RawBuilder<boolean> {
  const byPermission = Map.groupBy(alertKinds, (kind) => alertKindSpecs[kind].seenBy);
  const parts = [...byPermission].flatMap(([permission, kinds]: [Permission, AlertKind[]]) => {
    const within = withinOf(reader, permission);
    if (within === undefined) return [];
    const ofAll = permissions[permission].where === 'installation' || within.kind === 'everywhere';
    if (ofAll && within.kind !== 'everywhere') return [];
    const operational = kinds.filter((kind) => alertKindSpecs[kind].reach === 'installation');
    const ofRecords = kinds.filter((kind) => alertKindSpecs[kind].reach === 'boundary');
    return [
      ...(within.kind === 'everywhere' && operational.length > 0
        ? [sql`a.alert_type = any(${operational}::text[])`]
        : []),
      ...(ofRecords.length > 0
        ? [
            sql`(a.alert_type = any(${ofRecords}::text[]) and ${inScope(within, sql`a.system_id`)}
                 and (a.alert_type <> ${'metric' satisfies AlertKind} or a.system_id is not null or ${within.kind === 'everywhere'}))`,
          ]
        : []),
    ];
  });
  return parts.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(parts, sql` or `)})`;
}
