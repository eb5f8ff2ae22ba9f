import type { AwkwardTraits } from './traits.ts';

/**
 * What happened to the tables over the years, after they were filled: columns of the owner, columns of Tieline's plan
 * that somebody added by hand, constraints, indexes and rows that were written twice.
 */
export function ownerChangesSql(traits: AwkwardTraits): string {
  return [
    ...traits.handAddedColumns.map((entity) => handAdded[entity]),
    ...traits.ownerColumns.map((kind) => ownerColumns[kind]),
    wrongTypeColumn[traits.wrongTypeColumn],
    traits.deadRows ? deadRows : '',
    // From here on an update of a row that breaks a NOT VALID constraint is refused, whatever it changes.
    ...wordChecks(traits),
    ...traits.ownerIndexes.map((kind) => ownerIndexes[kind]),
    traits.comments ? comments : '',
  ].join('\n');
}

/** Columns named as in the plan, some with values that nobody may overwrite. */
const handAdded: Record<AwkwardTraits['handAddedColumns'][number], string> = {
  batches: `ALTER TABLE ingestion_batches ADD COLUMN correlation_id uuid, ADD COLUMN retry_count integer DEFAULT 0;
    UPDATE ingestion_batches SET correlation_id = batch_id, retry_count = 3 WHERE id % 2 = 0;`,
  systems: `ALTER TABLE ingestion_systems ADD COLUMN xacta_system_id varchar(255), ADD COLUMN sync_enabled boolean DEFAULT true;
    UPDATE ingestion_systems SET xacta_system_id = 'by-hand-' || id, sync_enabled = false WHERE id % 2 = 0;`,
  assets: `ALTER TABLE ingestion_assets ADD COLUMN tenable_asset_uuid varchar(255),
      ADD COLUMN sync_status varchar(50) DEFAULT 'synced', ADD COLUMN business_owner varchar(255);
    UPDATE ingestion_assets SET tenable_asset_uuid = 'by-hand-' || id, sync_status = 'held by Bob' WHERE id % 7 = 0;
    UPDATE ingestion_assets SET sync_status = NULL, business_owner = 'Logistics' WHERE id % 7 = 1;`,
  findings: `ALTER TABLE ingestion_vulnerabilities ADD COLUMN tenable_vuln_id varchar(255),
      ADD COLUMN remediation_status varchar(50), ADD COLUMN remediation_assigned_to integer REFERENCES users (id),
      ADD COLUMN remediation_due_date date, ADD COLUMN sync_status varchar(50) DEFAULT 'synced';
    UPDATE ingestion_vulnerabilities SET tenable_vuln_id = 'by-hand-' || id, remediation_status = 'waiting for vendor',
      remediation_assigned_to = 1, remediation_due_date = '2031-01-01', sync_status = 'manual' WHERE id % 9 = 0;`,
  controls: `ALTER TABLE ingestion_controls ADD COLUMN xacta_control_id varchar(255), ADD COLUMN evidence_required text[];
    UPDATE ingestion_controls SET xacta_control_id = 'by-hand-' || id, evidence_required = '{scan,"policy, signed"}' WHERE id % 5 = 0;`,
  poams: `ALTER TABLE ingestion_poams ADD COLUMN xacta_poam_id varchar(255), ADD COLUMN workflow_status varchar(50);
    UPDATE ingestion_poams SET xacta_poam_id = 'by-hand-' || id, workflow_status = 'at the ISSO''s desk' WHERE id % 3 = 0;`,
};

const ownerColumns: Record<AwkwardTraits['ownerColumns'][number], string> = {
  nullable: `ALTER TABLE ingestion_vulnerabilities ADD COLUMN ticket_number varchar(40);
    ALTER TABLE ingestion_assets ADD COLUMN location text, ADD COLUMN "Rack No." integer;
    ALTER TABLE ingestion_poams ADD COLUMN legacy jsonb;
    UPDATE ingestion_assets SET location = 'Bldg. 7', "Rack No." = 4 WHERE id % 3 = 0;`,
  'not-null-default': `ALTER TABLE ingestion_vulnerabilities ADD COLUMN is_reviewed boolean NOT NULL DEFAULT false;
    ALTER TABLE ingestion_assets ADD COLUMN tenant varchar(20) NOT NULL DEFAULT 'main';
    ALTER TABLE ingestion_poams ADD COLUMN revision integer NOT NULL DEFAULT 1;
    ALTER TABLE ingestion_systems ADD COLUMN tenant varchar(20) NOT NULL DEFAULT 'main';`,
  generated: `ALTER TABLE ingestion_assets ADD COLUMN hostname_lower text GENERATED ALWAYS AS (lower(hostname)) STORED;
    ALTER TABLE ingestion_vulnerabilities ADD COLUMN last_found_day date GENERATED ALWAYS AS (last_found::date) STORED;`,
};

const wrongTypeColumn: Record<AwkwardTraits['wrongTypeColumn'], string> = {
  none: '',
  'text-port': `ALTER TABLE ingestion_vulnerabilities ADD COLUMN port text;
    UPDATE ingestion_vulnerabilities SET port = 'tcp/443' WHERE id % 4 = 0;`,
};

function wordChecks(traits: AwkwardTraits): string[] {
  if (traits.wordChecks === 'none') {
    return [];
  }
  const check = (table: string, column: string, words: readonly string[], holds: boolean): string =>
    `ALTER TABLE ${table} ADD CONSTRAINT ${column}_is_known CHECK (${column} IN ('${words.join(`', '`)}'))
      ${holds && traits.wordChecks === 'valid' ? '' : 'NOT VALID'};`;
  const severityColumn = traits.findingsVariant === 'old' ? 'severity_name' : 'severity';
  const severityHolds = traits.severityWords === 'documented' || traits.findingsVariant === 'old';
  const statesHold = traits.statusWords === 'documented';
  return [
    check(
      'ingestion_vulnerabilities',
      severityColumn,
      ['Critical', 'High', 'Medium', 'Low', 'Info'],
      severityHolds,
    ),
    check('ingestion_vulnerabilities', 'state', ['Open', 'Fixed', 'Accepted', 'False Positive'], statesHold),
    check('ingestion_poams', 'status', ['Open', 'In Progress', 'Completed', 'Cancelled'], statesHold),
  ];
}

const ownerIndexes: Record<AwkwardTraits['ownerIndexes'][number], string> = {
  'same-columns': `CREATE INDEX findings_by_asset ON ingestion_vulnerabilities (asset_uuid);
    CREATE INDEX findings_by_state ON ingestion_vulnerabilities (state, id);
    CREATE INDEX idx_ingestion_vulnerabilities_plugin ON ingestion_vulnerabilities (plugin_id);
    CREATE INDEX poams_by_system ON ingestion_poams (system_id, status);`,
  'same-name': `CREATE INDEX idx_ingestion_assets_tenable_uuid ON ingestion_assets (netbios_name);
    CREATE INDEX idx_ingestion_poams_xacta_poam ON ingestion_poams (created_at);`,
  expression: `CREATE INDEX assets_by_lower_hostname ON ingestion_assets (lower(hostname));
    CREATE INDEX assets_by_document ON ingestion_assets USING gin (raw_json jsonb_path_ops);`,
  partial: `CREATE INDEX open_findings ON ingestion_vulnerabilities (last_found DESC) WHERE state = 'Open';
    CREATE UNIQUE INDEX one_poam_in_progress ON ingestion_poams (poam_id) WHERE status = 'In Progress';`,
};

const comments = `COMMENT ON TABLE ingestion_vulnerabilities IS 'Vulns; ask Bob before changing anything ("v2")';
  COMMENT ON COLUMN ingestion_vulnerabilities.state IS 'see wiki';
  COMMENT ON TABLE ingestion_assets IS 'Assets – Geräte';
  COMMENT ON TABLE ingestion_poams IS 'it''s the POA&M list';`;

/** Rewritten rows leave their old versions behind, as in a table that autovacuum has not been through. */
const deadRows = `UPDATE ingestion_vulnerabilities SET updated_at = updated_at + interval '1 second' WHERE id % 6 = 0;
  UPDATE ingestion_assets SET updated_at = updated_at + interval '1 second' WHERE id % 3 = 0;
  UPDATE ingestion_poams SET updated_at = updated_at + interval '1 second' WHERE id % 2 = 0;`;
