/**
 * A database as the existing application would have left it, with the same facts that a sync has brought into another:
 * the owner's tables and columns alone, in a current or an older variant, with some rows missing and some too many.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { listGrants } from '../../src/operate/database/adoption.ts';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { readMigrationFiles } from '../../src/platform/migrations/files.ts';
import { migrate, type MigrateResult } from '../../src/platform/migrations/migrate.ts';
import { emptyDatabase, type ClonedDatabase } from './database.ts';

export interface OwnerCopyOptions {
  /** Columns and types of the older variants, assets under uuids of their own, names of ours taken. */
  readonly older: boolean;
  /** Whether Tieline then works as a role with the least privileges, not as the owner. */
  readonly leastPrivileges: boolean;
  /** POA&Ms that were in the GRC system before Tieline. */
  readonly poamIds: readonly string[];
}

export interface OwnerCopy {
  readonly database: ClonedDatabase;
  readonly migration: MigrateResult;
  /** Rows that were there before, by table. */
  readonly before: Readonly<Record<string, number>>;
}

const folder = join(import.meta.dirname, '../../migrations');

/** Which rows of the synced database the owner has too; one in ten findings and assets he never saw. */
const kept: Readonly<Record<string, string>> = {
  ingestion_systems: 'true',
  ingestion_system_impact_levels: 'true',
  ingestion_assets: 't.id % 10 <> 0',
  ingestion_asset_systems: `exists (select from ingestion_assets a where a.asset_uuid = t.asset_uuid and a.id % 10 <> 0)`,
  ingestion_asset_network: `exists (select from ingestion_assets a where a.asset_uuid = t.asset_uuid and a.id % 10 <> 0)`,
  ingestion_vulnerabilities: `t.id % 10 <> 3 and exists (select from ingestion_assets a where a.asset_uuid::text = t.asset_uuid and a.id % 10 <> 0)`,
  ingestion_vulnerability_cves: `exists (select from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid::text = v.asset_uuid
                                          where v.id = t.vulnerability_id and v.id % 10 <> 3 and a.id % 10 <> 0)`,
  ingestion_controls: 't.id % 7 <> 0',
  ingestion_poams: 't.poam_id = any($1)',
  ingestion_poam_milestones: 't.poam_id = any($1)',
  ingestion_poam_cves: 't.poam_id = any($1)',
};

/** Copies the owner's share of `source` into a new database, makes it awkward, and moves Tieline in. */
export async function copyForOwner(source: pg.Pool, options: OwnerCopyOptions): Promise<OwnerCopy> {
  const made = await emptyDatabase();
  const [base] = await readMigrationFiles(folder);
  for (const statement of base?.statements ?? [])
    if (statement.is.kind === 'table') await made.pool.query(statement.sql);
  for (const [table, condition] of Object.entries(kept)) {
    const declared = base?.statements.find(({ is }) => is.kind === 'table' && is.table === table);
    const columns = declared?.is.kind === 'table' ? declared.is.columns.map((column) => column.name) : [];
    const { rows } = await source.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${table} t where ${condition} and coalesce($1::text[], '{}') is not null order by id`,
      [options.poamIds],
    );
    const owners = rows.map(({ row }) =>
      Object.fromEntries(columns.map((column) => [column, withoutOurs(column, row[column])])),
    );
    await made.pool.query(
      `insert into ${table} (${columns.join(', ')})
       select ${columns.join(', ')} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(owners)],
    );
    await made.pool.query(
      `select setval(pg_get_serial_sequence('${table}', 'id'), (select coalesce(max(id), 0) + 1 from ${table}))`,
    );
  }
  await made.pool.query(options.older ? olderVariant : currentTraps);
  const before = await countRows(made.pool);
  const migration = await migrate(made.pool, { folder });
  const service = options.leastPrivileges ? await makeServiceRole(made) : undefined;
  // Connections made before the migration do not know where Tieline's own tables are.
  const opened = await openDatabase(service?.url ?? made.url);
  return {
    database: {
      url: made.url,
      db: opened.db,
      store: opened.store,
      pool: opened.pool,
      clock: opened.clock,
      [Symbol.asyncDispose]: async () => {
        await opened.close();
        if (service)
          await made.pool.query(
            `drop owned by ${service.name}, ${service.reader}; drop role ${service.name}, ${service.reader}`,
          );
        await made[Symbol.asyncDispose]();
      },
    },
    migration,
    before,
  };
}

/** Two roles with exactly what `tieline db grants` prints for them. */
async function makeServiceRole(made: ClonedDatabase): Promise<{ name: string; reader: string; url: string }> {
  const name = `tieline_service_${randomBytes(4).toString('hex')}`;
  const reader = `${name}_reader`;
  await made.pool.query(`create role ${name} login password 'service'; create role ${reader}`);
  const access = { pool: made.pool, migrationsFolder: folder };
  for (const statement of await listGrants(access, { service: name, reader }))
    await made.pool.query(statement);
  const url = new URL(made.url);
  url.username = name;
  url.password = 'service';
  return { name, reader, url: url.href };
}

export async function countRows(pool: pg.Pool): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [...Object.keys(kept), 'ingestion_system_assets']) {
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    counts[table] = rows[0]?.n ?? 0;
  }
  return counts;
}

/** The owner has batches and references of his own, and none of Tieline's. */
function withoutOurs(column: string, value: unknown): unknown {
  if (column === 'ingestion_source') return 'import';
  return ['batch_id', 'ingestion_batch_id', 'poam_id_ref', 'control_id_ref'].includes(column) ? null : value;
}

/** Doubles, orphans, and texts that are no UUID; statuses in other spellings; a view, a trigger, a check of the owner's. */
const currentTraps = `
  update ingestion_vulnerabilities set poam_id = null, control_id = null;
  update ingestion_assets set system_id = null;
  insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, state, asset_uuid, raw_data)
    select plugin_id, vulnerability_name, severity, state, asset_uuid, raw_data from ingestion_vulnerabilities where id % 20 = 1;
  insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, state, asset_uuid)
    select '19506', 'orphan ' || n, 'Info', 'Open', case when n % 2 = 0 then gen_random_uuid()::text else 'host-' || n end from generate_series(1, 50) n;
  update ingestion_vulnerabilities set asset_uuid = upper(asset_uuid) where id % 5 = 0;
  update ingestion_controls set implementation_status = lower(replace(implementation_status, ' ', '_')), control_id = lower(control_id);
  update ingestion_poams set status = lower(status);
  create view open_findings as select * from ingestion_vulnerabilities where state = 'Open';
  alter table ingestion_vulnerabilities add check (severity in ('Critical', 'High', 'Medium', 'Low', 'Info'));
  alter table ingestion_assets add column site text not null default 'HQ';
  create function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
  create trigger touch before update on ingestion_assets for each row execute function touch();`;

const olderVariant = `
  update ingestion_vulnerabilities set poam_id = null, control_id = null;
  -- Assets under uuids of the owner's; Tenable's is in the raw record alone.
  create temp table renamed as select asset_uuid as tenable, gen_random_uuid() as own from ingestion_assets;
  alter table ingestion_asset_systems drop constraint ingestion_asset_systems_asset_uuid_fkey;
  alter table ingestion_asset_network drop constraint ingestion_asset_network_asset_uuid_fkey;
  update ingestion_asset_systems t set asset_uuid = own from renamed where tenable = t.asset_uuid;
  update ingestion_asset_network t set asset_uuid = own from renamed where tenable = t.asset_uuid;
  update ingestion_assets t set asset_uuid = own from renamed where tenable = t.asset_uuid;
  update ingestion_vulnerabilities t set asset_uuid = own::text from renamed where tenable::text = t.asset_uuid;
  alter table ingestion_assets drop column system_id;
  alter table ingestion_vulnerabilities
    alter column plugin_id type integer using plugin_id::integer,
    alter column asset_uuid type uuid using asset_uuid::uuid,
    alter column severity type integer using array_position('{Info,Low,Medium,High,Critical}'::text[], severity::text) - 1,
    add column severity_name varchar(20), add column cvss_base_score numeric(4,2);
  alter table ingestion_vulnerabilities rename column vulnerability_name to plugin_name;
  alter table ingestion_vulnerabilities rename column cvss_score to cvss3_base_score;
  alter table ingestion_vulnerabilities rename column raw_data to raw_json;
  update ingestion_vulnerabilities set severity_name = (array['Info','Low','Medium','High','Critical'])[severity + 1];
  alter table ingestion_vulnerabilities add foreign key (asset_uuid) references ingestion_assets (asset_uuid) on delete cascade;
  alter table ingestion_poams rename column source_of_discovery to source;
  alter table ingestion_poams rename column resources_required to resources;
  alter table ingestion_poams rename column weakness_risk_level to weakness_severity;
  alter table ingestion_poams rename column residual_risk_level to residual_risk;
  alter table ingestion_poams drop column weakness_detection_source,
    add column security_control varchar(255), add column poc text, add column original_detection_date timestamp,
    add column threat_relevance text, add column mitigation_strategy text, add column cost_estimate text,
    alter column scheduled_completion type date;
  alter table ingestion_systems drop constraint ingestion_systems_system_id_key cascade;
  insert into ingestion_systems (system_id, name, uuid) select system_id, name || ' (old)', gen_random_uuid() from ingestion_systems order by id limit 1;
  create table dashboards (id serial primary key, name text, layout jsonb);
  create table alerts (id serial primary key, message text);
  create table workflows (id serial primary key, title text);
  insert into dashboards (name) values ('theirs');`;
