import {
  batchId,
  documentOr,
  insertSelect,
  isoText,
  looseSystemId,
  series,
  stamps,
  systemIdOf,
} from './filling.ts';
import type { Filling, Rows } from './filling.ts';
import { ownerTableNames } from './owner-tables.ts';

/** Assets with their satellites, from a temporary table of hosts that findings tell the same about. */
export function ownerAssetsSql(filling: Filling): string {
  const present = ownerTableNames(filling.traits);
  const rows = assetTables(filling).filter(([table]) => present.includes(table));
  return [
    hostsSql(filling),
    ...rows.map(([table, columns, from]) => insertSelect(table, columns, from)),
  ].join('\n');
}

function hostsSql({ values, size }: Filling): string {
  const osNames = [
    'Windows Server 2019 Standard',
    'Ubuntu 22.04.3 LTS',
    'Red Hat Enterprise Linux 8.6',
    'Cisco IOS XE',
  ];
  return `CREATE TEMPORARY TABLE owner_host ON COMMIT DROP AS
      SELECT i - 1 AS number, ${values.uuid('i', 'asset')} AS asset_uuid, 'host' || lpad(i::text, 6, '0') AS short_name,
        'host' || lpad(i::text, 6, '0') || '.enterprise.local' AS hostname,
        concat_ws('.', 10, i / 65536, i / 256 % 256, i % 256) AS ipv4,
        '00:50:56:' || regexp_replace(lpad(to_hex(i % 16777216), 6, '0'), '(..)(..)(..)', '\\1:\\2:\\3') AS mac,
        ${values.word('i', 'os', osNames)} AS operating_system, ${values.instant('i', 'first seen')} AS first_seen
      FROM ${series(size.assets)};
    ANALYZE owner_host;`;
}

function assetTables(filling: Filling): Rows[] {
  const { traits, values, size } = filling;
  const stamp = { created_at: `${values.instant('h.number', 'created')}` };
  const otherId = `CASE WHEN ${traits.assetDocuments === 'mixed' ? values.oneIn('h.number', 'other id', 6) : 'false'}
    THEN ${values.uuid('h.number', 'merged asset')} ELSE h.asset_uuid END`;
  const lastSeen = `h.first_seen + interval '400 days'`;
  const document = `jsonb_build_object('id', ${otherId}, 'has_agent', true, 'has_plugin_results', true,
    'first_seen', ${isoText('h.first_seen')}, 'last_seen', ${isoText(lastSeen)}, 'deleted_at', NULL,
    'terminated_at', NULL, 'agent_uuid', md5('agent' || h.number), 'fqdns', jsonb_build_array(h.hostname),
    'hostnames', jsonb_build_array(h.short_name), 'ipv4s', jsonb_build_array(h.ipv4), 'ipv6s', '[]'::jsonb,
    'mac_addresses', jsonb_build_array(h.mac), 'netbios_names', jsonb_build_array(upper(h.short_name)),
    'operating_systems', jsonb_build_array(h.operating_system), 'network_id', '00000000-0000-0000-0000-000000000000',
    'sources', jsonb_build_array(jsonb_build_object('name', 'NESSUS_AGENT')), 'acr_score', '7', 'exposure_score', '612',
    'tags', '[{"key": "Environment", "value": "Production"}]'::jsonb)`;
  const system: Record<string, string> = traits.assetsHaveSystemId
    ? { system_id: looseSystemId(filling, 'h.number', 'asset') }
    : {};
  const inOrder = 'owner_host h ORDER BY h.number';
  return [
    [
      'ingestion_assets',
      {
        asset_uuid: 'h.asset_uuid',
        hostname: values.maybeNull('h.number', 'host', values.text('h.number', 'host', 'h.hostname', 255)),
        netbios_name: values.maybeNull('h.number', 'netbios', 'upper(h.short_name)'),
        ...system,
        has_agent: values.maybeNull('h.number', 'agent', values.oneIn('h.number', 'agent', 2)),
        has_plugin_results: values.maybeNull('h.number', 'results', 'true'),
        first_seen: values.maybeNull(
          'h.number',
          'seen',
          values.maybeExtreme('h.number', 'seen', 'h.first_seen'),
        ),
        last_seen: values.maybeExtreme('h.number', 'last', lastSeen),
        exposure_score: values.maybeNull('h.number', 'aes', values.number('h.number', 'aes', 1000)),
        acr_score: values.maybeNull('h.number', 'acr', `${values.number('h.number', 'acr', 100)} / 10.0`),
        criticality_rating: values.word('h.number', 'rating', ['critical', 'high', 'medium', 'low']),
        ingestion_source: `'tenable'`,
        ingestion_batch_id: batchId(filling, 'h.number'),
        raw_json: documentOr(filling, traits.assetDocuments, 'h.number', document),
        ...stamps(filling, 'h.number'),
      },
      inOrder,
    ],
    [
      'ingestion_asset_systems',
      { asset_uuid: 'h.asset_uuid', operating_system: 'h.operating_system', is_primary: 'true', ...stamp },
      inOrder,
    ],
    [
      'ingestion_asset_network',
      {
        asset_uuid: 'h.asset_uuid',
        mac_address: 'h.mac',
        ipv4_address: 'h.ipv4',
        fqdn: 'h.hostname',
        ...stamp,
      },
      inOrder,
    ],
    [
      'ingestion_asset_tags',
      { asset_uuid: 'h.asset_uuid', tag_key: `'Environment'`, tag_value: `'Production'`, ...stamp },
      inOrder,
    ],
    [
      'ingestion_system_assets',
      {
        system_id: systemIdOf(`1 + ${values.number('h.number', 'asset system', size.systems)}`),
        asset_uuid: 'h.asset_uuid',
        ...stamp,
      },
      // Where assets name their system themselves, the owner has filled this table for some only.
      `owner_host h WHERE ${traits.assetsHaveSystemId ? values.oneIn('h.number', 'linked', 3) : 'true'} ORDER BY h.number`,
    ],
  ];
}
