/**
 * The roles of the embedded server. Tieline's own is not a superuser: whoever gets hold of its password gets the record, not the account
 * that PostgreSQL runs as (COPY … PROGRAM, pg_read_file). It may make roles (readers of metrics) and databases (the demo's). The
 * superuser that initdb needs has no password and is let in by no rule; it acts in the single-user mode only.
 *
 * Clusters made before had `tieline` as that superuser. PostgreSQL can neither take the attribute from it nor rename it while it is
 * the one at work, and REASSIGN OWNED does not work for it; so its name is changed in the catalog, and what it owns is handed over
 * one by one.
 */
export const superuser = 'postgres';

/** What the role may, as SQL, a statement a line. */
export function roleSettings(role: string): string {
  return [
    `ALTER ROLE ${role} LOGIN NOSUPERUSER NOREPLICATION NOBYPASSRLS CREATEDB CREATEROLE;`,
    // The roles that it makes are its own to act as, as before PostgreSQL 16.
    `ALTER ROLE ${role} SET createrole_self_grant = 'set, inherit';`,
    `GRANT SET ON PARAMETER session_replication_role TO ${role};`,
    '',
  ].join('\n');
}

/** 10 is the role that initdb makes, whatever it is called (BOOTSTRAP_SUPERUSERID). */
const bootstrap = 10;

/** SQL for a cluster of an earlier version, for the single-user mode: a statement a line. Each may be run again. */
export function conversionOf(role: string): {
  /** In any database: the roles, and whose the databases are. */
  readonly roles: string;
  /** In any database: `datname` of those whose contents are to be handed over. */
  readonly listDatabases: string;
  /** In each of them. */
  readonly owners: string;
} {
  const own = `datname not in ('${superuser}', 'template0', 'template1')`;
  const ours = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
  const notOfExtension = (catalog: string, oid: string): string =>
    `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
  const owners = [
    `select format('alter schema %I owner to ${role}', n.nspname) as sql from pg_namespace n
      where n.nspowner = ${bootstrap} and ${ours}`,
    `select format('alter %s %I.%I owner to ${role}', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
              when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end, n.nspname, c.relname)
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relowner = ${bootstrap} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${ours} and ${notOfExtension('pg_class', 'c.oid')}
        and not (c.relkind = 'S' and exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))`,
    `select format('alter %s %I.%I owner to ${role}', case t.typtype when 'd' then 'domain' else 'type' end, n.nspname, t.typname)
       from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
      where t.typowner = ${bootstrap} and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${ours} and ${notOfExtension('pg_type', 't.oid')}`,
    `select format('alter routine %s owner to ${role}', p.oid::regprocedure)
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.proowner = ${bootstrap} and ${ours} and ${notOfExtension('pg_proc', 'p.oid')}`,
    `select format('alter statistics %I.%I owner to ${role}', n.nspname, s.stxname)
       from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
      where s.stxowner = ${bootstrap} and ${ours}`,
  ];
  const onOneLine = (sql: string): string => sql.replaceAll(/\s+/g, ' ');
  const forEach = (query: string): string =>
    onOneLine(
      `DO $$ DECLARE each record; BEGIN FOR each IN ${query} LOOP EXECUTE each.sql; END LOOP; END $$;`,
    );
  return {
    roles: [
      `UPDATE pg_authid SET rolname = '${superuser}', rolpassword = NULL WHERE oid = ${bootstrap} AND rolname = '${role}';`,
      onOneLine(
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF; END $$;`,
      ),
      `${roleSettings(role)}${forEach(
        `select format('alter database %I owner to ${role}', datname) as sql from pg_database where datdba = ${bootstrap} and ${own}`,
      )}`,
      '',
    ].join('\n'),
    listDatabases: `SELECT datname FROM pg_database WHERE ${own} AND datallowconn;\n`,
    owners: `${forEach(owners.join(' union all '))}\n`,
  };
}
