import type { AwkwardTraits } from './traits.ts';

/**
 * The owner's tables as its application declares them (decision 0006), in the variant that the traits
 * ask for. Foreign keys come apart from the tables, because rows are loaded faster without them.
 */

const stamps = 'created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now()';
const origin = 'ingestion_source varchar(50), ingestion_batch_id uuid, raw_json jsonb';

const poamColumns = {
  current: `weakness_detection_source varchar(255), resources_required text, source_of_discovery varchar(255),
    weakness_risk_level varchar(20), residual_risk_level varchar(20)`,
  old: (costType: string) => `source varchar(255), security_control varchar(255), resources text, poc text,
    original_detection_date timestamp, weakness_severity varchar(20), residual_risk varchar(20), threat_relevance text,
    mitigation_strategy text, cost_estimate ${costType}`,
};

const findingColumns = {
  current: `plugin_id varchar(50) NOT NULL, vulnerability_name varchar(500) NOT NULL, severity varchar(20) NOT NULL,
    cvss_score numeric(4,2), asset_uuid varchar(255) NOT NULL, raw_data jsonb`,
  old: `plugin_id integer NOT NULL, plugin_name varchar(500), severity integer, severity_name varchar(20),
    cvss_base_score numeric(4,2), cvss3_base_score numeric(4,2), asset_uuid uuid, raw_json jsonb`,
  both: `plugin_id varchar(50) NOT NULL, vulnerability_name varchar(500) NOT NULL, plugin_name varchar(500),
    severity varchar(20) NOT NULL, severity_name varchar(20), cvss_score numeric(4,2), cvss_base_score numeric(4,2),
    cvss3_base_score numeric(4,2), asset_uuid varchar(255) NOT NULL, raw_data jsonb, raw_json jsonb`,
};

/** Every table of the owner: its name and its columns after `id`. */
function tablesOf(traits: AwkwardTraits): Record<string, string> {
  const costType = traits.costEstimate === 'numeric' ? 'numeric(12,2)' : 'text';
  return {
    users: `username text NOT NULL, password text, first_name text, last_name text, email text, ${stamps},
      auth_method text DEFAULT 'password', certificate_subject text, certificate_expiry timestamp,
      role text DEFAULT 'user', status text DEFAULT 'active'`,
    ingestion_batches: `batch_id uuid NOT NULL UNIQUE, source_system varchar(50) NOT NULL, batch_type varchar(50),
      file_name varchar(255), total_records integer, successful_records integer DEFAULT 0,
      failed_records integer DEFAULT 0, status varchar(50) DEFAULT 'in_progress', started_at timestamp DEFAULT now(),
      completed_at timestamp, error_details text, created_by integer, metadata jsonb`,
    ingestion_errors: `batch_id uuid, table_name varchar(100), record_identifier varchar(255),
      error_type varchar(100), error_message text, raw_data jsonb, created_at timestamp DEFAULT now()`,
    ingestion_data_quality: `batch_id uuid, table_name varchar(100), quality_metric varchar(100),
      metric_value numeric(5,2), details jsonb, measured_at timestamp DEFAULT now()`,
    ingestion_systems: `system_id varchar(50) NOT NULL ${traits.systemId === 'unique' ? 'UNIQUE' : ''},
      name varchar(255) NOT NULL, uuid uuid NOT NULL UNIQUE, status varchar(50), authorization_boundary text,
      system_type varchar(100), responsible_organization varchar(255), system_owner varchar(255),
      information_system_security_officer varchar(255), authorizing_official varchar(255),
      last_assessment_date timestamp, authorization_date timestamp, authorization_termination_date timestamp,
      ${stamps}, ${origin}`,
    ingestion_system_impact_levels: `system_id varchar(50), confidentiality_impact varchar(20),
      integrity_impact varchar(20), availability_impact varchar(20), overall_impact varchar(20),
      created_at timestamp DEFAULT now()`,
    ingestion_assets: `asset_uuid uuid NOT NULL UNIQUE, hostname varchar(255), netbios_name varchar(100),
      ${traits.assetsHaveSystemId ? 'system_id varchar(50),' : ''} has_agent boolean, has_plugin_results boolean,
      first_seen timestamp, last_seen timestamp, exposure_score integer, acr_score numeric(3,1),
      criticality_rating varchar(20), ${stamps}, ${origin}`,
    ingestion_asset_systems: `asset_uuid uuid, operating_system varchar(255), system_type varchar(255),
      is_primary boolean DEFAULT false, created_at timestamp DEFAULT now()`,
    ingestion_asset_network: `asset_uuid uuid, mac_address varchar(17), ipv4_address varchar(15),
      ipv6_address varchar(45), fqdn varchar(255), netbios_workgroup varchar(100),
      created_at timestamp DEFAULT now()`,
    ingestion_asset_tags: `asset_uuid uuid, tag_key varchar(100) NOT NULL, tag_value varchar(255) NOT NULL,
      created_at timestamp DEFAULT now()`,
    ingestion_vulnerabilities: `batch_id uuid, ${findingColumns[traits.findingsVariant]}, cvss_vector varchar(200),
      description text, solution text, state varchar(20), first_found timestamp, last_found timestamp,
      poam_id integer, control_id integer, ${stamps}`,
    ingestion_vulnerability_cves: `vulnerability_id integer, cve_id varchar(20) NOT NULL, batch_id uuid,
      created_at timestamp DEFAULT now()`,
    ingestion_controls: `control_id varchar(50) NOT NULL, control_title varchar(500), family varchar(100),
      implementation_status varchar(50), assessment_status varchar(50), control_origination varchar(100),
      implementation_guidance text, assessment_procedures text, system_id varchar(50),
      responsible_role varchar(255), last_assessed timestamp, next_assessment_due timestamp, ${stamps}, ${origin}`,
    ingestion_control_findings: `control_id integer, finding_id varchar(100), finding_type varchar(50),
      severity varchar(20), description text, recommendation text, status varchar(50), identified_date timestamp,
      target_resolution_date timestamp, actual_resolution_date timestamp, created_at timestamp DEFAULT now()`,
    ingestion_control_evidence: `control_id integer, evidence_type varchar(100), evidence_description text,
      document_reference varchar(255), collection_date timestamp, evidence_status varchar(50),
      created_at timestamp DEFAULT now()`,
    ingestion_poams: `poam_id varchar(50) NOT NULL UNIQUE, system_id varchar(50), weakness_description text,
      ${traits.poamsVariant === 'old' ? '' : `${poamColumns.current},`}
      ${traits.poamsVariant === 'current' ? '' : `${poamColumns.old(costType)},`}
      scheduled_completion ${traits.poamsVariant === 'old' ? 'date' : 'timestamp'}, remediation_plan text,
      milestone_changes text, status varchar(50), comments text, raw_weakness_description text,
      likelihood varchar(20), impact varchar(20), impact_description text, recommendations text,
      risk_rating varchar(20), ${stamps}, ${origin}`,
    ingestion_poam_milestones: `poam_id varchar(50), milestone_id varchar(100), milestone_description text,
      scheduled_completion timestamp, actual_completion timestamp, status varchar(50), comments text,
      created_at timestamp DEFAULT now()`,
    ingestion_poam_assets: `poam_id varchar(50), asset_uuid uuid,
      relationship_type varchar(50) DEFAULT 'affected_by', created_at timestamp DEFAULT now()`,
    ingestion_poam_cves: `poam_id varchar(50), cve_id varchar(20) NOT NULL,
      relationship_type varchar(50) DEFAULT 'addresses', created_at timestamp DEFAULT now()`,
    ingestion_system_assets: `system_id varchar(50), asset_uuid uuid, assignment_type varchar(50) DEFAULT 'direct',
      created_at timestamp DEFAULT now()`,
    ingestion_schedules: `schedule_name varchar(255) NOT NULL, source_system varchar(50) NOT NULL,
      data_type varchar(50) NOT NULL, cron_expression varchar(100), is_active boolean DEFAULT true,
      last_execution timestamp, next_execution timestamp, configuration jsonb, ${stamps}`,
    ingestion_job_executions: `schedule_id integer, batch_id uuid, started_at timestamp DEFAULT now(),
      completed_at timestamp, status varchar(50), records_processed integer, execution_time_seconds integer,
      error_message text`,
  };
}

/** The names of the owner's tables that are there. */
export function ownerTableNames(traits: AwkwardTraits): string[] {
  const missing: readonly string[] = traits.missingTables;
  return Object.keys(tablesOf(traits)).filter((name) => !missing.includes(name));
}

export function ownerTablesSql(traits: AwkwardTraits): string {
  const tables = tablesOf(traits);
  const statements = ownerTableNames(traits).map(
    (name) => `CREATE TABLE ${name} (id serial PRIMARY KEY, ${tables[name] ?? ''});`,
  );
  if (traits.systemId === 'unique-index') {
    statements.push('CREATE UNIQUE INDEX systems_by_system_id ON ingestion_systems (system_id);');
  }
  return statements.join('\n');
}

const cascade = 'ON DELETE CASCADE';
const batch = 'ingestion_batches (batch_id)';
const asset = `ingestion_assets (asset_uuid) ${cascade}`;
const poam = `ingestion_poams (poam_id) ${cascade}`;
const control = `ingestion_controls (id) ${cascade}`;
const system = `ingestion_systems (system_id) ${cascade}`;

/** Table, column and what it references. */
const foreignKeys: readonly (readonly [table: string, column: string, references: string])[] = [
  ['ingestion_errors', 'batch_id', `${batch} ${cascade}`],
  ['ingestion_data_quality', 'batch_id', `${batch} ${cascade}`],
  ['ingestion_system_impact_levels', 'system_id', system],
  ['ingestion_asset_systems', 'asset_uuid', asset],
  ['ingestion_asset_network', 'asset_uuid', asset],
  ['ingestion_asset_tags', 'asset_uuid', asset],
  ['ingestion_vulnerabilities', 'batch_id', batch],
  ['ingestion_vulnerability_cves', 'vulnerability_id', `ingestion_vulnerabilities (id) ${cascade}`],
  ['ingestion_vulnerability_cves', 'batch_id', batch],
  ['ingestion_control_findings', 'control_id', control],
  ['ingestion_control_evidence', 'control_id', control],
  ['ingestion_poam_milestones', 'poam_id', poam],
  ['ingestion_poam_assets', 'poam_id', poam],
  ['ingestion_poam_assets', 'asset_uuid', asset],
  ['ingestion_poam_cves', 'poam_id', poam],
  ['ingestion_system_assets', 'system_id', system],
  ['ingestion_system_assets', 'asset_uuid', asset],
  ['ingestion_job_executions', 'schedule_id', `ingestion_schedules (id) ${cascade}`],
  ['ingestion_job_executions', 'batch_id', batch],
];

export function ownerForeignKeysSql(traits: AwkwardTraits): string {
  const present = ownerTableNames(traits);
  const systemIdIsUnique = traits.systemId === 'unique' || traits.systemId === 'unique-index';
  const keys = foreignKeys.filter(
    ([table, , references]) => present.includes(table) && (references !== system || systemIdIsUnique),
  );
  if (traits.findingsVariant === 'old') {
    keys.push(['ingestion_vulnerabilities', 'asset_uuid', 'ingestion_assets (asset_uuid)']);
  }
  return keys
    .map(
      ([table, column, references]) =>
        `ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${references};`,
    )
    .join('\n');
}
