import pg from 'pg';
import { batchId, insertSelect, isoText } from './filling.ts';
import type { Filling } from './filling.ts';

/**
 * Findings and their CVEs. Finding `i` is about asset `i % assets`; which plugin and port follows from `i / assets`, so
 * no two are the same by accident. Copies take the identity (`s`) of another row, and differ in their times, their
 * state, the spelling of the asset and the form of their document, as a second import of the same finding would.
 */
export function ownerFindingsSql(filling: Filling): string {
  return [pluginsSql(), findingRowsSql(filling), cvesSql(filling)].join('\n');
}

const pluginCount = 240;
const products = [
  'Apache HTTP Server',
  'OpenSSL',
  'Mozilla Firefox',
  'Oracle Java SE',
  'Microsoft .NET',
  'Adobe Reader',
];
const ports = ['0', '443', '445', '22', '3389', '80'];
const severityWords = `(ARRAY['Info', 'Low', 'Medium', 'High', 'Critical'])[1 + p.severity]`;

function listOf(texts: readonly string[]): string {
  return texts.map((each) => pg.escapeLiteral(each)).join(', ');
}

function pluginsSql(): string {
  return `CREATE TEMPORARY TABLE owner_plugin ON COMMIT DROP AS
    SELECT p.*, jsonb_build_object('id', p.plugin_id, 'name', p.name, 'family', p.family, 'family_id', 20,
        'type', 'remote', 'synopsis', 'The remote host is affected.', 'description', p.description,
        'solution', p.solution, 'risk_factor', 'High', 'cve', to_jsonb(p.cves), 'cvss_base_score', p.cvss2,
        'cvss3_base_score', p.cvss3, 'has_patch', true, 'exploit_available', p.number % 5 = 0,
        'see_also', jsonb_build_array('https://example.org/' || p.plugin_id),
        'vpr', jsonb_build_object('score', p.cvss3, 'updated', '2024-05-01T00:00:00Z')) AS document
    FROM (
      SELECT n AS number, CASE WHEN n = 0 THEN 51192 WHEN n = 1 THEN 97833 ELSE 100000 + n * 37 END AS plugin_id,
        (ARRAY[${listOf(products)}])[1 + n % 6] || ' < 2.4.' || n || ' Multiple Vulnerabilities' AS name,
        (ARRAY['Web Servers', 'General', 'Windows', 'Red Hat Local Security Checks'])[1 + n % 4] AS family,
        (n * 7) % 5 AS severity, ((n * 7) % 5 * 2.4)::numeric(4,2) AS cvss2, ((n * 7) % 5 * 2.45)::numeric(4,2) AS cvss3,
        'AV:N/AC:L/Au:N/C:P/I:P/A:P' AS vector, 'A flaw in component ' || n || ' allows code execution.' AS description,
        'Upgrade to version 2.4.' || n || ' or later.' AS solution, (ARRAY[${ports.join(', ')}])[1 + n % 6] AS port,
        CASE WHEN n % 11 = 5 THEN 'udp' ELSE 'tcp' END AS protocol,
        (SELECT coalesce(array_agg('CVE-' || 2015 + n % 10 || '-' || 10000 + n * 10 + c ORDER BY c), '{}')
           FROM generate_series(1, n % 4) c) AS cves
      FROM generate_series(0, ${pluginCount - 1}) n
    ) p;
  ANALYZE owner_plugin;`;
}

function findingRowsSql(filling: Filling): string {
  const { traits, size } = filling;
  const columns = {
    id: traits.idGaps ? `f.i + 1 + (f.i / ${Math.ceil(size.findings / 4)}) * 1000000` : 'f.i + 1',
    ...sharedColumns(filling),
    ...(traits.findingsVariant === 'old' ? {} : currentColumns(filling)),
    ...(traits.findingsVariant === 'current' ? {} : oldColumns(filling)),
  };
  return `${insertSelect('ingestion_vulnerabilities', columns, findingSource(filling))}
    SELECT setval('ingestion_vulnerabilities_id_seq', (SELECT max(id) FROM ingestion_vulnerabilities));`;
}

/** Each finding with its asset, plugin, port, times, state and form; OFFSET 0 keeps each from being worked out twice. */
function findingSource({ traits, values, size }: Filling): string {
  const originals = size.findings - size.copies;
  const states = ['Open', 'Open', 'Open', 'Fixed', 'Accepted', 'False Positive'];
  const alsoSeen = traits.statusWords === 'also-seen' ? ['OPEN', 'Reopened', 'fixed', 'active'] : [];
  const forms = {
    export: ['0'],
    flat: ['1'],
    none: ['3'],
    mixed: ['0', '0', '0', '0', '0', '0', '1', '1', '2', '3', '4', '5'],
  };
  const form = `(ARRAY[${forms[traits.findingDocuments].join(', ')}])[1 + ${values.number('s', 'form', forms[traits.findingDocuments].length)}]`;
  // Every fifth finding is the plugin before it on another port, where documents can tell ports apart.
  const onAnotherPort = traits.findingDocuments === 'none' ? '0' : 'CASE WHEN f.k % 5 = 4 THEN 1 ELSE 0 END';
  return `(
      SELECT n.*, n.s / ${size.assets} AS k,
        ${values.instant('n.s', 'found')} AS first_found,
        ${values.instant('n.s', 'found')} + (30 + ${values.number('n.i', 'last', 300)}) * interval '1 day' AS last_found,
        ${values.word('n.i', 'state', [...states, ...alsoSeen])} AS state,
        ${traits.nonUuidAssets ? values.oneIn('n.s', 'no uuid', 50) : 'false'} AS is_no_uuid,
        ${traits.orphanFindings ? values.oneIn('n.s', 'orphan', 40) : 'false'} AS is_orphan,
        CASE WHEN (n.s / ${size.assets}) % 5 = 4 AND n.form > 1 AND ${traits.findingDocuments === 'mixed'} THEN 0
             WHEN n.form < 2 AND n.i >= ${originals} AND ${traits.findingDocuments === 'mixed'} THEN n.i % 2
             ELSE n.form END AS shape
      FROM (
        SELECT *, ${form} AS form FROM (
          SELECT i, CASE WHEN i < ${originals} THEN i ELSE ${values.number('i', 'copy of', originals)} END AS s
          FROM generate_series(0, ${size.findings - 1}) i
        ) numbered OFFSET 0
      ) n OFFSET 0
    ) f
    JOIN owner_host h ON h.number = f.s % ${size.assets}
    JOIN owner_plugin p ON p.number = (h.number * 7 + f.k - ${onAnotherPort}) % ${pluginCount}
    CROSS JOIN LATERAL (SELECT CASE WHEN f.k % 5 = 4 THEN 8443 ELSE p.port END AS port) a`;
}

function sharedColumns(filling: Filling): Record<string, string> {
  const { values, size } = filling;
  return {
    batch_id: batchId(filling, 'f.i'),
    cvss_vector: values.maybeNull('f.i', 'vector', 'p.vector'),
    description: values.text('f.i', 'description', values.maybeNull('f.i', 'description', 'p.description')),
    solution: values.maybeNull('f.i', 'solution', 'p.solution'),
    state: values.maybeNull('f.i', 'state', 'f.state'),
    first_found: values.maybeNull('f.s', 'first', values.maybeExtreme('f.s', 'first', 'f.first_found')),
    last_found: values.maybeExtreme('f.i', 'last', 'f.last_found'),
    poam_id: `CASE WHEN ${values.oneIn('f.i', 'has poam', 25)} THEN 1 + ${values.number('f.i', 'poam', size.poams)} END`,
    control_id: `CASE WHEN ${values.oneIn('f.i', 'has control', 40)} THEN 1 + ${values.number('f.i', 'control', 30)} END`,
    created_at: 'f.first_found',
    updated_at: 'f.last_found',
  };
}

/** In the database that has both variants, rows of the second half came with the current one. */
function currentColumns(filling: Filling): Record<string, string> {
  const { traits, values, size } = filling;
  const both = traits.findingsVariant === 'both';
  const odd = ['critical', 'HIGH', 'Informational', 'None', 'Moderate', '4'];
  const severity = `CASE WHEN ${traits.severityWords === 'odd' ? values.oneIn('f.s', 'odd severity', 15) : 'false'}
    THEN ${values.word('f.s', 'severity', odd)} ELSE ${severityWords} END`;
  const upper = traits.upperCaseUuids ? values.oneIn('f.i', 'upper', 6) : 'false';
  const undashed = traits.undashedUuids ? values.oneIn('f.i', 'undashed', 8) : 'false';
  const noUuid = `CASE h.number WHEN 1 THEN '' WHEN 2 THEN 'unknown' ELSE (ARRAY[h.hostname, h.ipv4, 'asset ' || h.number,
    left(h.asset_uuid::text, 35), h.asset_uuid::text || '-old'])[1 + ${values.number('h.number', 'no uuid', 5)}] END`;
  const raw = documentSql(filling);
  return {
    plugin_id: 'p.plugin_id',
    vulnerability_name: values.text('f.i', 'name', 'p.name', 500),
    severity,
    cvss_score: values.maybeNull('f.i', 'score', 'p.cvss3'),
    asset_uuid: `CASE WHEN f.is_no_uuid THEN ${noUuid}
      WHEN f.is_orphan THEN ${values.uuid('h.number', 'gone asset')}::text WHEN ${upper} THEN upper(h.asset_uuid::text)
      WHEN ${undashed} THEN replace(h.asset_uuid::text, '-', '') ELSE h.asset_uuid::text END`,
    raw_data: both ? `CASE WHEN f.i >= ${Math.floor(size.findings / 2)} THEN ${raw} END` : raw,
  };
}

function oldColumns(filling: Filling): Record<string, string> {
  const { traits, values, size } = filling;
  const raw = documentSql(filling);
  const shared = {
    plugin_name: values.maybeNull('f.i', 'name', 'p.name'),
    severity_name: values.maybeNull('f.i', 'severity name', severityWords),
    cvss_base_score: values.maybeNull('f.i', 'base score', 'p.cvss2'),
    cvss3_base_score: values.maybeNull('f.i', 'base score 3', 'p.cvss3'),
  };
  return traits.findingsVariant === 'both'
    ? { ...shared, raw_json: `CASE WHEN f.i < ${Math.floor(size.findings / 2)} THEN ${raw} END` }
    : {
        ...shared,
        plugin_id: 'p.plugin_id',
        severity: values.maybeNull('f.s', 'severity', 'p.severity'),
        asset_uuid: values.maybeNull('f.s', 'asset', 'h.asset_uuid'),
        raw_json: raw,
      };
}

/** By `f.shape`: 0 Tenable's export, 1 flat as of Security Center, 2 flat without a port, 3 NULL, 4 empty, 5 nonsense. */
function documentSql({ values }: Filling): string {
  const assetUuid = `CASE WHEN f.is_orphan THEN ${values.uuid('h.number', 'gone asset')} ELSE h.asset_uuid END`;
  const rawState = `CASE WHEN lower(f.state) = 'fixed' THEN 'FIXED' WHEN f.state = 'Reopened' THEN 'REOPENED' ELSE 'OPEN' END`;
  const epoch = (instant: string): string => `extract(epoch FROM ${instant})::bigint::text`;
  const times = `'first_found', ${isoText('f.first_found')}, 'last_found', ${isoText('f.last_found')}`;
  return `CASE f.shape
    WHEN 0 THEN jsonb_build_object('asset', jsonb_build_object('uuid', ${assetUuid}, 'fqdn', h.hostname,
        'hostname', h.short_name, 'ipv4', h.ipv4, 'operating_system', jsonb_build_array(h.operating_system),
        'tracked', true, 'network_id', '00000000-0000-0000-0000-000000000000'), 'plugin', p.document,
      'port', jsonb_build_object('port', a.port, 'protocol', p.protocol, 'service', 'www'),
      'scan', jsonb_build_object('uuid', 'template-' || ${values.uuid('f.i % 50', 'scan')}), 'severity', lower(${severityWords}),
      'severity_id', p.severity, 'severity_default_id', p.severity, 'severity_modification_type', 'NONE',
      'output', 'Installed version : 2.4.0', 'source', 'NESSUS', 'state', ${rawState}, ${times})
      || CASE WHEN ${values.oneIn('f.s', 'finding id', 3)} THEN '{}'::jsonb
           ELSE jsonb_build_object('finding_id', ${values.uuid('f.s', 'finding')}) END
    WHEN 1 THEN jsonb_build_object('pluginID', p.plugin_id::text, 'pluginName', p.name,
      'severity', jsonb_build_object('id', p.severity::text, 'name', ${severityWords}),
      'family', jsonb_build_object('id', '20', 'name', p.family), 'repository', jsonb_build_object('id', '2', 'name', 'Main'),
      'ip', h.ipv4, 'dnsName', h.hostname, 'port', a.port::text, 'protocol', upper(p.protocol), 'hasBeenMitigated', '0',
      'cve', array_to_string(p.cves, ','), 'firstSeen', ${epoch('f.first_found')}, 'lastSeen', ${epoch('f.last_found')})
    WHEN 2 THEN jsonb_build_object('asset_uuid', ${assetUuid}, 'asset_hostname', h.hostname, 'plugin_id', p.plugin_id,
      'plugin_name', p.name, 'severity', p.severity, 'severity_name', ${severityWords}, 'cve', to_jsonb(p.cves),
      'state', f.state, ${times})
    WHEN 4 THEN '{}'::jsonb
    WHEN 5 THEN (ARRAY['"Plugin 51192 on port 443"'::jsonb, '[{"port": 443}, null]', '42', 'null',
      '{"port": "general", "protocol": "tcp", "pluginID": ""}', '{"port": {"port": "all", "protocol": null}}',
      '{"asset": "web01", "plugin": [], "port": -1}'])[1 + ${values.number('f.s', 'nonsense', 7)}]
    END`;
}

/** CVEs of one finding in four, as not every import wrote them. */
function cvesSql(filling: Filling): string {
  const { values } = filling;
  return insertSelect(
    'ingestion_vulnerability_cves',
    { vulnerability_id: 'v.id', cve_id: 'cve.id', batch_id: 'v.batch_id', created_at: 'v.created_at' },
    `ingestion_vulnerabilities v
    JOIN owner_plugin p ON p.plugin_id::text = v.plugin_id::text
    CROSS JOIN LATERAL unnest(p.cves) AS cve (id)
    WHERE ${values.oneIn('v.id', 'has cves', 4)}
    ORDER BY v.id, cve.id`,
  );
}
