/** People and teams who can be given work, and what each of them sees: work that its owner does not see would fall silent. */
import { boundariesOfGrant } from '../../record/systems/index.ts';
import { sql, type Kysely } from 'kysely';
import {
  allPermissions,
  allRoles,
  everywhere,
  type Grant,
  type Permission,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface Assignee {
  readonly kind: 'person' | 'team';
  readonly id: string;
  readonly name: string;
  /** As it is shown; of a team its name. */
  readonly title: string;
  /** The row of the owner's users that is the same person. */
  readonly userId: number | null;
  /** What each person of it sees of findings, or of what the permission asked for lets them see; none: nobody would see the work. */
  readonly sees: readonly Scope[];
}

interface StoredGrant {
  readonly role: string | null;
  readonly permission: string | null;
  readonly reach: string;
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
  readonly until: string | null;
}

function grantOf(stored: StoredGrant): Grant[] {
  const role = allRoles.find((each) => each === stored.role);
  const permission = allPermissions.find((each) => each === stored.permission);
  const gives = role !== undefined ? { role } : permission !== undefined ? { permission } : undefined;
  if (gives === undefined) return [];
  const scope: Scope =
    stored.reach === 'everywhere'
      ? everywhere
      : { kind: 'boundaries', systemIds: stored.systemIds, unassigned: stored.unassigned };
  return [{ gives, scope, ...(stored.until === null ? {} : { until: new Date(stored.until) }) }];
}

const grantsOf = sql`
  coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'permission', g.permission, 'reach', g.reach, 'systemIds', ${boundariesOfGrant},
                                                'unassigned', g.unassigned, 'until', g.until_at))
              from grants g where g.principal_id = p.id and g.revoked_at is null), '[]')`;

type Stored = Omit<Assignee, 'sees'> & { readonly members: readonly (readonly StoredGrant[])[] };

const seenBy = (grants: readonly StoredGrant[], now: Date, permission: Permission): Scope[] => {
  const actor = { principalId: '', name: '', kind: 'person', grants: grants.flatMap(grantOf) } as const;
  const scope = scopeFor(actor, permission, now);
  return scope === undefined ? [] : [scope];
};

/** @param name one of them, in any case; undefined: all, people first. @param permission by which they see the work. */
export async function listAssignees(
  db: Kysely<Database>,
  now: Date,
  name?: string,
  permission: Permission = 'finding:read',
): Promise<Assignee[]> {
  const { rows } = await sql<Stored>`
    select * from (
      select 'person' as kind, p.id::text as id, p.name::text as name, coalesce(p.display_name, p.name)::text as title, p.user_id as "userId",
             jsonb_build_array(${grantsOf}) as members
        from principals p where p.kind = 'person' and p.status = 'active'
      union all
      select 'team', t.id::text, t.name, t.name, null,
             coalesce((select jsonb_agg(${grantsOf}) from team_members m join principals p on p.id = m.principal_id
                        where m.team_id = t.id and p.status = 'active'), '[]')
        from teams t
    ) known
     where ${name ?? null}::text is null or lower(name) = lower(${name ?? null})
     order by kind, lower(name) limit 5000`.execute(db);
  return rows.map(({ members, ...row }) => ({
    ...row,
    sees: members.flatMap((grants) => seenBy(grants, now, permission)),
  }));
}
