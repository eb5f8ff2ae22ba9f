-- Accept, false positive and recast rules of scanners' servers, negotiated in both directions; who edited what is in conflict.
-- Design sections 4, 5 and 7.

CREATE TABLE acceptances (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  acceptance_id varchar(255),
  name varchar(255),
  kind varchar(20) NOT NULL CHECK (kind IN ('accepted', 'false_positive', 'recast')),
  plugin_id varchar(50),
  cve_id varchar(50),
  scope text NOT NULL,
  repository varchar(50),
  port integer,
  protocol varchar(20),
  severity varchar(20),
  comment text,
  expires_at timestamp,
  status varchar(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'withdrawn')),
  requested_by varchar(255),
  raw_json jsonb,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX idx_acceptances_external_system ON acceptances (external_system_id, acceptance_id);
CREATE INDEX idx_acceptances_plugin ON acceptances (plugin_id);
COMMENT ON TABLE acceptances IS 'Rules by which a scanner''s server accepts, dismisses or recasts findings; never deleted here, also where the server no longer has them.';
COMMENT ON COLUMN acceptances.acceptance_id IS 'What the server calls the rule; null until the server has it.';
COMMENT ON COLUMN acceptances.scope IS 'Which hosts: all, asset ID, KIND VALUE (ip 10.0.0.1), or filter JSON for a rule of a form that is only shown.';
COMMENT ON COLUMN acceptances.repository IS 'Security Center keeps a rule for each repository.';
COMMENT ON COLUMN acceptances.port IS 'Null: any.';
COMMENT ON COLUMN acceptances.protocol IS 'Lower case; null: any.';
COMMENT ON COLUMN acceptances.severity IS 'Of a recast: what the findings become.';
COMMENT ON COLUMN acceptances.expires_at IS 'UTC; null: never.';
COMMENT ON COLUMN acceptances.requested_by IS 'Who asked for it here; null where the server had it first.';

ALTER TABLE sync_conflicts
  ADD COLUMN internal_changed_at timestamptz,
  ADD COLUMN external_changed_at timestamptz,
  ADD COLUMN external_changed_by varchar(255);
COMMENT ON COLUMN sync_conflicts.internal_changed_at IS 'When our record was last changed before the conflict was seen: the edit is not later.';
COMMENT ON COLUMN sync_conflicts.external_changed_at IS 'When the remote says that its record was last changed: the edit is not later.';
COMMENT ON COLUMN sync_conflicts.external_changed_by IS 'Who changed it last, where the remote says so.';
