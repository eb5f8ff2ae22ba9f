import type { AwkwardTraits } from './traits.ts';

/** What the owner has beside the `ingestion_*` tables: views over them, triggers on them, and tables of its own. */
export function ownerDependentsSql(traits: AwkwardTraits): string {
  const tables = traits.foreignTables.map((name) => foreignTables[name]);
  if (traits.foreignTables.includes('workflows') && traits.foreignTables.includes('workflow_executions')) {
    tables.push('ALTER TABLE workflow_executions ADD FOREIGN KEY (workflow) REFERENCES workflows (id);');
  }
  return [
    ...tables,
    ...traits.views.map((view) => views[view]),
    ...traits.triggers.map((trigger) => triggers[trigger]),
  ].join('\n');
}

const foreignTables: Record<AwkwardTraits['foreignTables'][number], string> = {
  dashboards: `CREATE TABLE dashboards (id serial PRIMARY KEY, name text NOT NULL, description text, layout jsonb,
      is_default boolean DEFAULT false, created_by integer REFERENCES users (id), created_at timestamp DEFAULT now(),
      updated_at timestamp DEFAULT now());
    INSERT INTO dashboards (name, layout, is_default, created_by, created_at, updated_at)
    SELECT 'Dashboard ' || i, '{"w": [1, 2]}', i = 1, 1, '2023-05-01', '2023-05-02' FROM generate_series(1, 5) i;`,
  workflows: `CREATE TABLE workflows (id uuid PRIMARY KEY, title text NOT NULL, steps text, enabled boolean NOT NULL);
    INSERT INTO workflows SELECT md5('workflow' || i)::uuid, 'Workflow ' || i, 'a;b;c', i % 2 = 0
      FROM generate_series(1, 4) i;`,
  workflow_executions: `CREATE TABLE workflow_executions (id bigserial PRIMARY KEY, workflow uuid NOT NULL, outcome text,
      at timestamptz);
    INSERT INTO workflow_executions (workflow, outcome, at)
    SELECT md5('workflow' || 1 + i % 4)::uuid, 'ok', '2023-05-01 12:00Z' FROM generate_series(1, 20) i;`,
  metrics: `CREATE TABLE metrics (name text, at timestamp, value double precision, PRIMARY KEY (name, at));
    INSERT INTO metrics SELECT 'cpu', timestamp '2023-05-01' + i * interval '1 minute', i * 1.5
      FROM generate_series(1, 50) i;`,
  audit_logs: `CREATE TABLE audit_logs (id bigserial PRIMARY KEY, actor text, action text NOT NULL, details text,
      at timestamp DEFAULT now());
    INSERT INTO audit_logs (actor, action, details, at)
    SELECT 'user' || i, 'login', 'from 10.0.0.' || i, '2023-05-01' FROM generate_series(1, 30) i;`,
  alerts: `CREATE TABLE alerts (id serial PRIMARY KEY, message text NOT NULL, level integer NOT NULL, seen boolean);
    INSERT INTO alerts (message, level, seen) SELECT 'Disk ' || i, i % 3, NULL FROM generate_series(1, 6) i;`,
};

const views: Record<AwkwardTraits['views'][number], string> = {
  'select-all': `CREATE VIEW all_findings AS SELECT * FROM ingestion_vulnerabilities;
    CREATE VIEW all_assets AS SELECT * FROM ingestion_assets;
    CREATE VIEW all_poams AS SELECT * FROM ingestion_poams;`,
  joined: `CREATE VIEW findings_of_systems AS
    SELECT v.id, v.plugin_id, v.state, a.hostname, s.system_id, s.name AS system_name, u.username
    FROM ingestion_vulnerabilities v
    LEFT JOIN ingestion_assets a ON a.asset_uuid::text = lower(v.asset_uuid::text)
    LEFT JOIN ingestion_system_assets sa ON sa.asset_uuid = a.asset_uuid
    LEFT JOIN ingestion_systems s ON s.system_id = sa.system_id
    LEFT JOIN ingestion_batches b ON b.batch_id = v.batch_id
    LEFT JOIN users u ON u.id = b.created_by;`,
  materialized: `CREATE MATERIALIZED VIEW findings_by_severity AS
    SELECT severity, state, count(*) AS findings, max(last_found) AS last_found
    FROM ingestion_vulnerabilities GROUP BY severity, state;
    CREATE INDEX findings_by_severity_index ON findings_by_severity (severity);`,
  'view-of-view': `CREATE VIEW poams_with_everything AS
      SELECT p.*, (SELECT count(*) FROM ingestion_poam_milestones m WHERE m.poam_id = p.poam_id) AS milestones
      FROM ingestion_poams p;
    CREATE VIEW open_poams AS SELECT * FROM poams_with_everything WHERE status <> 'Completed';`,
};

const triggers: Record<AwkwardTraits['triggers'][number], string> = {
  'updated-at': `CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
    CREATE TRIGGER touch BEFORE UPDATE ON ingestion_vulnerabilities FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
    CREATE TRIGGER touch BEFORE UPDATE ON ingestion_assets FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
    CREATE TRIGGER touch BEFORE UPDATE ON ingestion_poams FOR EACH ROW EXECUTE FUNCTION touch_updated_at();`,
  audit: `CREATE TABLE app_audit_trail (id bigserial PRIMARY KEY, table_name text, row_id integer, operation text,
      content jsonb, at timestamp DEFAULT now());
    INSERT INTO app_audit_trail (table_name, row_id, operation, content, at)
    VALUES ('ingestion_poams', 1, 'UPDATE', '{"id": 1}', '2022-01-01');
    CREATE FUNCTION copy_to_audit_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO app_audit_trail (table_name, row_id, operation, content)
      VALUES (TG_TABLE_NAME, NEW.id, TG_OP, to_jsonb(NEW));
      RETURN NULL; END $$;
    CREATE TRIGGER audit AFTER INSERT OR UPDATE ON ingestion_vulnerabilities
      FOR EACH ROW EXECUTE FUNCTION copy_to_audit_trail();
    CREATE TRIGGER audit AFTER INSERT OR UPDATE ON ingestion_poams FOR EACH ROW EXECUTE FUNCTION copy_to_audit_trail();
    CREATE TRIGGER audit AFTER INSERT OR UPDATE ON ingestion_assets FOR EACH ROW EXECUTE FUNCTION copy_to_audit_trail();
    CREATE TRIGGER audit AFTER INSERT OR UPDATE ON ingestion_systems FOR EACH ROW EXECUTE FUNCTION copy_to_audit_trail();`,
  notify: `CREATE FUNCTION notify_of_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_notify('app_changes', TG_TABLE_NAME || ':' || NEW.id); RETURN NULL; END $$;
    CREATE TRIGGER notify_change AFTER INSERT OR UPDATE ON ingestion_vulnerabilities
      FOR EACH ROW EXECUTE FUNCTION notify_of_change();
    CREATE TRIGGER notify_change AFTER INSERT OR UPDATE ON ingestion_controls
      FOR EACH ROW EXECUTE FUNCTION notify_of_change();`,
};
