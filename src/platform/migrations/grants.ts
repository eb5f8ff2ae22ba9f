/** The least privileges that Tieline needs at work, from what it does; a migration needs the owner of the tables instead. */
import pg from 'pg';
import { queueSchema } from '../queue/index.ts';
import { fetchCatalog, resolveTable, type Catalog } from './catalog.ts';
import { fetchMigrationState, ledgerNames } from './brought.ts';
import { writtenTables } from './owner-tables.ts';

/** Tables of the owner's from which Tieline takes rows away: only rows that it added itself, and machines that left a POA&M (the journal keeps them). */
const thinnedTables = new Set([
  'ingestion_asset_network',
  'ingestion_asset_systems',
  'ingestion_asset_tags',
  'ingestion_vulnerability_cves',
  'ingestion_system_assets',
  'ingestion_poam_assets',
]);
/** Tables that a metrics query has no business in: they hold sealed secrets, or name people. */
const notForReaders = new Set([
  'external_systems',
  'users',
  'data_access_logs',
  'data_subject_requests',
  'security_events_extended',
  'principals',
  'principal_identities',
  'principal_secrets',
  'sessions',
  'api_tokens',
  'sign_in_attempts',
  'one_time_links',
  'idempotency_keys',
  'sync_outbox',
]);

const quote = (name: string): string => pg.escapeIdentifier(name);

/**
 * SQL that gives a role what the service needs, and another what metrics queries need.
 * @param roles.reader a role for metrics queries: reads only, and only so long. @param baseNames the owner's tables.
 */
export async function grantStatements(
  client: pg.ClientBase,
  roles: { readonly service: string; readonly reader?: string },
  baseNames: readonly string[],
): Promise<string[]> {
  const catalog: Catalog = await fetchCatalog(client, [...baseNames, ...ledgerNames]);
  const state = await fetchMigrationState(client, catalog);
  const ours = state.brought.filter((object) => object.kind === 'table');
  const base = baseNames
    .flatMap((name) => resolveTable(catalog, name) ?? [])
    .filter((table) => !ours.some((own) => own.name === table.name && own.schema === table.schema));
  const schemas = [...new Set([...ours, ...base].map((table) => table.schema))].toSorted();
  const service = quote(roles.service);
  const named = (table: { schema: string; name: string }): string =>
    `${quote(table.schema)}.${quote(table.name)}`;
  const lines = [
    `GRANT CONNECT, TEMPORARY ON DATABASE ${quote(catalog.database)} TO ${service};`,
    ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${quote(schema)} TO ${service};`),
    ...base.map((table) => {
      // People's names are shown; their passwords are the application's business.
      if (table.name === 'users')
        return `GRANT SELECT (${table.columns
          .filter((column) => !/passw|secret|certificate/i.test(column.name))
          .map((column) => quote(column.name))
          .join(', ')}) ON ${named(table)} TO ${service};`;
      const rights = !writtenTables.has(table.name)
        ? 'SELECT'
        : thinnedTables.has(table.name)
          ? 'SELECT, INSERT, UPDATE, DELETE'
          : 'SELECT, INSERT, UPDATE';
      return `GRANT ${rights} ON ${named(table)} TO ${service};`;
    }),
    ...ours.map((table) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${named(table)} TO ${service};`),
    ...(state.schema === undefined
      ? []
      : [`GRANT SELECT ON ${quote(state.schema)}.tieline_migrations TO ${service};`]),
    ...(await sequencesOf(client, [...base.filter((table) => writtenTables.has(table.name)), ...ours])).map(
      (sequence) => `GRANT USAGE ON SEQUENCE ${sequence} TO ${service};`,
    ),
  ];
  if (state.brought.some((object) => object.kind === 'schema' && object.name === queueSchema))
    lines.push(
      `GRANT USAGE ON SCHEMA ${queueSchema} TO ${service};`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${queueSchema} TO ${service};`,
      `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${queueSchema} TO ${service};`,
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${queueSchema} TO ${service};`,
    );
  if (roles.reader === undefined) return lines;
  const reader = quote(roles.reader);
  return [
    ...lines,
    ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${quote(schema)} TO ${reader};`),
    ...[...base, ...ours]
      .filter((table) => !notForReaders.has(table.name))
      .map((table) => `GRANT SELECT ON ${named(table)} TO ${reader};`),
    '-- The next three lines need an administrator (a role with CREATEROLE, or a superuser).',
    `ALTER ROLE ${reader} SET default_transaction_read_only = on;`,
    `ALTER ROLE ${reader} SET statement_timeout = '30s';`,
    // Metrics queries log in as it (TIELINE_READER_DATABASE_URL); the password is for the administrator to set.
    `ALTER ROLE ${reader} LOGIN;`,
  ];
}

async function sequencesOf(
  client: pg.ClientBase,
  tables: readonly { schema: string; name: string }[],
): Promise<string[]> {
  const { rows } = await client.query<{ sequence: string }>(
    `select format('%I.%I', sn.nspname, s.relname) as sequence
       from unnest($1::text[], $2::text[]) t(schema, name)
       join pg_namespace n on n.nspname = t.schema join pg_class c on c.relname = t.name and c.relnamespace = n.oid
       join pg_depend d on d.refobjid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
       join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
      order by 1`,
    [tables.map((table) => table.schema), tables.map((table) => table.name)],
  );
  return rows.map((row) => row.sequence);
}
