/** What records are called, for a person who reads of them: by our id or the remote's. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface AssetTitle {
  readonly name: string;
  readonly address: string | null;
}

/** Names of machines by their uuid, ours or the scanner's; what is not known here is left out. */
export async function fetchAssetTitles(
  db: Kysely<Database>,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, AssetTitle>> {
  if (uuids.length === 0) return new Map();
  const wanted = [...new Set(uuids.map((uuid) => uuid.toLowerCase()))];
  const { rows } = await sql<AssetTitle & { uuid: string }>`
    select w.uuid, coalesce(a.hostname, a.netbios_name, net.address, a.asset_uuid::text) as name, net.address
      from unnest(${wanted}::text[]) as w(uuid)
      join lateral (select * from ingestion_assets own
                     where own.asset_uuid = case when w.uuid ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then w.uuid::uuid end
                    union all
                    select * from ingestion_assets own where own.tenable_asset_uuid = w.uuid
                     limit 1) a on true
      left join lateral (select coalesce(n.ipv4_address, n.ipv6_address) as address from ingestion_asset_network n
                          where n.asset_uuid = a.asset_uuid and coalesce(n.ipv4_address, n.ipv6_address) is not null
                          order by n.id limit 1) net on true`.execute(db);
  return new Map(rows.map(({ uuid, ...title }) => [uuid, title]));
}

export interface RecordTitle {
  /** `TL-SYS-ENT-001-11356: OpenSSL < 3.0.7`, or as much of it as is known. */
  readonly title: string;
  /** The authorization boundary that it belongs to: its id and name. */
  readonly boundary: string | null;
}

const boundary = sql`(select s.system_id || coalesce(' (' || s.name || ')', '') from ingestion_systems s
                       where s.system_id = t.system_id order by s.id limit 1)`;
const firstLine = (column: string) => sql`split_part(${sql.ref(column)}, E'\n', 1)`;

/** Titles of the records that changes are about, by `entity entityId`; an entity that has none is left out. */
export async function fetchRecordTitles(
  db: Kysely<Database>,
  records: readonly { readonly entity: string; readonly entityId: string }[],
): Promise<ReadonlyMap<string, RecordTitle>> {
  const of = (entity: string): string[] =>
    records.filter((record) => record.entity === entity).map((record) => record.entityId);
  type Row = RecordTitle & { readonly entityId: string };
  const titles = new Map<string, RecordTitle>();
  const add = (entity: string, rows: readonly Row[]): void => {
    for (const { entityId, ...title } of rows) titles.set(`${entity} ${entityId}`, title);
  };
  if (of('poam').length > 0)
    add(
      'poam',
      (
        await sql<Row>`
        select t.poam_id as "entityId", coalesce(t.xacta_poam_id, t.poam_id) || coalesce(': ' || ${firstLine('t.weakness_description')}, '') as title,
               ${boundary} as boundary
          from ingestion_poams t where t.poam_id = any(${of('poam')}::text[])`.execute(db)
      ).rows,
    );
  if (of('milestone').length > 0)
    add(
      'milestone',
      (
        await sql<Row>`
        select m.id::text as "entityId", coalesce(t.xacta_poam_id, t.poam_id) || ', ' || coalesce(${firstLine('m.milestone_description')}, '') as title,
               ${boundary} as boundary
          from ingestion_poam_milestones m join ingestion_poams t on t.poam_id = m.poam_id
         where m.id::text = any(${of('milestone')}::text[])`.execute(db)
      ).rows,
    );
  if (of('control').length > 0)
    add(
      'control',
      (
        await sql<Row>`
        select t.id::text as "entityId", t.control_id as title, ${boundary} as boundary
          from ingestion_controls t where t.id::text = any(${of('control')}::text[])`.execute(db)
      ).rows,
    );
  if (of('asset_context').length > 0)
    add(
      'asset_context',
      (
        await sql<Row>`
        select t.asset_uuid::text as "entityId", coalesce(t.hostname, t.asset_uuid::text) as title, ${boundary} as boundary
          from ingestion_assets t where t.asset_uuid::text = any(${of('asset_context')}::text[])`.execute(db)
      ).rows,
    );
  return titles;
}

/** Titles of plugins by their number. */
export async function fetchPluginTitles(
  db: Kysely<Database>,
  plugins: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (plugins.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`
    select plugin_id as id, name from scan_plugins where plugin_id = any(${[...plugins]}::text[]) and name is not null`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
