import { batchId, documentOr, insertSelect, isoText, looseSystemId, series } from './filling.ts';
import type { Filling, Rows } from './filling.ts';
import { ownerTableNames } from './owner-tables.ts';

/** Controls and POA&Ms, with what hangs on them. */
export function ownerPoamsSql(filling: Filling): string {
  const present = ownerTableNames(filling.traits);
  return [controls(filling), poams(filling), ...satellites(filling)]
    .filter(([table]) => present.includes(table))
    .map(([table, columns, from]) => insertSelect(table, columns, from))
    .join('\n');
}

const controlIds = [
  'AC-1',
  'AC-2',
  'AU-2',
  'AU-12',
  'CM-6',
  'CM-7',
  'IA-5',
  'RA-5',
  'SA-22',
  'SC-7',
  'SC-8',
  'SI-2',
  'SI-2(2)',
  'si-2.3',
];

const poamStatus = {
  documented: ['Open', 'In Progress', 'Completed', 'Cancelled'],
  'also-seen': ['Open', 'In Progress', 'Completed', 'Cancelled', 'ongoing', 'critical', 'overdue'],
};

const implementationStatus = {
  documented: ['Implemented', 'Partially Implemented', 'Not Implemented', 'Not Applicable'],
  'also-seen': [
    'Implemented',
    'Not Implemented',
    'implemented',
    'partially_implemented',
    'not_implemented',
    'not_applicable',
  ],
};

function controlsCount({ size }: Filling): number {
  return size.systems * controlIds.length;
}

function controls(filling: Filling): Rows {
  const { traits, values } = filling;
  // Each system has each control once: the series goes through the systems, then through the controls.
  const controlId = `(ARRAY['${controlIds.join(`', '`)}'])[1 + (i - 1) / ${filling.size.systems}]`;
  const status = values.word('i', 'control status', implementationStatus[traits.statusWords]);
  const assessed = values.instant('i', 'assessed');
  const document = `jsonb_build_object('control_id', ${controlId}, 'control_title', 'Title of ' || ${controlId},
    'family', 'System and Information Integrity', 'priority', 'P1', 'implementation_status', ${status},
    'assessment_status', 'other_than_satisfied', 'last_assessed', ${isoText(assessed)}, 'findings', '[]'::jsonb,
    'evidence', '[{"id": "DOC-001", "name": "Policy v2.1", "type": "document"}]'::jsonb, 'residual_risk', 'low')`;
  return [
    'ingestion_controls',
    {
      control_id: controlId,
      control_title: values.maybeNull(
        'i',
        'title',
        values.text('i', 'title', `'Title of ' || ${controlId}`, 500),
      ),
      family: values.maybeNull('i', 'family', `'System and Information Integrity'`),
      implementation_status: values.maybeNull('i', 'control status', status),
      assessment_status: values.word('i', 'assessment', [
        'satisfied',
        'other_than_satisfied',
        'not_assessed',
      ]),
      control_origination: values.maybeNull('i', 'origin', `'system-specific'`),
      implementation_guidance: values.text('i', 'guidance', `'The organization has documented it.'`),
      assessment_procedures: values.maybeNull('i', 'procedures', `'Examine, interview, test.'`),
      system_id: looseSystemId(filling, '1 + (i - 1) % 7', 'control'),
      responsible_role: values.maybeNull('i', 'role', `'System Administrator'`),
      last_assessed: values.maybeNull('i', 'assessed', assessed),
      next_assessment_due: values.maybeExtreme('i', 'due', `${assessed} + interval '1 year'`),
      created_at: assessed,
      updated_at: assessed,
      ingestion_source: `'xacta'`,
      ingestion_batch_id: batchId(filling, 'i'),
      raw_json: documentOr(filling, traits.grcDocuments, 'i', document),
    },
    series(controlsCount(filling)),
  ];
}

const poamId = (number: string): string => `'POAM-2024-' || lpad((${number})::text, 5, '0')`;

function poams(filling: Filling): Rows {
  const { traits, values } = filling;
  const created = values.instant('i', 'poam created');
  const due = `${created} + interval '90 days'`;
  const scheduled = values.maybeNull('i', 'scheduled', values.maybeExtreme('i', 'scheduled', due));
  const level = (name: string): string =>
    values.word('i', name, ['Critical', 'High', 'Moderate', 'Low', 'Very High']);
  const status = values.word('i', 'poam status', poamStatus[traits.statusWords]);
  const source = `'Tenable Vulnerability Scan Finding FIND-' || i`;
  const document = `jsonb_build_object('id', ${poamId('i')}, 'weakness_description', 'Weakness ' || i, 'source', ${source},
    'security_control', 'SI-2', 'resources', '1 System Administrator', 'scheduled_completion', left(${isoText(due)}, 10),
    'poc', 'sysadmin@example.mil', 'status', lower(${status}), 'risk_rating', 'critical', 'deviation_rationale', NULL,
    'original_detection_date', left(${isoText(created)}, 10), 'weakness_severity', 'Critical', 'residual_risk', 'High',
    'threat_relevance', 'Confirmed', 'likelihood', 'High', 'impact', 'High', 'mitigation_strategy', 'Apply patches',
    'milestones', jsonb_build_array(jsonb_build_object('description', 'Test', 'target_date', '2024-07-01', 'status', 'pending')),
    'affected_assets', '[]'::jsonb, 'cve_references', '["CVE-2021-44790"]'::jsonb, 'cost_estimate', '$2,500')`;
  const current = {
    weakness_detection_source: values.maybeNull('i', 'source', values.text('i', 'source', source, 255)),
    resources_required: values.text('i', 'resources', `'1 System Administrator, 4 hours'`),
    source_of_discovery: values.maybeNull('i', 'discovery', `'Scan'`),
    weakness_risk_level: values.maybeNull('i', 'risk level', level('risk level')),
    residual_risk_level: values.maybeNull('i', 'residual', level('residual')),
  };
  const amount = `${values.number('i', 'cost', 900_000)} / 100.0`;
  const old = {
    source: values.maybeNull('i', 'source', values.text('i', 'source', source, 255)),
    security_control: values.word('i', 'control', [...controlIds, 'SI-2, RA-5']),
    resources: values.text('i', 'resources', `'1 System Administrator, 4 hours'`),
    poc: values.maybeNull('i', 'poc', values.text('i', 'poc', `'sysadmin@example.mil'`)),
    original_detection_date: values.maybeNull('i', 'detected', values.maybeExtreme('i', 'detected', created)),
    weakness_severity: values.maybeNull('i', 'risk level', level('risk level')),
    residual_risk: values.maybeNull('i', 'residual', level('residual')),
    threat_relevance: values.maybeNull('i', 'threat', values.text('i', 'threat', `'Confirmed'`)),
    mitigation_strategy: values.text('i', 'mitigation', `'Apply vendor security patches'`),
    cost_estimate: values.maybeNull(
      'i',
      'cost',
      traits.costEstimate === 'numeric' ? amount : `'$' || (${amount})`,
    ),
  };
  return [
    'ingestion_poams',
    {
      poam_id: poamId('i'),
      system_id: looseSystemId(filling, 'i', 'poam'),
      weakness_description: values.maybeNull(
        'i',
        'weakness',
        values.text('i', 'weakness', `'Weakness ' || i`),
      ),
      ...(traits.poamsVariant === 'old' ? {} : current),
      ...(traits.poamsVariant === 'current' ? {} : old),
      scheduled_completion: scheduled,
      remediation_plan: values.text('i', 'plan', `'Patch and rescan.'`),
      milestone_changes: values.maybeNull('i', 'changes', values.text('i', 'changes', `'none'`)),
      status: values.maybeNull('i', 'poam status', status),
      comments: values.maybeNull('i', 'comments', values.text('i', 'comments', `'Reviewed.'`)),
      raw_weakness_description: values.text('i', 'raw weakness', 'NULL'),
      likelihood: values.maybeNull('i', 'likelihood', level('likelihood')),
      impact: values.maybeNull('i', 'impact', level('impact')),
      impact_description: values.maybeNull('i', 'impact text', `'Loss of availability'`),
      recommendations: values.text('i', 'recommendations', `'Patch monthly.'`),
      risk_rating: values.maybeNull(
        'i',
        'rating',
        values.word('i', 'rating', ['critical', 'high', 'moderate', 'low']),
      ),
      created_at: created,
      updated_at: `${created} + interval '1 day'`,
      ingestion_source: `'xacta'`,
      ingestion_batch_id: batchId(filling, 'i'),
      raw_json: documentOr(filling, traits.grcDocuments, 'i', document),
    },
    series(filling.size.poams),
  ];
}

function satellites(filling: Filling): Rows[] {
  const { values, size } = filling;
  const created = { created_at: values.instant('i', 'created') };
  const ofPoam = { poam_id: poamId(`1 + (i - 1) % ${size.poams}`), ...created };
  const ofControl = {
    control_id: `1 + ${values.number('i', 'control', controlsCount(filling))}`,
    ...created,
  };
  const day = values.instant('i', 'day');
  return [
    [
      'ingestion_poam_milestones',
      {
        ...ofPoam,
        milestone_id: values.maybeNull('i', 'milestone', `'M-' || i`),
        milestone_description: values.text('i', 'milestone', `'Apply patches in staging'`),
        scheduled_completion: values.maybeNull('i', 'due', values.maybeExtreme('i', 'due', day)),
        actual_completion: `CASE WHEN ${values.oneIn('i', 'done', 3)} THEN ${day} + interval '2 days' END`,
        status: values.maybeNull(
          'i',
          'status',
          values.word('i', 'status', ['pending', 'Completed', 'In Progress', 'Open']),
        ),
        comments: values.text('i', 'comments', 'NULL'),
      },
      series(size.poams * 3),
    ],
    [
      'ingestion_poam_assets',
      {
        ...ofPoam,
        asset_uuid: values.uuid(`1 + ${values.number('i', 'asset', size.assets)}`, 'asset'),
        relationship_type: values.maybeNull('i', 'relationship', `'affected_by'`),
      },
      series(size.poams * 2),
    ],
    [
      'ingestion_poam_cves',
      { ...ofPoam, cve_id: `'CVE-2021-' || 10000 + ${values.number('i', 'cve', 9000)}` },
      series(size.poams),
    ],
    [
      'ingestion_control_findings',
      {
        ...ofControl,
        finding_id: `'FIND-' || i`,
        severity: values.word('i', 'severity', ['moderate', 'High', 'low']),
        description: values.text('i', 'description', `'Reviews are not consistently performed'`),
        status: values.maybeNull('i', 'status', values.word('i', 'status', ['open', 'closed'])),
        identified_date: day,
        target_resolution_date: values.maybeExtreme('i', 'target', `${day} + interval '180 days'`),
      },
      series(40),
    ],
    [
      'ingestion_control_evidence',
      {
        ...ofControl,
        evidence_type: `'document'`,
        evidence_description: values.text('i', 'description', `'Access Control Policy v2.1'`),
        collection_date: day,
        evidence_status: values.maybeNull('i', 'status', `'accepted'`),
      },
      series(30),
    ],
  ];
}
