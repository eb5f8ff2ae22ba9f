import { batchId, documentOr, insertSelect, isoText, series, stamps, systemIdOf } from './filling.ts';
import type { Filling, Rows } from './filling.ts';
import { ownerTableNames } from './owner-tables.ts';

/** Users, batches with their errors, schedules and systems. */
export function ownerRowsSql(filling: Filling): string {
  const present = ownerTableNames(filling.traits);
  return [...runTables(filling), ...systemTables(filling)]
    .filter(([table]) => present.includes(table))
    .map(([table, columns, from]) => insertSelect(table, columns, from))
    .join('\n');
}

function runTables(filling: Filling): Rows[] {
  const { values, size } = filling;
  const started = values.instant('i', 'started');
  return [
    [
      'users',
      {
        username: `'user' || i || '@example.mil'`,
        password: values.maybeNull('i', 'password', `'$2b$10$' || md5(i::text)`),
        first_name: values.text('i', 'first name', values.word('i', 'first', ['Ana', 'José', 'Li', 'Zoë'])),
        last_name: values.maybeNull('i', 'last', `'Doe'`),
        email: values.maybeNull('i', 'mail', `'user' || i || '@example.mil'`),
        role: values.word('i', 'role', ['user', 'admin', 'isso', 'auditor']),
        status: values.word('i', 'status', ['active', 'active', 'disabled']),
        ...stamps(filling, 'i'),
      },
      series(size.users),
    ],
    [
      'ingestion_batches',
      {
        batch_id: values.uuid('i', 'batch'),
        source_system: values.word('i', 'source', ['tenable', 'xacta', 'manual']),
        batch_type: values.maybeNull(
          'i',
          'type',
          values.word('i', 'type', ['vulnerabilities', 'assets', 'poams']),
        ),
        file_name: values.text('i', 'file', `'export-' || i || '.json'`, 255),
        total_records: values.number('i', 'total', 9000),
        status: values.word('i', 'batch status', ['completed', 'completed', 'failed', 'in_progress']),
        started_at: started,
        completed_at: values.maybeNull('i', 'completed', `${started} + interval '7 minutes'`),
        error_details: values.maybeNull('i', 'details', `'none'`),
        created_by: values.maybeNull('i', 'by', `1 + ${values.number('i', 'by', size.users)}`),
        metadata: `jsonb_build_object('run', i)`,
      },
      series(size.batches),
    ],
    [
      'ingestion_errors',
      {
        batch_id: batchId(filling, 'i'),
        table_name: `'ingestion_vulnerabilities'`,
        record_identifier: values.text('i', 'record', `'row ' || i`, 255),
        error_type: values.word('i', 'error', ['parse', 'constraint', 'unknown asset']),
        error_message: values.text('i', 'message', `'value too long for type character varying(50)'`),
        raw_data: documentOr(filling, 'mixed', 'i', `jsonb_build_object('row', i)`),
        created_at: started,
      },
      series(size.batches * 3),
    ],
    [
      'ingestion_data_quality',
      {
        batch_id: batchId(filling, 'i'),
        table_name: `'ingestion_assets'`,
        quality_metric: values.word('i', 'metric', ['completeness', 'validity']),
        metric_value: `${values.number('i', 'value', 10_000)} / 100.0`,
        measured_at: started,
      },
      series(size.batches * 2),
    ],
    [
      'ingestion_schedules',
      {
        schedule_name: `'Nightly import ' || i`,
        source_system: values.word('i', 'source', ['tenable', 'xacta']),
        data_type: values.word('i', 'data', ['assets', 'vulnerabilities', 'poams']),
        cron_expression: values.maybeNull('i', 'cron', `'0 ' || i || ' * * *'`),
        is_active: values.oneIn('i', 'active', 2),
        last_execution: started,
        next_execution: values.maybeExtreme('i', 'next', `${started} + interval '1 day'`),
        configuration: documentOr(filling, 'mixed', 'i', `'{"retries": 3}'::jsonb`),
        ...stamps(filling, 'i'),
      },
      series(5),
    ],
    [
      'ingestion_job_executions',
      {
        schedule_id: `1 + ${values.number('i', 'schedule', 5)}`,
        batch_id: batchId(filling, 'i'),
        started_at: started,
        completed_at: values.maybeNull('i', 'completed', `${started} + interval '7 minutes'`),
        status: values.word('i', 'status', ['success', 'failed', 'running']),
        records_processed: values.number('i', 'records', 5000),
        execution_time_seconds: values.number('i', 'seconds', 900),
        error_message: values.text('i', 'message', 'NULL'),
      },
      series(size.batches * 2),
    ],
  ];
}

function systemTables(filling: Filling): Rows[] {
  const { traits, values, size } = filling;
  const duplicates = traits.systemId === 'duplicated' ? 2 : 0;
  // The last rows repeat the ids of the first.
  const number = `1 + (i - 1) % ${size.systems}`;
  const level = (name: string): string => values.word('i', name, ['low', 'moderate', 'high']);
  const kind = values.word('i', 'kind', ['Major Application', 'General Support System']);
  const authorized = values.instant('i', 'authorized');
  const document = `jsonb_build_object('id', ${systemIdOf(number)}, 'name', 'Enterprise System ' || i,
    'uuid', 'ent-' || i || '-' || ${values.uuid('i', 'system')}, 'status', 'operational', 'system_type', ${kind},
    'impact_level', jsonb_build_object('confidentiality', ${level('c')}, 'integrity', ${level('i')},
      'availability', ${level('a')}), 'authorization_date', ${isoText(authorized)}, 'assets', '[]'::jsonb)`;
  const person = (name: string): string =>
    values.maybeNull('i', name, values.text('i', name, `'Person ' || i || ' of ${name}'`, 255));
  return [
    [
      'ingestion_systems',
      {
        system_id: systemIdOf(number),
        name: values.text('i', 'system name', `'Enterprise System ' || i`, 255),
        uuid: values.uuid('i', 'system'),
        status: values.maybeNull('i', 'status', values.word('i', 'status', ['operational', 'development'])),
        authorization_boundary: values.text('i', 'boundary', `'Internal network ' || i`),
        system_type: values.maybeNull('i', 'kind', kind),
        responsible_organization: person('organization'),
        system_owner: person('owner'),
        information_system_security_officer: person('isso'),
        authorizing_official: person('official'),
        last_assessment_date: values.maybeNull('i', 'assessed', values.instant('i', 'assessed')),
        authorization_date: authorized,
        authorization_termination_date: values.maybeExtreme(
          'i',
          'until',
          `${authorized} + interval '3 years'`,
        ),
        ingestion_source: `'xacta'`,
        ingestion_batch_id: batchId(filling, 'i'),
        raw_json: documentOr(filling, traits.grcDocuments, 'i', document),
        ...stamps(filling, 'i'),
      },
      series(size.systems + duplicates),
    ],
    [
      'ingestion_system_impact_levels',
      {
        system_id: systemIdOf('i'),
        confidentiality_impact: level('c'),
        integrity_impact: level('i'),
        availability_impact: values.maybeNull('i', 'a', level('a')),
        overall_impact: values.maybeNull('i', 'overall', level('overall')),
        created_at: values.instant('i', 'created'),
      },
      series(size.systems),
    ],
  ];
}
