-- The product's clock in SQL. Whatever a person reads as a time, or a decision goes by, comes from it, in statements and in defaults alike,
-- so that tests move the time of all parts together. Locks, heartbeats of sessions and the like stay with the server's own clock.

CREATE FUNCTION tieline_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT now() + coalesce(nullif(current_setting('tieline.clock_ahead', true), ''), '0')::interval
$$;
COMMENT ON FUNCTION tieline_now() IS 'The time of the transaction by the product''s clock. The setting tieline.clock_ahead (an interval) is emptied on every connection of a production start; tests set it.';

-- Columns of the plan's tables keep the defaults of the plan; statements of ours name them.
ALTER TABLE acceptances
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE alerts
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE api_tokens
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE approvals
  ALTER COLUMN requested_at SET DEFAULT tieline_now();
ALTER TABLE asset_correlations
  ALTER COLUMN decided_at SET DEFAULT tieline_now();
ALTER TABLE asset_exposure
  ALTER COLUMN counted_at SET DEFAULT tieline_now();
ALTER TABLE asset_identity_decisions
  ALTER COLUMN decided_at SET DEFAULT tieline_now();
ALTER TABLE asset_sources
  ALTER COLUMN reported_at SET DEFAULT tieline_now();
ALTER TABLE compliance_results
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE dashboards
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE data_access_logs
  ALTER COLUMN accessed_at SET DEFAULT tieline_now();
ALTER TABLE data_subject_requests
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE due_date_policies
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE due_date_policy_uses
  ALTER COLUMN set_at SET DEFAULT tieline_now();
ALTER TABLE due_date_policy_versions
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE generated_reports
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE grants
  ALTER COLUMN granted_at SET DEFAULT tieline_now();
ALTER TABLE imported_files
  ALTER COLUMN imported_at SET DEFAULT tieline_now();
ALTER TABLE integration_health
  ALTER COLUMN checked_at SET DEFAULT tieline_now();
ALTER TABLE kept_plan_views
  ALTER COLUMN viewed_at SET DEFAULT tieline_now();
ALTER TABLE kept_plans
  ALTER COLUMN made_at SET DEFAULT tieline_now();
ALTER TABLE life_settings
  ALTER COLUMN set_at SET DEFAULT tieline_now();
ALTER TABLE match_reviews
  ALTER COLUMN opened_at SET DEFAULT tieline_now();
ALTER TABLE one_time_links
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE operation_progress
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE performance_metrics
  ALTER COLUMN recorded_at SET DEFAULT tieline_now();
ALTER TABLE poam_asset_departures
  ALTER COLUMN departed_at SET DEFAULT tieline_now();
ALTER TABLE poam_comments
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE poam_lives
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE poam_mentions
  ALTER COLUMN read_at SET DEFAULT tieline_now();
ALTER TABLE poam_questions
  ALTER COLUMN opened_at SET DEFAULT tieline_now();
ALTER TABLE principal_identities
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE principal_secrets
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE principals
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE remediation_scans
  ALTER COLUMN requested_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE report_templates
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE requested_job_results
  ALTER COLUMN recorded_at SET DEFAULT tieline_now();
ALTER TABLE requested_jobs
  ALTER COLUMN requested_at SET DEFAULT tieline_now();
ALTER TABLE saved_views
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE scan_imports
  ALTER COLUMN requested_at SET DEFAULT tieline_now();
ALTER TABLE scan_plugins
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE security_events_extended
  ALTER COLUMN detected_at SET DEFAULT tieline_now();
ALTER TABLE sessions
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE standing_matches
  ALTER COLUMN decided_at SET DEFAULT tieline_now();
ALTER TABLE sync_changes
  ALTER COLUMN changed_at SET DEFAULT tieline_now();
ALTER TABLE sync_links
  ALTER COLUMN linked_at SET DEFAULT tieline_now(),
  ALTER COLUMN confirmed_at SET DEFAULT tieline_now();
ALTER TABLE sync_outbox
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE sync_plans
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE sync_policies
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE sync_schedules
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE sync_separations
  ALTER COLUMN separated_at SET DEFAULT tieline_now();
ALTER TABLE system_components
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
ALTER TABLE teams
  ALTER COLUMN created_at SET DEFAULT tieline_now();
ALTER TABLE tieline_backfill
  ALTER COLUMN started_at SET DEFAULT tieline_now();
ALTER TABLE tieline_events
  ALTER COLUMN at SET DEFAULT tieline_now();
ALTER TABLE tieline_objects
  ALTER COLUMN recorded_at SET DEFAULT tieline_now();
ALTER TABLE weakness_rules
  ALTER COLUMN changed_at SET DEFAULT tieline_now();
ALTER TABLE weaknesses
  ALTER COLUMN created_at SET DEFAULT tieline_now(),
  ALTER COLUMN updated_at SET DEFAULT tieline_now();
