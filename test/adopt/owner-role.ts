import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { ownerTableNames } from './owner-tables.ts';
import type { AwkwardTraits } from './traits.ts';

/**
 * Gives tables to another role if the traits say so and the connected role may create roles.
 * Roles belong to the whole server, so the name is random and the caller drops it (`dropOwnerRole`).
 */
export async function giveAwayTables(
  client: pg.PoolClient,
  traits: AwkwardTraits,
): Promise<string | undefined> {
  const tables = [
    ...traits.foreignTables,
    ...(traits.ownership === 'all-tables' ? ownerTableNames(traits) : []),
  ];
  if (traits.ownership === 'one' || tables.length === 0 || !(await mayCreateRoles(client))) {
    return undefined;
  }
  const role = `app_owner_${randomBytes(6).toString('hex')}`;
  await client.query(`CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO current_user;
    GRANT USAGE, CREATE ON SCHEMA public TO ${role};
    ${tables.map((table) => `ALTER TABLE ${table} OWNER TO ${role};`).join('\n')}`);
  return role;
}

async function mayCreateRoles(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    'SELECT rolsuper OR rolcreaterole AS may FROM pg_roles WHERE rolname = current_user',
  );
  return rows[0]?.may ?? false;
}

/** Takes the role out of the server; its tables go to the connected role. Call it before the database is dropped. */
export async function dropOwnerRole(pool: pg.Pool, role: string): Promise<void> {
  await pool.query(`REASSIGN OWNED BY ${role} TO current_user; DROP OWNED BY ${role}; DROP ROLE ${role};`);
}
