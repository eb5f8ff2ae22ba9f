/** What a database holds, as far as a migration must know it: read from the system catalog, changing nothing. */
import type pg from 'pg';

export interface CatalogColumn {
  readonly name: string;
  /** As format_type writes it: `character varying(255)`, `timestamp without time zone`. */
  readonly type: string;
  readonly notNull: boolean;
  /** Has a default, is an identity or is generated: an insert may leave it out. */
  readonly filled: boolean;
}

export interface CatalogIndex {
  readonly name: string;
  /** Plain columns in order; an expression is null. */
  readonly columns: readonly (string | null)[];
  readonly unique: boolean;
  readonly partial: boolean;
  readonly valid: boolean;
}

export interface CatalogTrigger {
  readonly name: string;
  readonly function: string;
  readonly source: string;
  readonly onUpdate: boolean;
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  /** relkind: r table, p partitioned table, v view, m materialized view, f foreign table, S sequence, … */
  readonly kind: string;
  readonly owner: string;
  /** Whether the present role may alter it. */
  readonly ours: boolean;
  readonly estimatedRows: number;
  readonly bytes: number;
  readonly columns: readonly CatalogColumn[];
  readonly indexes: readonly CatalogIndex[];
  readonly triggers: readonly CatalogTrigger[];
  readonly constraints: readonly string[];
  readonly views: readonly string[];
  readonly rowSecurity: boolean;
  readonly published: boolean;
  readonly heirs: number;
}

export interface Catalog {
  readonly database: string;
  readonly role: string;
  readonly superuser: boolean;
  readonly version: number;
  readonly versionText: string;
  readonly encoding: string;
  readonly readOnly: boolean;
  readonly mayCreateSchema: boolean;
  /** Schemas of the role's usual search path that exist, in order. */
  readonly searchPath: readonly string[];
  readonly schemas: ReadonlyMap<
    string,
    { readonly mayCreate: boolean; readonly owned: boolean; readonly relations: number }
  >;
  /** Names of relations and types, by schema. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** By `schema.name`; only relations whose names were asked for. */
  readonly tables: ReadonlyMap<string, CatalogTable>;
  /** Sessions that hold a transaction over one of the tables now. */
  readonly holders: readonly {
    readonly pid: number;
    readonly application: string;
    readonly seconds: number;
    readonly state: string;
  }[];
}

/**
 * Reads the catalog. @param wanted names of the relations to describe, in whatever schema.
 * Locks nothing but the catalog's own rows for reading.
 */
export async function fetchCatalog(client: pg.ClientBase, wanted: readonly string[]): Promise<Catalog> {
  const { rows: facts } = await client.query<{
    database: string;
    role: string;
    superuser: boolean;
    version: number;
    versionText: string;
    encoding: string;
    readOnly: boolean;
    mayCreateSchema: boolean;
    searchPath: string[];
  }>(`
    select current_database() as database, current_user as role,
           (select rolsuper from pg_roles where rolname = current_user) as superuser,
           current_setting('server_version_num')::int as version, current_setting('server_version') as "versionText",
           current_setting('server_encoding') as encoding,
           pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as "readOnly",
           has_database_privilege(current_database(), 'CREATE') as "mayCreateSchema",
           current_schemas(false)::text[] as "searchPath"`);
  const fact = facts[0];
  if (!fact) throw new Error('PostgreSQL answered a row-less select');

  const { rows: schemas } = await client.query<{
    name: string;
    mayCreate: boolean;
    owned: boolean;
    relations: number;
  }>(`
    select n.nspname as name, has_schema_privilege(n.oid, 'CREATE') as "mayCreate", pg_has_role(n.nspowner, 'USAGE') as owned,
           (select count(*)::int from pg_class c where c.relnamespace = n.oid) as relations
      from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`);
  const { rows: names } = await client.query<{ schema: string; names: string[] }>(`
    select n.nspname as schema, array_agg(found.name) as names
      from pg_namespace n
      join (select relnamespace as namespace, relname::text as name from pg_class
            union select typnamespace, typname::text from pg_type) found on found.namespace = n.oid
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' group by n.nspname`);
  const { rows: tables } = await client.query<CatalogTable>(tablesQuery, [wanted]);
  const { rows: holders } = await client.query<Catalog['holders'][number]>(
    `select distinct a.pid, coalesce(a.application_name, '') as application, coalesce(a.state, '') as state,
            extract(epoch from now() - a.xact_start)::int as seconds
       from pg_locks l join pg_class c on c.oid = l.relation join pg_stat_activity a on a.pid = l.pid
      where l.database = (select oid from pg_database where datname = current_database())
        and c.relname = any($1) and a.pid <> pg_backend_pid() and a.xact_start < now() - interval '1 second'
      order by seconds desc limit 20`,
    [wanted],
  );
  return {
    ...fact,
    schemas: new Map(schemas.map((row) => [row.name, row])),
    names: new Map(names.map((row) => [row.schema, new Set(row.names)])),
    tables: new Map(tables.map((row) => [`${row.schema}.${row.name}`, row])),
    holders,
  };
}

const tablesQuery = `
  select n.nspname as schema, c.relname as name, c.relkind::text as kind, pg_get_userbyid(c.relowner) as owner,
         pg_has_role(c.relowner, 'USAGE') as ours, greatest(c.reltuples, 0)::float8 as "estimatedRows",
         -- Not pg_total_relation_size: that waits for whoever holds the table.
         (select sum(greatest(part.relpages, 0))::float8 * current_setting('block_size')::int from pg_class part
           where part.oid in (c.oid, c.reltoastrelid) or part.oid in (select i.indexrelid from pg_index i where i.indrelid in (c.oid, c.reltoastrelid))) as bytes,
         c.relrowsecurity as "rowSecurity",
         exists (select from pg_publication_tables p where p.schemaname = n.nspname and p.tablename = c.relname) as published,
         (select count(*)::int from pg_inherits i where i.inhparent = c.oid) as heirs,
         coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
                     'filled', a.atthasdef or a.attidentity <> '' or a.attgenerated <> '') order by a.attnum)
            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
         coalesce((select json_agg(json_build_object('name', ic.relname, 'unique', i.indisunique, 'partial', i.indpred is not null,
                     'valid', i.indisvalid and i.indisready,
                     'columns', (select json_agg((select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = k.attnum) order by k.place)
                                   from unnest(i.indkey::int2[]) with ordinality k(attnum, place) where k.place <= i.indnkeyatts)))
            from pg_index i join pg_class ic on ic.oid = i.indexrelid where i.indrelid = c.oid), '[]') as indexes,
         coalesce((select json_agg(json_build_object('name', t.tgname, 'function', p.proname, 'source', p.prosrc,
                     'onUpdate', t.tgtype & 16 > 0) order by t.tgname)
            from pg_trigger t join pg_proc p on p.oid = t.tgfoid where t.tgrelid = c.oid and not t.tgisinternal), '[]') as triggers,
         coalesce((select json_agg(k.conname) from pg_constraint k where k.conrelid = c.oid), '[]') as constraints,
         coalesce((select json_agg(distinct vn.nspname || '.' || v.relname)
            from pg_depend d join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
            join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace
           where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and v.oid <> c.oid), '[]') as views
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relname = any($1) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`;

/** Which relation a bare name means on the role's usual search path, if any. */
export function resolveTable(catalog: Catalog, name: string): CatalogTable | undefined {
  for (const schema of catalog.searchPath) {
    const found = catalog.tables.get(`${schema}.${name}`);
    if (found) return found;
  }
  return undefined;
}
