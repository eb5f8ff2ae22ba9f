import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import {
  allPermissions,
  allRoles,
  everywhere,
  type Grant,
  type NamedIn,
  type Permission,
  type Role,
  type Scope,
} from '../../../canonical/access/index.ts';
import { boundariesOfGrant, unclearOfGrant } from '../../../record/systems/index.ts';

export interface GrantRow {
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly role: string | null;
  readonly permission: string | null;
  readonly reach: 'everywhere' | 'boundaries';
  /** Of one by a field: those that name the account now. */
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
  /** By which field of boundaries it is given; null: for those that were listed. */
  readonly namedIn: NamedIn | null;
  /** Boundaries whose field says a name that other people bear too: it gives nothing there. */
  readonly unclear: readonly string[];
  readonly until: Date | null;
  readonly source: 'person' | 'machine' | 'demo' | 'group';
  /** Of source group: the grant of the group that it follows from. */
  readonly groupGrantId: string | null;
  readonly grantedAt: Date;
  readonly grantedBy: string;
  readonly reason: string | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
}

const grants = sql`
  select g.id, g.principal_id as "principalId", p.name as principal, g.role, g.permission, g.reach, ${boundariesOfGrant} as "systemIds",
         g.unassigned, g.named_in as "namedIn", ${unclearOfGrant} as unclear, g.until_at as until, g.source, g.granted_at as "grantedAt", g.granted_by as "grantedBy", g.reason,
         g.revoked_at as "revokedAt", g.revoked_by as "revokedBy", g.revoked_reason as "revokedReason", g.group_grant_id as "groupGrantId"
    from grants g join principals p on p.id = g.principal_id`;

/** @param filter.all also those that were revoked or have ended. */
export async function listGrants(
  db: Kysely<Database>,
  filter: { readonly principalId?: string | undefined; readonly all?: boolean; readonly at: Date },
  limit: number,
): Promise<GrantRow[]> {
  const { principalId = null, all = false, at } = filter;
  const { rows } = await sql<GrantRow>`${grants}
     where (${principalId}::uuid is null or g.principal_id = ${principalId}::uuid)
       and (${all} or g.revoked_at is null and (g.until_at is null or g.until_at > ${at}))
     order by lower(p.name), g.granted_at, g.id limit ${limit}`.execute(db);
  return rows;
}

export async function fetchGrantsByIds(db: Kysely<Database>, ids: readonly string[]): Promise<GrantRow[]> {
  const { rows } = await sql<GrantRow>`${grants} where g.id = any(${[...ids]}::uuid[])`.execute(db);
  return rows;
}

/** @param wanted its id, or how it begins; undefined also where several begin so. */
export async function findGrant(db: Kysely<Database>, wanted: string): Promise<GrantRow | undefined> {
  if (!/^[0-9a-f-]{8,36}$/i.test(wanted)) return undefined;
  const { rows } = await sql<GrantRow>`${grants}
     where g.id::text like ${`${wanted.toLowerCase()}%`} and g.revoked_at is null limit 2`.execute(db);
  return rows.length === 1 ? rows[0] : undefined;
}

/** Pure: a stored grant in the words of the canonical room; undefined where a later version gave a role that is not known here. */
export function grantOf(
  row: Pick<GrantRow, 'role' | 'permission' | 'reach' | 'systemIds' | 'unassigned' | 'until'>,
): Grant | undefined {
  const role = allRoles.find((each) => each === row.role);
  const permission = allPermissions.find((each) => each === row.permission);
  const gives = role !== undefined ? { role } : permission !== undefined ? { permission } : undefined;
  if (gives === undefined) return undefined;
  return { gives, scope: scopeOf(row), ...(row.until === null ? {} : { until: row.until }) };
}

/** Pure. */
export const scopeOf = (row: Pick<GrantRow, 'reach' | 'systemIds' | 'unassigned'>): Scope =>
  row.reach === 'everywhere'
    ? everywhere
    : { kind: 'boundaries', systemIds: row.systemIds, unassigned: row.unassigned };

/** Those in force. */
export async function grantsOf(db: Kysely<Database>, principalId: string, at: Date): Promise<Grant[]> {
  const rows = await listGrants(db, { principalId, at }, 10_000);
  return rows.flatMap((row) => grantOf(row) ?? []);
}

export interface NewGrant {
  readonly principalId: string;
  readonly gives: { readonly role: Role } | { readonly permission: Permission };
  readonly scope: Scope;
  /** For the boundaries whose field names the account, whichever they are; `scope` then lists none. */
  readonly namedIn?: NamedIn | undefined;
  readonly until?: Date | undefined;
  readonly reason?: string | undefined;
}

export interface GivenBy {
  readonly at: Date;
  readonly name: string;
  readonly principalId: string | null;
}

export async function insertGrant(
  db: Kysely<Database>,
  grant: NewGrant,
  by: GivenBy & { readonly source: GrantRow['source'] },
): Promise<string> {
  const { gives, scope } = grant;
  const { rows } = await sql<{ id: string }>`
    insert into grants (principal_id, role, permission, reach, system_ids, unassigned, named_in, until_at, reason, source, granted_at, granted_by,
        granted_by_principal_id)
    values (${grant.principalId}::uuid, ${'role' in gives ? gives.role : null}, ${'permission' in gives ? gives.permission : null},
        ${scope.kind}, ${scope.kind === 'everywhere' ? [] : scope.systemIds}::text[], ${scope.kind === 'boundaries' && scope.unassigned}, ${grant.namedIn ?? null},
        ${grant.until ?? null}, ${grant.reason ?? null}, ${by.source}, ${by.at}, ${by.name}, ${by.principalId}::uuid)
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

/** @returns false if it was revoked already. */
export async function revokeGrantRow(
  db: Kysely<Database>,
  id: string,
  by: GivenBy & { readonly reason?: string | undefined },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update grants set revoked_at = ${by.at}, revoked_by = ${by.name}, revoked_by_principal_id = ${by.principalId}::uuid,
        revoked_reason = ${by.reason ?? null}
     where id = ${id}::uuid and revoked_at is null`.execute(db);
  return numAffectedRows > 0n;
}

/** Whoever takes away an administrator's right waits for the others who do, so that two of them do not remove each other. */
export async function takeAdministratorsTurn(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tieline administrators'))`.execute(db);
}

/**
 * People who are not disabled and may administer accounts, everywhere, by grants of their own: what a group gives may end outside of here at
 * any time. A locked one counts: the machine can release it.
 */
export async function countAdministrators(db: Kysely<Database>, at: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct p.id)::int as n from principals p join grants g on g.principal_id = p.id
     where p.status <> 'disabled' and p.kind = 'person' and g.revoked_at is null and (g.until_at is null or g.until_at > ${at})
       and g.group_grant_id is null and g.reach = 'everywhere' and (g.role = 'admin' or g.permission = 'admin:users')`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/** Ids that are no boundary. */
export async function listUnknownBoundaries(
  db: Kysely<Database>,
  systemIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select wanted.id from unnest(${systemIds}::text[]) wanted(id)
     where not exists (select from ingestion_systems s where s.system_id = wanted.id)`.execute(db);
  return rows.map((row) => row.id);
}
