/** The least privileges that Tieline needs at work, from what it does; a migration needs the owner of the tables instead. */
import pg from 'pg';
import { queueSchema } from '../queue/index.ts';
import { fetchCatalog, resolveTable, type Catalog } from './catalog.ts';
import { fetchMigrationState, ledgerNames, type RecordedObject } from './brought.ts';
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
  'privacy_request_steps',
  'privacy_searches',
  'privacy_search_tables',
  'privacy_search_hits',
  'record_statements',
  'disclosures',
  'security_events_extended',
  'security_log_chains',
  'security_log_marks',
  'security_log_verifications',
  'security_log_forwarding',
  'security_log_forwarded',
  'principals',
  'principal_identities',
  'principal_secrets',
  'sessions',
  'api_tokens',
  'token_uses_elsewhere',
  'sign_in_attempts',
  'card_sign_ins',
  'sign_in_requests',
  'used_logout_tokens',
  'unknown_identities',
  'group_members',
  'group_grants',
  'one_time_links',
  'second_factors',
  'recovery_codes',
  'sign_in_tickets',
  'factor_challenges',
  'idempotency_keys',
  'alert_channels',
  'alert_deliveries',
  'digest_subscriptions',
  'sync_outbox',
]);

/** Evidence: the service adds to it, and of events writes what an investigation came to. Months are dropped by the owner. */
const evidence: Readonly<Record<string, string>> = {
  security_events_extended:
    'SELECT, INSERT, UPDATE (resolved_at, investigated_by, investigation_notes, false_positive)',
  data_access_logs: 'SELECT, INSERT',
  security_log_chains: 'SELECT, INSERT, UPDATE',
  security_log_marks: 'SELECT, INSERT',
  security_log_verifications: 'SELECT, INSERT',
};

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
    ...ours.map(
      (table) =>
        `GRANT ${evidence[table.name] ?? 'SELECT, INSERT, UPDATE, DELETE'} ON ${named(table)} TO ${service};`,
    ),
    ...(state.schema === undefined
      ? []
      : [`GRANT SELECT ON ${quote(state.schema)}.tieline_migrations TO ${service};`]),
    ...functionGrants(state.brought, service),
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
  return roles.reader === undefined
    ? lines
    : [...lines, ...readerGrants(quote(roles.reader), schemas, [...base, ...ours])];
}

const readerGrants = (
  reader: string,
  schemas: readonly string[],
  tables: readonly { readonly schema: string; readonly name: string }[],
): string[] => [
  ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${quote(schema)} TO ${reader};`),
  ...tables
    .filter((table) => !notForReaders.has(table.name))
    .map((table) => `GRANT SELECT ON ${quote(table.schema)}.${quote(table.name)} TO ${reader};`),
  '-- The next three lines need an administrator (a role with CREATEROLE, or a superuser).',
  `ALTER ROLE ${reader} SET default_transaction_read_only = on;`,
  `ALTER ROLE ${reader} SET statement_timeout = '30s';`,
  // Metrics queries log in as it (TIELINE_READER_DATABASE_URL); the password is for the administrator to set.
  `ALTER ROLE ${reader} LOGIN;`,
];

/** Everybody may call a function by default, which a database may have changed; ours are called by statements and defaults. */
const functionGrants = (brought: readonly RecordedObject[], service: string): string[] =>
  brought
    .filter((object) => object.kind === 'function')
    .map((made) => `GRANT EXECUTE ON FUNCTION ${quote(made.schema)}.${made.name} TO ${service};`);

/** Two processes must not make the role, or give it the same rights, at once. */
const readerLock = 7_415_266;

/**
 * Makes the reading role where it is not there, and lets it read the tables that are ours to show: of the embedded server, whose role may make others.
 * Tables that are somebody else's are left to their owner. @throws what PostgreSQL says where this role may not.
 */
export async function ensureReader(client: pg.ClientBase, role: string): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [readerLock]);
  try {
    const { rows: known } = await client.query('select from pg_roles where rolname = $1', [role]);
    if (known.length === 0) await client.query(`create role ${quote(role)} nologin`);
    const { rows } = await client.query<{ schema: string; name: string }>(
      `select n.nspname as schema, c.relname as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any(current_schemas(false)) and c.relkind in ('r', 'p', 'v') and not c.relispartition
          and pg_has_role(c.relowner, 'usage') and c.relname <> all($2) and not has_table_privilege($1, c.oid, 'select')`,
      [role, [...notForReaders]],
    );
    if (rows.length === 0) return;
    for (const schema of new Set(rows.map((row) => row.schema)))
      await client.query(`grant usage on schema ${quote(schema)} to ${quote(role)}`);
    await client.query(
      `grant select on ${rows.map(({ schema, name }) => `${quote(schema)}.${quote(name)}`).join(', ')} to ${quote(role)}`,
    );
  } finally {
    await client.query('select pg_advisory_unlock($1)', [readerLock]);
  }
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
